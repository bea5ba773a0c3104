import CommerceLayer
import Foundation
import Synchronization
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// Rows that a program makes.
@Suite struct RowsFromCodeTests {
  private struct SKURow: Encodable {
    let code: String
    let name: String
    let shippingCategoryID: String

    enum CodingKeys: String, CodingKey {
      case code, name
      case shippingCategoryID = "shipping_category_id"
    }
  }

  private func stream<Row: Sendable>(_ rows: [Row]) -> AsyncStream<Row> {
    AsyncStream { continuation in
      for row in rows { continuation.yield(row) }
      continuation.finish()
    }
  }

  private func text(_ file: InputFile) throws -> String {
    var bytes: [UInt8] = []
    try file.read(at: 0, into: &bytes, count: file.size)
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func encodableValuesAreImported() async throws {
    let rows = (0..<25).map { SKURow(code: "S\($0)", name: "n", shippingCategoryID: "cat") }
    let service = FakeImports()
    let file = try await InputFile.spooling(stream(rows))
    let report = try await service.importer(file, .jsonLines) { $0.chunkRows = 10 }.run()
    #expect(report.ending == .done && report.succeeded == 25)
    #expect(service.sizes == [10, 10, 5])
  }

  @Test func jsonKeepsItsNumbersAndDatesAreText() async throws {
    let price: JSONValue = .object(["amount_cents": .number(JSONNumber(1250)), "x": "1/2"])
    #expect(try text(await .spooling(stream([price]))) == "{\"amount_cents\":1250,\"x\":\"1/2\"}\n")
    let object: JSONObject = ["code": "é"]
    #expect(try text(await .spooling(stream([object]))) == "{\"code\":\"é\"}\n")
    struct Dated: Encodable, Sendable { let starts_at: Date }
    let dated = Dated(starts_at: Date(timeIntervalSince1970: 0))
    #expect(
      try text(await .spooling(stream([dated]))) == "{\"starts_at\":\"1970-01-01T00:00:00Z\"}\n")
  }

  @Test func whatIsNoRowIsRejectedWithItsNumber() async throws {
    let rows: [JSONValue] = [
      ["code": "A", "name": "a", "shipping_category_id": "x"], "text",
      ["code": "B", "nmae": "b", "shipping_category_id": "x"],
    ]
    let told = Mutex([RowEntry]())
    var observer = ImportObserver()
    observer.entry = { entry in told.withLock { $0.append(entry) } }
    let service = FakeImports()
    let report = try await service.importer(await .spooling(stream(rows)), .jsonLines).run(
      observer: observer)
    #expect(report.ending == .rejected)
    #expect(service.sizes.isEmpty)
    let rejected = told.withLock { $0 }.filter { $0.outcome == .rejected }
    #expect(rejected.map(\.line) == [2, 3])
    #expect(rejected.last?.reasons.joined().contains("name") == true)
  }

  @Test func noRowsAreAnErrorAsInAFile() async throws {
    let service = FakeImports()
    let file = try await InputFile.spooling(stream([JSONValue]()))
    await #expect(throws: InputError.self) {
      _ = try await service.importer(file, .jsonLines).run()
    }
  }

  /// Counts what is taken from it; each row is large, so that the buffer fills at known rows.
  private struct Counted: AsyncSequence, Sendable {
    final class Log: Sendable {
      let taken = Mutex(0)
    }
    struct Iterator: AsyncIteratorProtocol {
      let log: Log
      let count: Int
      let failsAt: Int?
      mutating func next() async throws -> JSONObject? {
        let number = log.taken.withLock { taken in
          taken += 1
          return taken
        }
        if number == failsAt { throw Broken() }
        guard number <= count else { return nil }
        return ["code": .string("\(number)"), "name": .string(String(repeating: "n", count: 1000))]
      }
    }
    struct Broken: Error {}
    let log = Log()
    let count: Int
    var failsAt: Int?
    func makeAsyncIterator() -> Iterator { Iterator(log: log, count: count, failsAt: failsAt) }
  }

  @Test func aSequenceThatBreaksIsNotTakenForWhole() async throws {
    await #expect(throws: Counted.Broken.self) {
      _ = try await InputFile.spooling(Counted(count: 1000, failsAt: 700))
    }
  }

  @Test func aCancelledSequenceIsNotTakenForWhole() async throws {
    let (rows, continuation) = AsyncStream.makeStream(of: JSONObject.self)
    let (starts, start) = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      start.yield()
      // A stream ends without an error when its reader is cancelled.
      return try await InputFile.spooling(rows)
    }
    continuation.yield(["code": "A"])
    for await _ in starts { break }
    task.cancel()
    await #expect(throws: CancellationError.self) { _ = try await task.value }
  }

  @Test func rowsAreReadOnlyAsFastAsTheyAreWritten() async throws {
    // The sequence makes a row when it is asked for one: nothing is taken ahead of what is written.
    let rows = Counted(count: 500)
    let file = try await InputFile.spooling(rows)
    #expect(rows.log.taken.withLock { $0 } == 501)
    #expect(try text(file).split(separator: "\n").count == 500)
  }
}
