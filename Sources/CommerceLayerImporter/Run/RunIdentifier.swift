/// Names runs: 128 random bits in lower-case base 32, so that no two runs anywhere share a
/// reference.
public enum RunIdentifier {
  /// A new one.
  public static func make() -> String {
    var generator = SystemRandomNumberGenerator()
    return make(using: &generator)
  }

  static func make(using generator: inout some RandomNumberGenerator) -> String {
    // Letters and digits that nobody confuses: no i, l, o, u.
    let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
    return String((0..<26).map { _ in alphabet[Int(generator.next() % 32)] })
  }
}
