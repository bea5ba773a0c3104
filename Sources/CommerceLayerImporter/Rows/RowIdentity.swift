import CommerceLayer

/// What a row is recognised by.
struct RowIdentity: Sendable, Hashable {
  /// The values of the type's key, joined with `-` as the service's logs join them; nil when the
  /// row does not hold them all.
  var key: String?
  /// The parts of a composite key, each of which old logs use alone.
  var parts: [String] = []
  /// The id the row names.
  var id: String?

  /// What to call the row: its key, else its id.
  var name: String? { key ?? id }

  /// Reads it from the values of a row.
  /// - Parameter value: the row's text in a field; nil when absent or empty.
  init(rules: RowRules, value: (String) -> String?) {
    id = value("id")
    guard rules.isKeyed else { return }
    parts = rules.key.compactMap { field in
      value(field) ?? (rules.parent.map { "\($0)_id" } == field ? rules.parentID : nil)
    }
    if parts.count == rules.key.count { key = parts.joined(separator: "-") }
  }

  /// Why a row with this identity may not be sent: nothing would tell an update from a new record.
  func problem(_ rules: RowRules) -> String? {
    guard rules.isKeyed, key == nil, id == nil else { return nil }
    let names = rules.key.map { "'\($0)'" }.joined(separator: " and ")
    return "neither \(names) nor 'id' is there to identify the record by"
  }
}
