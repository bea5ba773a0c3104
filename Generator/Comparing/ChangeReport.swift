internal import Foundation

/// The changes between two specs as text for people, as Markdown for a changelog, or as JSON.
public struct ChangeReport: Sendable {
  /// The forms a report has.
  public enum Format: String, Sendable, CaseIterable { case text, json, markdown }

  let changes: [SpecChange]

  /// A report of changes in the order of ``SpecDiff``.
  public init(_ changes: [SpecChange]) { self.changes = changes }

  /// The report, without a newline at its end.
  /// - Throws: never in practice: every change is representable as JSON.
  public func text(_ format: Format) throws -> String {
    switch format {
    case .text: plain
    case .markdown: markdown
    case .json:
      String(decoding: try Self.encoder.encode(changes), as: UTF8.self)
    }
  }

  /// What the next version must be called, by semantic versioning; nil when nothing changed.
  public static func nextVersion(after changes: [SpecChange]) -> String? {
    switch changes.map(\.effect).max() {
    case .breaking?: "major"
    case .compatible?: "minor"
    case .docsOnly?: "patch"
    case nil: nil
    }
  }

  private static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return encoder
  }

  // MARK: - Text

  private var plain: String {
    guard let next = Self.nextVersion(after: changes) else { return "no changes" }
    let groups = Self.grouped(changes).map { resource, changes in
      "\(resource): \(Self.counts(changes))\n"
        + changes.map {
          """
            \($0.effect.rawValue): \(Self.place($0))\(Self.oneLine($0.change))
                affects: \(Self.oneLine($0.affected))
                because: \(Self.oneLine($0.reason))
          """
        }.joined(separator: "\n")
    }
    return groups.joined(separator: "\n\n")
      + "\n\n\(Self.counts(changes, all: true)); the next version is a \(next) one"
  }

  private static func place(_ change: SpecChange) -> String {
    change.pointer.isEmpty ? "" : oneLine(change.pointer) + ": "
  }

  /// By resource, those with the most serious changes first.
  private static func grouped(_ changes: [SpecChange]) -> [(String, [SpecChange])] {
    var order: [String] = []
    for change in changes where !order.contains(change.resource) { order.append(change.resource) }
    let groups = Dictionary(grouping: changes, by: \.resource)
    return order.map { ($0, groups[$0] ?? []) }
  }

  private static func counts(_ changes: [SpecChange], all: Bool = false) -> String {
    SpecChange.Effect.allCases.reversed().compactMap { effect in
      let count = changes.count { $0.effect == effect }
      return count > 0 || all ? "\(count) \(effect.rawValue)" : nil
    }.joined(separator: ", ")
  }

  // MARK: - Markdown

  private var markdown: String {
    if changes.isEmpty { return "No changes." }
    return SpecChange.Effect.allCases.reversed().compactMap { effect -> String? in
      let found = changes.filter { $0.effect == effect }
      guard !found.isEmpty else { return nil }
      let groups = Self.grouped(found).map { resource, changes in
        "- **\(resource)**\n" + changes.map { "  - \(Self.item($0))" }.joined(separator: "\n")
      }
      return "### \(Self.title(effect))\n\n" + groups.joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  private static func title(_ effect: SpecChange.Effect) -> String {
    switch effect {
    case .breaking: "Breaking"
    case .compatible: "Compatible"
    case .docsOnly: "Documentation only"
    }
  }

  /// `` `weight` removed. Affects code that reads it: it is no longer generated. ``
  private static func item(_ change: SpecChange) -> String {
    let name = member(change.pointer).map { "`\(oneLine($0))` " } ?? ""
    var text = "\(name)\(oneLine(change.change))."
    if change.affected != SpecDiff.nobody {
      text += " Affects \(oneLine(change.affected)): \(oneLine(change.reason))."
    }
    return text
  }

  /// The name a change is about: `weight` of `/attributes/weight/sort`.
  private static func member(_ pointer: String) -> String? {
    let parts = pointer.split(separator: "/")
    guard let first = parts.first else { return nil }
    switch first {
    case "attributes", "relationships", "operations":
      return parts.dropFirst().first.map(String.init)
    case "predicates", "error_codes", "rate_limits": return parts.dropFirst().joined(separator: " ")
    default: return parts.joined(separator: " ")
    }
  }

  /// Texts of a spec that is not trusted cannot start lines of their own.
  private static func oneLine(_ text: String) -> String {
    guard text.contains(where: \.isNewline) else { return text }
    return text.map { $0.isNewline ? "\\n" : String($0) }.joined()
  }
}
