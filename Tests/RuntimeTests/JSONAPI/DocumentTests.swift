import Foundation
import Testing

@testable import CommerceLayerRuntime

@Suite struct DocumentTests {
  private func read(
    _ text: String, _ reading: ResponseReading = .lenient
  ) throws -> Widget? {
    try Document(parsing: Array(text.utf8), context: .init(reading: reading)).one(Widget.self)
  }

  private func rejection(_ text: String) -> CommerceLayerError? {
    do {
      _ = try read(text, .strict)
      return nil
    } catch {
      return error as? CommerceLayerError
    }
  }

  @Test func readsTypedAttributes() throws {
    let one = try #require(
      try read(
        widget(
          #""name":"n","size":3,"price":10.0,"active":true,"made_at":"2018-01-01T12:00:00.250Z","new":[1]"#
        )))
    #expect(one.id == "w1")
    #expect(one.name == "n" && one.size == 3 && one.price == 10 && one.active == true)
    #expect(one.madeAt == Date(timeIntervalSince1970: 1_514_808_000.25))
    #expect(one["new"] == [1])
    #expect(one.storage.coercions.isEmpty)
  }

  @Test func readsOldFormsAndSaysSo() throws {
    let one = try #require(
      try read(widget(#""size":"3","active":"true","price":"1.5","metadata":[],"name":7"#)))
    #expect(one.size == 3 && one.active == true && one.price == 1.5 && one.name == "7")
    #expect(
      one.storage.coercions.map(\.pointer) == [
        "/data/attributes/size", "/data/attributes/active", "/data/attributes/price",
        "/data/attributes/metadata", "/data/attributes/name",
      ])
  }

  @Test(arguments: [
    (
      #"{"data":{"type":"widgets","id":"1","attributes":{"size":"many"}}}"#, "/data/attributes/size"
    ),
    (#"{"data":{"type":"widgets","id":"1","attributes":{"size":1.5}}}"#, "/data/attributes/size"),
    (#"{"data":{"type":"widgets","id":"1","attributes":[]}}"#, "/data/attributes"),
    (#"{"data":{"type":"widgets","id":1}}"#, "/data/id"),
    (#"{"data":{"type":"gadgets","id":"1"}}"#, "/data/type"),
    (#"{"data":[]}"#, "/data"),
    (#"{"data":{"type":"widgets","id":"1"},"included":[{"id":"1"}]}"#, "/included/0/type"),
    (#"{"data":{"type":"widgets","id":"1","attributes":{"size":1,}}}"#, "/data/attributes"),
  ])
  func rejectsWhatItCannotRead(text: String, pointer: String) throws {
    let error = try #require(rejection(text))
    #expect(error.kind == .protocolViolation)
    #expect(error.pointer == pointer)
  }

  @Test func resolvesRelationshipsOfCompoundDocuments() throws {
    let one = try #require(
      try read(
        #"""
        {"data":{"type":"widgets","id":"1","relationships":{
          "parts":{"data":[{"type":"parts","id":"p1"},{"type":"parts","id":"p2"}]},
          "owner":{"links":{"self":"x"}}}},
         "included":[{"type":"parts","id":"p1","attributes":{"code":"A"}}]}
        """#))
    #expect(one.parts?.map(\.id) == ["p1", "p2"])
    #expect(one.parts?.first?["code"] == "A")
    #expect(one.parts?.last?["code"] == nil)
    #expect(one.owner == nil)
  }

  @Test func survivesCodable() throws {
    let one = try #require(try read(widget(#""name":"n","size":3"#)))
    let copy = try JSONDecoder().decode(Widget.self, from: JSONEncoder().encode(one))
    #expect(copy.id == one.id && copy.name == "n" && copy.size == 3)
  }

  @Test func ignoresUnknownMembersEverywhere() throws {
    let one = try read(
      #"{"data":{"type":"widgets","id":"1","@x":1,"attributes":{}},"jsonapi":{"x":1},"y":null}"#)
    #expect(one?.id == "1")
  }
}

@Suite struct ISO8601Tests {
  @Test(arguments: [
    ("1970-01-01T00:00:00Z", 0.0), ("2018-01-01T12:00:00.000Z", 1_514_808_000),
    ("2020-02-29T23:59:59.999Z", 1_583_020_799.999), ("1999-12-31T23:00:00-01:30", 946_686_600),
    ("0001-01-01T00:00:00Z", -62_135_596_800),
  ])
  func readsTimes(text: String, seconds: Double) {
    #expect(ISO8601.date(text)?.timeIntervalSince1970 == seconds)
  }

  @Test(arguments: [
    "2018-13-01T00:00:00Z", "2019-02-29T00:00:00Z", "2018-01-01", "2018-01-01T25:00:00Z",
    "2018-01-01T00:00:00", "2018-01-01T00:00:00.Z", "2018-01-01T00:00:00Zjunk", "",
    "2018-01-01T00:00:00.1é",
  ])
  func rejectsWhatIsNoTime(text: String) {
    #expect(ISO8601.date(text) == nil)
  }

  @Test(arguments: [Double.nan, -.infinity, .infinity, -1e300, 1e300])
  func datesThatAreNoneDoNotTrap(seconds: Double) {
    let text = ISO8601.text(Date(timeIntervalSince1970: seconds))
    #expect(["0000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"].contains(text))
  }

  @Test func writesWhatItReads() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2_000 {
      let milliseconds = Int.random(
        in: -62_135_596_800_000...253_402_300_799_999, using: &generator)
      let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
      let back = ISO8601.date(ISO8601.text(date))
      #expect(
        back.map { Int(($0.timeIntervalSince1970 * 1000).rounded()) } == milliseconds,
        "\(milliseconds)")
    }
  }
}
