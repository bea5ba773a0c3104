/// Refuses secrets among the arguments, whatever the command: other users see arguments, and the
/// shell keeps them.
enum SecretGuard {
  /// What names of options for secrets hold, without hyphens and underscores.
  private static let words = ["secret", "password", "token", "bearer", "authorization", "apikey"]
  /// The one option of such a name; it takes no value.
  private static let allowed = "--client-secret-stdin"

  /// Why the arguments are refused; never repeats a value.
  static func refusal(_ arguments: some Sequence<String>) -> Failure? {
    for argument in arguments where argument.hasPrefix("-") && argument != allowed {
      let name = argument.prefix { $0 != "=" }.lowercased().filter { $0 != "-" && $0 != "_" }
      guard words.contains(where: { name.contains($0) }) else { continue }
      return Failure(
        .usage, "a secret is never taken from an argument",
        because: "other users of this machine can read arguments, and shells keep them",
        advice: "set CL_CLIENT_SECRET, use --credentials FILE, or pipe it to --client-secret-stdin")
    }
    return nil
  }
}
