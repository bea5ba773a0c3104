/// Which media types the service takes and gives.
enum MediaTypes {
  /// Whether an `Accept` header lets the service respond with `mediaType`. No header allows anything;
  /// the service's own type with parameters does not count, as JSON:API 1.0 demands.
  static func accepts(_ header: String?, _ mediaType: String) -> Bool {
    guard let header else { return true }
    return header.split(separator: ",").contains { range in
      let parts = range.split(separator: ";").map { trimmed($0).lowercased() }
      guard let type = parts.first else { return false }
      let weightless = parts.dropFirst().filter { !$0.hasPrefix("q=") }
      if parts.contains(where: { $0 == "q=0" || $0 == "q=0.0" }) { return false }
      switch type {
      case "*/*", "application/*": return true
      case mediaType: return weightless.isEmpty
      default: return false
      }
    }
  }

  /// Whether a write's `Content-Type` is exactly `mediaType`, without parameters.
  static func isContentType(_ header: String?, _ mediaType: String) -> Bool {
    header.map { trimmed($0[...]).lowercased() == mediaType } ?? false
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop { $0 == " " || $0 == "\t" }
    while text.last == " " || text.last == "\t" { text.removeLast() }
    return String(text)
  }
}
