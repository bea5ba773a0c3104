/// What JSON:API tells resources apart by.
struct ResourceIdentity: Hashable, Sendable {
  let type: String
  let id: String
}
