import Spec

/// Words that Swift names write in capitals: `attachment_url` becomes `attachmentURL`.
///
/// Adding a word renames every symbol that contains it, so both lists, this one and the profile's,
/// grow only with a major version.
struct Acronyms: Sendable, Hashable {
  let words: Set<String>

  /// - Parameter profile: what adds the words of its trade.
  init(_ profile: Profile) { words = Self.common.union(profile.acronyms) }

  private static let common: Set<String> = [
    "api", "cdn", "css", "csv", "dns", "hmac", "html", "http", "https", "id", "ip", "iso", "json",
    "jwt", "mfa", "otp", "pdf", "pin", "png", "qr", "rss", "rsa", "sha", "sms", "smtp", "sql",
    "ssh", "ssl", "sso", "svg", "tls", "ttl", "ui", "uid", "uri", "url", "utc", "uuid", "xml",
  ]

  /// The word with a capital first letter, or in capitals where it is an acronym; `ids` is `IDs`.
  func capitalized(_ word: String) -> String {
    if words.contains(word) { return word.uppercased() }
    if word.hasSuffix("s"), words.contains(String(word.dropLast())) {
      return word.dropLast().uppercased() + "s"
    }
    return word.prefix(1).uppercased() + word.dropFirst()
  }
}
