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
    let group: UInt8
    let point: UInt8

    init(symbol: String, group: Unicode.Scalar, point: Unicode.Scalar) {
      self.symbol = symbol
      self.group = UInt8(ascii: group)
      self.point = UInt8(ascii: point)
    }
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

  /// How amounts in one currency are written. Records have dozens of amounts, so the parts are looked
  /// up once and amounts are written as bytes.
  struct Format: Sendable {
    let currency: String
    private let digits: Int
    private let symbol: [UInt8]
    private let group: UInt8
    private let point: UInt8
    /// What follows the amount, as it stands in a JSON string: the code where there is no symbol.
    private let suffix: [UInt8]

    init(_ currency: String) {
      self.currency = currency
      digits = Money.digits[currency] ?? 2
      let style = Money.styles[currency] ?? Style(symbol: "", group: ",", point: ".")
      symbol = Array(style.symbol.utf8)
      group = style.group
      point = style.point
      suffix = style.symbol.isEmpty ? DocumentLayout.escaped(" \(currency)") : []
    }

    /// The amount as a JSON number: 1250 in EUR is `12.5`, 1250 in JPY is `1250.0`. Exact, as it is made
    /// of the digits.
    func float(_ amount: Int) -> [UInt8] {
      var (text, whole) = Self.digits(of: amount, fraction: digits)
      while text.count > whole + 1, text.last == UInt8(ascii: "0") { text.removeLast() }
      if text.count == whole { text.append(UInt8(ascii: "0")) }
      text.insert(UInt8(ascii: "."), at: whole)
      if amount < 0 { text.insert(UInt8(ascii: "-"), at: 0) }
      return text
    }

    /// The amount as people read it, in quotes: `"€1.250,00"`.
    func formatted(_ amount: Int) -> [UInt8] {
      let (text, whole) = Self.digits(of: amount, fraction: digits)
      var result: [UInt8] = []
      result.reserveCapacity(text.count * 2 + 8)
      result.append(UInt8(ascii: "\""))
      if amount < 0 { result.append(UInt8(ascii: "-")) }
      result += symbol
      for (index, digit) in text.enumerated() {
        if index == whole {
          result.append(point)
        } else if index > 0, index < whole, (whole - index) % 3 == 0 {
          result.append(group)
        }
        result.append(digit)
      }
      result += suffix
      result.append(UInt8(ascii: "\""))
      return result
    }

    /// The digits of an amount, at least one of them before the fraction, and how many are before it.
    private static func digits(of amount: Int, fraction: Int) -> (text: [UInt8], whole: Int) {
      var text: [UInt8] = []
      text.reserveCapacity(24)
      var rest = amount.magnitude
      while rest > 0 || text.count <= fraction {
        text.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
        rest /= 10
      }
      text.reverse()
      return (text, text.count - fraction)
    }
  }
}
