/// English plurals of wire names, as far as resource names need them.
///
/// Only the last word of a name is inflected. The rules are general, the exceptions are the nouns
/// that are their own plural or that end in `s` without being one.
enum Inflection {
  /// Last words that have no separate plural.
  private static let uncountable: Set<String> = [
    "information", "metadata", "data", "equipment", "money", "series",
  ]

  /// Last words that end in `s` and are not plural; most words in `us` are one (`skus`, `menus`).
  private static let singularsEndingInS: Set<String> = [
    "status", "bus", "bonus", "virus", "campus", "focus", "corpus", "surplus", "radius", "canvas",
    "alias", "gas",
  ]

  /// `tax_category` → `tax_categories`.
  static func pluralize(_ name: String) -> String {
    inflectLast(name) { word in
      if uncountable.contains(word) { return word }
      if word.hasSuffix("y"), let before = word.dropLast().last, !"aeiou".contains(before) {
        return word.dropLast() + "ies"
      }
      for ending in ["s", "x", "z", "ch", "sh"] where word.hasSuffix(ending) {
        return word + "es"
      }
      return word + "s"
    }
  }

  /// `tax_categories` → `tax_category`; a name that is not a plural stays as it is.
  static func singularize(_ name: String) -> String {
    inflectLast(name) { word in
      if uncountable.contains(word) || word.count < 3 { return word }
      if word.hasSuffix("ies"), word.count > 4 { return word.dropLast(3) + "y" }
      for ending in ["sses", "xes", "zzes", "ches", "shes", "uses", "iases"]
      where word.hasSuffix(ending) {
        return String(word.dropLast(2))
      }
      if singularsEndingInS.contains(word) || word.hasSuffix("ss") || word.hasSuffix("is") {
        return word
      }
      if word.hasSuffix("s") { return String(word.dropLast()) }
      return word
    }
  }

  /// Whether a name reads as a plural: its singular differs and leads back to it.
  static func isPlural(_ name: String) -> Bool {
    let singular = singularize(name)
    return singular != name && pluralize(singular) == name
  }

  /// `TaxCategory` → `tax_category`, `SKU` → `sku`.
  static func underscore(_ className: String) -> String {
    var out = ""
    let letters = Array(className)
    for (index, letter) in letters.enumerated() {
      if letter.isUppercase, index > 0 {
        let previous = letters[index - 1]
        let next = index + 1 < letters.count ? letters[index + 1] : nil
        if previous != "_", !previous.isUppercase || (next?.isLowercase ?? false) { out += "_" }
      }
      out += letter.lowercased()
    }
    return out
  }

  /// `tax_category` → `TaxCategory`: how class names are spelled.
  static func camelize(_ name: String) -> String {
    name.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  private static func inflectLast(_ name: String, _ change: (String) -> String) -> String {
    guard let cut = name.lastIndex(of: "_") else { return change(name) }
    let start = name.index(after: cut)
    return String(name[..<start]) + change(String(name[start...]))
  }
}
