import CommerceLayerRows

/// What a journal means for a run that begins with it. Pure, but for what is told of chunks at the end.
struct ResumedRun: Sendable {
  let contents: JournalContents

  init(_ contents: JournalContents) { self.contents = contents }

  var isResumed: Bool { !contents.chunks.isEmpty }

  /// What the engine is told of a chunk.
  func known(_ number: Int) -> KnownChunk {
    guard let record = contents.chunks[number] else { return .unsent }
    if record.halves.count == 2 {
      return .split(first: record.halves[0], second: record.halves[1])
    }
    if let outcome = record.outcome {
      guard let tail = record.continuation else { return .concluded(id: outcome.line.importID) }
      return .continued(id: outcome.line.importID, from: tail.from, as: tail.chunk)
    }
    let attempt = record.intent?.attempt ?? 1
    if let id = record.importID, let tail = record.continuation {
      return .interrupted(
        id: id, attempt: attempt, again: record.isSentAgain || attempt > 1, from: tail.from,
        as: tail.chunk)
    }
    if let id = record.importID {
      // Of several attempts it may be an earlier one, which was rejected and created all the same; the
      // journal does not tell whether the last one had a response.
      return .created(id: id, attempt: attempt, again: record.isSentAgain || attempt > 1)
    }
    guard record.intent != nil else { return .unsent }
    return record.isNotCreated
      ? .notCreated(attempt: attempt, again: record.isSentAgain)
      : .sent(attempt: attempt, again: record.isSentAgain)
  }

  /// The number of the next half or tail of a chunk.
  func nextPart(planned: Int) -> Int {
    let parts = contents.chunks.values.flatMap { record in
      record.halves + [record.continuation?.chunk].compactMap(\.self)
    }
    return max(planned, parts.max() ?? 0, contents.chunks.keys.max() ?? 0) + 1
  }

  /// How many imports of each whole chunk may be running.
  var inFlight: [Int: Int] {
    var wholes = Set(contents.chunks.keys)
    for record in contents.chunks.values {
      wholes.subtract(record.halves)
      if let tail = record.continuation { wholes.remove(tail.chunk) }
    }
    var counts: [Int: Int] = [:]
    for whole in wholes {
      let count = leaves(of: whole).count { number in
        switch known(number) {
        case .sent, .created, .interrupted: true
        case .unsent, .notCreated, .split, .concluded, .continued: false
        }
      }
      if count > 0 { counts[whole] = count }
    }
    return counts
  }

  /// The chunks that a chunk became: itself, its halves, what was sent again of it.
  private func leaves(of number: Int) -> [Int] {
    var leaves: [Int] = []
    var open = [number]
    var seen: Set<Int> = []
    while let next = open.popLast() {
      // A damaged journal may name a chunk as its own half.
      guard seen.insert(next).inserted else { continue }
      guard let record = contents.chunks[next] else {
        leaves.append(next)
        continue
      }
      if let tail = record.continuation { open.append(tail.chunk) }
      if record.halves.isEmpty { leaves.append(next) } else { open += record.halves }
    }
    return leaves
  }

  /// Finds the first chunk whose rows are not those that were about to be sent.
  /// - Parameter digests: The digest of each whole chunk of the input, in order.
  /// - Throws: ``JournalError`` of kind `mismatch`.
  func check(_ digests: [String]) throws(JournalError) {
    let parts = Set(
      contents.chunks.values.flatMap { record in
        record.halves + [record.continuation?.chunk].compactMap(\.self)
      })
    for (number, record) in contents.chunks.sorted(by: { $0.key < $1.key }) {
      guard let intent = record.intent, !parts.contains(number) else { continue }
      let now = digests.indices.contains(number - 1) ? digests[number - 1] : nil
      guard now != intent.digest else { continue }
      let lines =
        intent.firstLine == intent.lastLine
        ? "line \(intent.firstLine)" : "lines \(intent.firstLine) to \(intent.lastLine)"
      throw JournalError(
        .mismatch,
        "the rows of import \(number) (\(lines)) are not those that run '\(contents.run.runID)' was about to send"
          + (now == nil ? ": the input ends before them" : ""),
        advice:
          "restore the input as it was, with the same options, to go on; or start a new run with the rows that are missing"
      )
    }
  }
}

