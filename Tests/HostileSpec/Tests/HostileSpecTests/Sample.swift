import Foundation
import Spec

/// A generated file, compared part by part: the parser is slow where it is not optimized, and most of
/// a file is the same whatever the text.
///
/// A part is what stands between two blank lines that are followed by a line without indentation. A
/// part that parses without a diagnostic ends outside of comments and literals, so that the parts
/// say of the file what the file as a whole would.
final class Sample {
  private final class Part {
    let text: String
    lazy var source = SwiftSource(text)
    lazy var skeleton = source.skeleton
    lazy var literals = source.literals
    init(_ text: String) { self.text = text }
  }

  private let parts: [Part]

  init(_ text: String) {
    var parts: [[Substring]] = [[]]
    var wasBlank = false
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if wasBlank, let first = line.first, first != " ", first != "}" { parts.append([]) }
      wasBlank = line.isEmpty
      parts[parts.count - 1].append(line)
    }
    self.parts = parts.map { Part($0.joined(separator: "\n")) }
  }

  /// Whether the text stands anywhere in the file.
  func contains(_ text: String) -> Bool { parts.contains { $0.text.contains(text) } }

  /// What is wrong with files made of a hostile text, measured by the same files made of a harmless
  /// one in the same place.
  static func problems(
    in samples: [Sample], measuredBy measures: [Sample], _ harmless: String, _ text: String
  ) -> [String] {
    guard samples.count == measures.count else {
      return ["\(samples.count) files instead of \(measures.count)"]
    }
    return zip(samples, measures).flatMap { $0.problems(measuredBy: $1, harmless, text) }
  }

  private func problems(
    measuredBy measure: Sample, _ harmless: String, _ text: String
  ) -> [String] {
    guard parts.count == measure.parts.count else {
      return ["\(parts.count) parts instead of \(measure.parts.count)"]
    }
    // A part that the text does not reach is the same part.
    return zip(parts, measure.parts).filter { $0.text != $1.text || $1.text.contains(harmless) }
      .flatMap { Self.problems(in: $0, measuredBy: $1, harmless, text) }
  }

  private static func problems(
    in part: Part, measuredBy measure: Part, _ harmless: String, _ text: String
  ) -> [String] {
    let source = part.source
    var problems = source.diagnostics.map { "does not parse: \($0)" }
    problems += source.strangeTrivia.map { "between tokens: \($0)" }
    problems += source.hiddenCharacters.map { "hidden character \($0)" }
    problems += source.unusableNames.map { "name that cannot be used: \($0)" }
    if part.skeleton != measure.skeleton {
      let (more, less) = (Set(part.skeleton), Set(measure.skeleton))
      problems.append(
        "declares \(more.subtracting(less).sorted()) instead of \(less.subtracting(more).sorted())")
    }
    let wanted = count(
      measure.literals.map { literal in
        literal.map { Self.literal($0) { $0.replacing(harmless, with: text) } }
      })
    let found = count(part.literals.map { literal in literal.map { Self.literal($0) { $0 } } })
    if found != wanted {
      let wrong = found.filter { wanted[$0.key] != $0.value }.keys.prefix(3)
      problems.append("literals are not the input: \(wrong.map { $0.map(show) ?? "none" })")
    }
    return problems
  }

  /// The bytes of a literal with its texts changed; of a table its canonical form.
  private static func literal(_ text: String, _ change: (String) -> String) -> [UInt8] {
    if text.hasPrefix("{"), let tree = try? JSONTree.parse(Data(text.utf8), file: "table") {
      return Array(tree.mapTexts(change).compactText.utf8)
    }
    return Array(change(text).utf8)
  }

  private static func count(_ literals: [[UInt8]?]) -> [[UInt8]?: Int] {
    Dictionary(literals.map { ($0, 1) }, uniquingKeysWith: +)
  }

  private static func show(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.prefix(200), as: UTF8.self).debugDescription
  }
}
