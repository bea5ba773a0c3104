import CommerceLayerRuntime

/// Amounts in the smallest unit of a currency, as the service shows them beside `*_cents`.
enum Money {
  /// The currency of a record that no market, price list or order gives one.
  static let organizationCurrency = "EUR"

  /// Currencies whose smallest unit is not a hundredth, with the digits after the point (ISO 4217).
  private static let digits: [String: Int] = [
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0,
    "RWF": 0, "UGX": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3,
    "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3,
  ]

  /// How a currency is written: symbol, and the marks between thousands and before the fraction.
  private struct Style {
    let symbol: String
    let group: String
    let point: String
  }

  /// `€50,00` and `-€5,00` are the examples of the published schema; the others follow the service's
  /// library for money, which puts the code after the amount where it knows no symbol.
  private static let styles: [String: Style] = [
    "AUD": Style(symbol: "$", group: ",", point: "."),
    "BRL": Style(symbol: "R$", group: ".", point: ","),
    "CAD": Style(symbol: "$", group: ",", point: "."),
    "CHF": Style(symbol: "CHF", group: ",", point: "."),
    "CNY": Style(symbol: "¥", group: ",", point: "."),
    "EUR": Style(symbol: "€", group: ".", point: ","),
    "GBP": Style(symbol: "£", group: ",", point: "."),
    "INR": Style(symbol: "₹", group: ",", point: "."),
    "JPY": Style(symbol: "¥", group: ",", point: "."),
    "USD": Style(symbol: "$", group: ",", point: "."),
  ]

  /// The digits after the point of a currency.
  static func digits(of currency: String) -> Int { digits[currency] ?? 2 }

  /// The amount as a number: 1250 in EUR is 12.5, 1250 in JPY is 1250. Exact, as it is made of the
  /// digits.
  static func float(_ amount: Int, currency: String) -> JSONValue {
    let (sign, whole, fraction) = parts(amount, digits(of: currency))
    let text = fraction.isEmpty ? "\(sign)\(whole).0" : "\(sign)\(whole).\(trimmed(fraction))"
    return JSONNumber(text: text).map(JSONValue.number) ?? .null
  }

  /// The amount as people read it: `€1.250,00`.
  static func formatted(_ amount: Int, currency: String) -> String {
    let (sign, whole, fraction) = parts(amount, digits(of: currency))
    let style = styles[currency] ?? Style(symbol: "", group: ",", point: ".")
    let number =
      grouped(whole, by: style.group) + (fraction.isEmpty ? "" : style.point + fraction)
    return style.symbol.isEmpty
      ? "\(sign)\(number) \(currency)" : "\(sign)\(style.symbol)\(number)"
  }

  private static func parts(_ amount: Int, _ digits: Int) -> (String, String, String) {
    var text = String(amount.magnitude)
    if text.count <= digits {
      text = String(repeating: "0", count: digits + 1 - text.count) + text
    }
    return (amount < 0 ? "-" : "", String(text.dropLast(digits)), String(text.suffix(digits)))
  }

  /// A fraction without the zeros that end it, of which one stays.
  private static func trimmed(_ fraction: String) -> String {
    var fraction = Substring(fraction)
    while fraction.count > 1, fraction.last == "0" { fraction.removeLast() }
    return String(fraction)
  }

  private static func grouped(_ digits: String, by mark: String) -> String {
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { result += mark }
      result.append(digit)
    }
    return result
  }
}
