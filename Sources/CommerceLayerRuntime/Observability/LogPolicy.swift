import HTTPTypes

/// What of a request may appear in logs, errors and spans: what these lists name, and nothing else.
enum LogPolicy {
  /// Headers whose values are shown.
  static let headers: Set<String> = [
    "content-length", "content-type", "date", "retry-after", "retry-after-ms",
    "x-client-request-id", "x-client-retry-count", "x-ratelimit-interval", "x-ratelimit-limit",
    "x-ratelimit-remaining", "x-request-id", "x-trace-id",
  ]
  /// Query parameters whose values are shown; of filters only the names are, their values are
  /// customers' data.
  static let parameters: Set<String> = ["include", "page[number]", "page[size]", "sort"]

  /// How many characters of one header are shown.
  static let shownCharacters = 200

  /// The headers that may be shown, made fit for a log, without secrets a server may have repeated.
  /// Those go first: of a secret that is cut nobody would find the rest.
  static func allowed(_ fields: HTTPFields, hiding secrets: [Secret] = []) -> HTTPFields {
    HTTPFields(
      fields.filter { headers.contains($0.name.canonicalName) }.map {
        HTTPField(
          name: $0.name,
          value: TerminalSafe.text($0.value.hiding(secrets), limit: shownCharacters))
      })
  }

  /// A query with the values that may be shown: `page[size]=25&filter[q][email_eq]=…`.
  static func query(_ parameters: [QueryParameter]) -> String {
    parameters.map { parameter in
      let name = TerminalSafe.text(parameter.name, limit: shownCharacters)
      let isShown =
        Self.parameters.contains(parameter.name) || parameter.name.hasPrefix("fields[")
      return "\(name)=\(isShown ? TerminalSafe.text(parameter.value, limit: shownCharacters) : "…")"
    }.joined(separator: "&")
  }

  /// A URL without user, query and fragment: what makes a signed URL work is never shown.
  static func url(_ text: String) -> String {
    var bare = text.prefix { $0 != "?" && $0 != "#" }
    if let scheme = bare.firstRange(of: "://") {
      let rest = bare[scheme.upperBound...]
      let authority = rest.prefix { $0 != "/" && $0 != "\\" }
      if let at = authority.lastIndex(of: "@") {
        bare = bare[..<scheme.upperBound] + rest[rest.index(after: at)...]
      }
    }
    return TerminalSafe.text(bare, limit: shownCharacters)
  }
}
