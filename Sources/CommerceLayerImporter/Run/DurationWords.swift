extension Duration {
  /// `2 minutes 10 seconds`: the two largest units that are not zero; tenths of a second below ten
  /// seconds, where they matter.
  package var inWords: String {
    let tenths = max(0, components.seconds * 10 + components.attoseconds / 100_000_000_000_000_000)
    if tenths < 100, tenths % 10 != 0 { return "\(tenths / 10).\(tenths % 10) seconds" }
    let all = tenths / 10
    let parts = [
      (all / 86_400, "day"), (all / 3600 % 24, "hour"), (all / 60 % 60, "minute"),
      (all % 60, "second"),
    ]
    guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0 seconds" }
    return parts[first...].prefix(2).filter { $0.0 > 0 }
      .map { "\($0.0) \($0.1)\($0.0 == 1 ? "" : "s")" }.joined(separator: " ")
  }
}