extension ResumedRun {
  /// Tells what the journal knows of a chunk that this run did not come to.
  /// - Parameter unread: Chunks the journal knows and nobody told of.
  func tell(
    _ number: Int, _ input: InputReader, _ ledger: inout RunLedger,
    _ unread: inout [Int: ChunkRecord], reason: String,
    tell: (RowEntry) -> Void
  ) async {
    let cut = ledger[number]
    let rows = await input.rows(ofTold: cut)
    let record = unread.removeValue(forKey: number)
    switch known(number) {
    case .split(let first, let second):
      guard let cut,
        let halves = try? await input.halves(of: cut, first: first, second: second)
      else {
        // What cannot be read again is counted.
        ledger.replace(number, by: [])
        return
      }
      ledger.replace(number, by: halves)
      for half in [first, second] {
        await self.tell(half, input, &ledger, &unread, reason: reason, tell: tell)
      }
      return
    case .continued(_, let from, let other):
      guard let outcome = record?.outcome else { break }
      guard let cut, let parts = try? await input.split(cut, at: from, second: other) else {
        ledger.replace(number, by: [])
        ledger.restoreUnread(outcome.line)
        return
      }
      ledger.replace(number, by: parts)
      ledger.restore(
        number, outcome, rows: rows.map { Array($0.prefix(from)) }, tell: tell)
      await self.tell(other, input, &ledger, &unread, reason: reason, tell: tell)
      return
    case .concluded:
      guard let outcome = record?.outcome else { break }
      ledger.restore(number, outcome, rows: rows, tell: tell)
      return
    case .created(let id, _, _):
      ledger.conclude(number, .unknown(id: id, reason: reason), rows: rows, tell: tell)
      return
    case .interrupted(let id, _, _, let from, let other):
      guard let cut, let parts = try? await input.split(cut, at: from, second: other) else {
        ledger.replace(number, by: [])
        if let record, let line = unknown(number, record, reason) { ledger.restoreUnread(line) }
        return
      }
      ledger.replace(number, by: parts)
      ledger.conclude(
        number, .unknown(id: id, reason: reason), rows: rows.map { Array($0.prefix(from)) },
        tell: tell)
      await self.tell(other, input, &ledger, &unread, reason: reason, tell: tell)
      return
    case .sent: break
    case .unsent, .notCreated(_, false):
      ledger.conclude(number, .unsent(reason), rows: rows, tell: tell)
      return
    case .notCreated(_, true): break
    }
    ledger.conclude(number, .unknown(id: nil, reason: reason), rows: rows, tell: tell)
  }

  /// Counts what the journal knows of chunks that were not read.
  func count(_ unread: [Int: ChunkRecord], _ ledger: inout RunLedger, reason: String) {
    for (number, record) in unread.sorted(by: { $0.key < $1.key }) {
      if let line = record.outcome?.line {
        ledger.restoreUnread(line)
        continue
      }
      guard record.halves.isEmpty, !record.isNotCreated || record.isSentAgain,
        let line = unknown(number, record, reason)
      else { continue }
      ledger.restoreUnread(line)
    }
  }

  /// The line of a chunk whose outcome is not known and whose rows were not read.
  private func unknown(
    _ number: Int, _ record: ChunkRecord, _ reason: String
  ) -> ImportReport.Chunk? {
    guard let intent = record.intent else { return nil }
    let rows = record.rows(of: intent)
    var line = ImportReport.Chunk(
      number: number, rows: rows, firstLine: intent.firstLine, lastLine: intent.lastLine)
    line.importID = record.importID
    line.unknown = rows
    line.notes = [reason]
    return line
  }
}
