/// Words that Swift names write in capitals: `attachment_url` becomes `attachmentURL`.
///
/// Adding a word renames every symbol that contains it, so the table is complete for what the API
/// and commerce in general use, and grows only with a major version.
enum Acronyms {
  static let words: Set<String> = [
    "api", "avs", "cdn", "css", "csv", "cvv", "ddp", "dns", "ean", "eel", "eta", "etd", "gtin",
    "gtm", "hmac", "hs", "html", "http", "https", "iban", "id", "ip", "isbn", "iso", "json", "jwt",
    "mfa", "otp", "pdf", "pfc", "pin", "png", "qr", "rss", "rsa", "sca", "sha", "sku", "sms",
    "smtp", "sql", "ssh", "ssl", "sso", "svg", "tls", "ttl", "ui", "uid", "upc", "uri", "url",
    "utc", "uuid", "vat", "xml",
  ]

  /// The word with a capital first letter, or in capitals where it is an acronym; `ids` is `IDs`.
  static func capitalized(_ word: String) -> String {
    if words.contains(word) { return word.uppercased() }
    if word.hasSuffix("s"), words.contains(String(word.dropLast())) {
      return word.dropLast().uppercased() + "s"
    }
    return word.prefix(1).uppercased() + word.dropFirst()
  }
}
