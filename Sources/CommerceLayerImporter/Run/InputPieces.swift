package import CommerceLayerRows

/// The rows of an input as a run cuts them into imports: whoever rebuilds a journal compares them with what
/// the service has.
package struct InputPieces: Sendable {
  private let input: InputReader

  /// The rows as a run with these settings would send them.
  package init(_ planner: ImportPlanner) { input = InputReader(planner) }

  /// Reads the rows of the next import that is planned; nil at the end.
  package func next() async throws(InputError) -> InputPiece? {
    guard let chunk = try await input.next() else { return nil }
    return try InputPiece(chunk)
  }
}

/// Rows that one import can hold.
package struct InputPiece: Sendable {
  private let chunk: PreparedChunk
  /// The digest that an intent to send them has.
  package let digest: String
  /// How many they are.
  package var rows: Int { chunk.rows.count }
  /// The lines of the input that they are on.
  package var lines: ClosedRange<Int> {
    let first = chunk.rows.first?.line ?? 0
    return first...max(first, chunk.rows.last?.lastLine ?? 0)
  }

  init(_ chunk: PreparedChunk) throws(InputError) {
    self.chunk = chunk
    digest = try ChunkDigest.of(chunk)
  }

  /// What becomes of them where the service calls them too large; nil for a single record.
  package func halves() throws(InputError) -> (InputPiece, InputPiece)? {
    guard let (head, tail) = chunk.halves() else { return nil }
    return (try InputPiece(head), try InputPiece(tail))
  }

  /// The rows before an index, and those from there on; nil when either are none.
  package func split(at index: Int) throws(InputError) -> (InputPiece, InputPiece)? {
    guard index > 0, index < rows else { return nil }
    let (head, tail) = chunk.split(at: index)
    return (try InputPiece(head), try InputPiece(tail))
  }
}
