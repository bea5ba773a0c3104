import CommerceLayer
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// Whatever is written by RFC 4180 is read back as it was.
@Suite struct CSVRoundTripTests {
  static let nasty = [
    "", "a", ",", "\"", "\"\"", "\n", "\r\n", "a\nb", "=cmd()", "0001", "1e5", " lead", "trail ",
    "ünï©ödé", "👩‍👩‍👧", "\u{202E}rtl", "\u{FEFF}", "'", ";", "\t", "\\", "\\n", "null", "TRUE",
    "a,\"b\"\n\",", "\u{2028}", "\r",
  ]

  @Test(arguments: 0..<200)
  func whatIsWrittenIsRead(seed: Int) throws {
    var random = SplitMix64(seed: UInt64(seed))
    let columns = ["code", "name", "description", "reference"]
    let records = (0..<Int(random.next() % 20 + 1)).map { row in
      // A key of its own, so that no row is empty or without one.
      ["k\(row)"]
        + columns.dropFirst().map { _ in
          (0..<Int(random.next() % 3)).map { _ in
            Self.nasty[Int(random.next() % UInt64(Self.nasty.count))]
          }.joined()
        }
    }
    let lineEnd = random.next() % 2 == 0 ? "\n" : "\r\n"
    let text =
      ([columns] + records).map { record in
        record.map { cell in
          let mustQuote = cell.contains { $0 == "," || $0 == "\"" || $0.isNewline }
          return mustQuote || random.next() % 3 == 0
            ? "\"" + cell.replacing("\"", with: "\"\"") + "\"" : cell
        }.joined(separator: ",")
      }.joined(separator: lineEnd) + (random.next() % 2 == 0 ? lineEnd : "")
    let reading = try read(text)
    #expect(reading.rejected == [])
    let back = reading.texts.map { row -> [String] in
      let object = (try? JSONValue(parsing: row))?.object
      return columns.map { object?[$0]?.string ?? "" }
    }
    #expect(back == records)
  }

  @Test func aRecordOverAWindowsEdgeIsRead() throws {
    // Records of every length around the window, so that each part falls on the edge once.
    let start = "code,name\n"
    for shift in 0..<40 {
      let filler = String(repeating: "x", count: ByteSource.window - start.utf8.count - 24 + shift)
      let reading = try read(start + "A,\(filler)\nB,\"q\"\"\r\n,\"\r\nC,c\n")
      #expect(reading.keys == ["A", "B", "C"])
      #expect(reading.texts[1] == #"{"code":"B","name":"q\"\r\n,"}"#)
    }
  }
}
