/// Refuses secrets among the arguments, whatever the command: other users see arguments, and the
/// shell keeps them.
enum SecretGuard {
  /// Names an option for a secret might have, without hyphens and underscores.
  private static let names: Set<String> = [
    "clientsecret", "secret", "password", "token", "accesstoken",
  ]

  /// Why the arguments are refused; never repeats a value.
  static func refusal(_ arguments: some Sequence<String>) -> Failure? {
    for argument in arguments where argument.hasPrefix("--") {
      let name = argument.dropFirst(2).prefix { $0 != "=" }
      let bare = name.lowercased().filter { $0 != "-" && $0 != "_" }
      guard names.contains(bare) else { continue }
      return Failure(
        .usage, "a secret is never taken from an argument",
        because: "other users of this machine can read arguments, and shells keep them",
        advice: "set CL_CLIENT_SECRET, use --credentials FILE, or pipe it to --client-secret-stdin")
    }
    return nil
  }
}
