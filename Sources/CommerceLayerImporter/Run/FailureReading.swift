import CommerceLayer
import CommerceLayerRows

/// Tells what a failed call means for a run. Pure.
enum FailureReading {
  /// `meta.error` of the refusal of one import too many. The service does not document its form;
  /// this is the sandbox's.
  static let noRoom = "too_many_imports"

  static func read(_ error: CommerceLayerError, isCreate: Bool) -> CallFailure {
    CallFailure(
      kind: kind(error, isCreate: isCreate), message: message(error),
      row: error.errors.lazy.compactMap { $0.pointer.flatMap(row) }.first)
  }

  private static func kind(_ error: CommerceLayerError, isCreate: Bool) -> CallFailure.Kind {
    switch error.kind {
    case .ambiguousWrite: return .ambiguous
    case .transport, .timeout, .server: return .transient
    case .rateLimited: return .throttled(after: error.retryAfter)
    case .authentication, .permission: return .denied
    case .notFound: return .notFound
    case .protocolViolation:
      guard let status = error.status else {
        // The answer was too large to be read, but the request may have been processed.
        return isCreate ? .ambiguous : .violation
      }
      return (200..<300).contains(status) ? .foreign : .violation
    default:
      if error.errors.contains(where: { $0.meta?["error"]?.string == noRoom }) { return .noRoom }
      return error.status == 413 ? .tooLarge : .refused
    }
  }

  /// One line: what happened, what the service said, and how to name it to its support.
  private static func message(_ error: CommerceLayerError) -> String {
    var text = error.message
    if !error.errors.isEmpty {
      text += ": " + error.errors.prefix(3).map(\.description).joined(separator: "; ")
    }
    if let underlying = error.underlying { text += ": \(underlying)" }
    if let status = error.status { text += " (HTTP \(status))" }
    if let id = error.requestID { text += " [request \(id)]" }
    return text
  }

  /// The row in `/data/attributes/inputs/17/code`.
  static func row(pointer: String) -> Int? {
    let parts = pointer.split(separator: "/")
    guard parts.count >= 4, parts[0] == "data", parts[1] == "attributes", parts[2] == "inputs"
    else {
      return nil
    }
    return Int(parts[3]).flatMap { $0 >= 0 ? $0 : nil }
  }
}
