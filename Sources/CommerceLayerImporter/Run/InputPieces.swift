package import CommerceLayerRows

/// The rows of an input as a run cuts them into imports, to be compared with what the service has when a
/// journal is rebuilt.
package struct InputPieces: Sendable, Sequence {
  private let input: InputReader
  private let cuts: [ChunkCut]

  /// The rows as a run with these settings would send them.
  /// - Parameter plan: What the planner's first pass found.
  package init(_ planner: ImportPlanner, _ plan: ImportPlan) {
    input = InputReader(planner, plan)
    cuts = plan.cuts
  }

  /// Walks the imports that are planned, in the order of the input.
  package func makeIterator() -> some IteratorProtocol<InputPiece> {
    cuts.lazy.map { [input] in InputPiece($0, input) }.makeIterator()
  }
}

/// Rows that one import can hold.
package struct InputPiece: Sendable {
  private let cut: ChunkCut
  private let input: InputReader
  /// The digest that an intent to send them has.
  package var digest: String { cut.digest.text }
  /// How many they are.
  package var rows: Int { cut.rows }
  /// The lines of the input that they are on.
  package var lines: ClosedRange<Int> { cut.firstLine...max(cut.firstLine, cut.lastLine) }

  init(_ cut: ChunkCut, _ input: InputReader) {
    self.cut = cut
    self.input = input
  }

  /// What becomes of them where the service calls them too large; nil for a single record.
  /// - Throws: `InputError` when the rows are not any more what they were.
  package func halves() async throws(InputError) -> (InputPiece, InputPiece)? {
    // The digest of a part does not depend on its number.
    pair(try await input.halves(of: cut, first: cut.number, second: cut.number))
  }

  /// The rows before an index, and those from there on; nil when either are none.
  /// - Throws: `InputError` when the rows are not any more what they were.
  package func split(at index: Int) async throws(InputError) -> (InputPiece, InputPiece)? {
    guard index > 0, index < rows else { return nil }
    return pair(try await input.split(cut, at: index, second: cut.number))
  }

  private func pair(_ parts: [ChunkCut]?) -> (InputPiece, InputPiece)? {
    guard let parts, parts.count == 2 else { return nil }
    return (InputPiece(parts[0], input), InputPiece(parts[1], input))
  }
}
