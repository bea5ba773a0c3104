import Foundation
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// What a file is, whatever its name says.
@Suite struct InputFileTests {
  /// `code,name\nA,a\n` and 1 000 further lines, as gzip -9 wrote it.
  static func gzip(_ text: String) throws -> [UInt8] {
    let plain = try InputOnDisk(text)
    let packed = plain.path + ".gz"
    defer { try? FileManager.default.removeItem(atPath: packed) }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-9", "-k", "-n", plain.path]
    try process.run()
    process.waitUntilExit()
    return Array(try Data(contentsOf: URL(fileURLWithPath: packed)))
  }

  private func text(_ bytes: [UInt8], encoding: TextEncoding? = nil) throws -> String {
    let source = try InputOnDisk(bytes)
    let file = try InputFile(path: source.path, encoding: encoding)
    var all: [UInt8] = []
    try file.read(at: 0, into: &all, count: file.size)
    return String(decoding: all, as: UTF8.self)
  }

  private func error(_ bytes: [UInt8], encoding: TextEncoding? = nil) -> InputError? {
    do {
      _ = try text(bytes, encoding: encoding)
      return nil
    } catch { return error as? InputError }
  }

  @Test func gzipIsReadByItsFirstBytes() throws {
    // Long distances, several blocks, and text that does not compress.
    var random = SystemRandomNumberGenerator()
    let noise = (0..<3_000).map { _ in String(random.next(), radix: 36) }.joined(separator: ",")
    let plain =
      "code,name\n" + (0..<20_000).map { "C\($0),name of \($0 % 97)\n" }.joined() + noise
    let packed = try Self.gzip(plain)
    #expect(try text(packed) == plain)
    // Members one after the other are one file (RFC 1952 §2.2).
    #expect(try text(Self.gzip("code\n") + Self.gzip("A\n")) == "code\nA\n")
    #expect(try text(Self.gzip("")) == "")
    let source = try InputOnDisk(packed, suffix: ".csv")
    #expect(try InputFile(path: source.path).isCompressed)
  }

  @Test func damagedAndTruncatedGzipIsToldAsSuch() throws {
    let packed = try Self.gzip("code,name\n" + (0..<5_000).map { "C\($0),\($0 * 7)\n" }.joined())
    for count in [3, 10, 11, 50, packed.count / 2, packed.count - 5, packed.count - 1] {
      #expect(error(Array(packed[..<count]))?.message.contains("cut off") == true, "\(count)")
    }
    for place in stride(from: 10, to: packed.count, by: 97) {
      var damaged = packed
      damaged[place] ^= 0x41
      let found = error(damaged)
      #expect(found?.kind == .malformed, "\(place): \(found?.message ?? "read")")
    }
    #expect(error(packed + [1, 2, 3])?.message.contains("something follows") == true)
    #expect(error(try Self.gzip("x") + [])?.message == nil)
  }

  /// Every change of a byte ends in text or in an error, never in a crash or without end.
  @Test func whateverIsInAGzipFileEnds() throws {
    let packed = try Self.gzip("code,name\nA,a\nB,b\nA,a\nB,b\nA,a\n")
    var random = SplitMix64(seed: 7)
    for _ in 0..<2_000 {
      var bytes = packed
      for _ in 0..<Int(random.next() % 4 + 1) {
        bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
      }
      let size = (try? text(bytes).utf8.count) ?? 0
      #expect(size < 1 << 20)
    }
  }

  private static let foreign: [(bytes: [UInt8], name: String)] = [
    (zip("........................[Content_Types].xml"), "Excel workbook"),
    (zip("..........skus.csv"), "a zip archive"),
    ([0xD0, 0xCF, 0x11, 0xE0, 0xA1], "(.xls)"),
    (Array("%PDF-1.4".utf8), "PDF"),
    ([0x28, 0xB5, 0x2F, 0xFD, 0], "Zstandard"),
    ([0xFF, 0xFE, 0, 0, 0x63, 0, 0, 0], "UTF-32"),
  ]

  private static func zip(_ text: String) -> [UInt8] { [0x50, 0x4B, 3, 4] + Array(text.utf8) }

  @Test(arguments: foreign) func otherFormatsAreNamedForWhatTheyAre(bytes: [UInt8], name: String) {
    let found = error(bytes)
    #expect(found?.message.contains(name) == true, "\(found?.message ?? "read")")
    #expect(found?.advice != nil)
    #expect(found?.advice?.contains("iconv") == false)
  }

  @Test func everyEncodingIsRead() throws {
    let sample = "code,name\nA,Café – 19 €\n"
    for encoding in TextEncoding.allCases where encoding != .utf8 {
      let source =
        [.latin1, .latin2, .windows1251].contains(encoding)
        ? "code,name\nA,x§y\n" : sample
      let bytes = encoding.encode(source)
      guard !bytes.contains(UInt8(ascii: "?")) else {
        #expect(encoding == .latin9, "it has no dash")
        continue
      }
      #expect(try text(encoding.mark + bytes, encoding: encoding) == source, "\(encoding)")
    }
    #expect(try text([0xFE, 0xFF] + TextEncoding.utf16BE.encode("a𝄞b")) == "a𝄞b")
    #expect(try text(TextEncoding.utf16LE.encode("code\nA\n")) == "code\nA\n")
    #expect(error([0xFF, 0xFE, 0x61, 0x00, 0x62])?.message.contains("half of a character") == true)
    #expect(TextEncoding(name: "CP1252") == .windows1252)
    #expect(TextEncoding(name: "Latin-1") == .latin1)
    #expect(TextEncoding(name: "klingon") == nil)
  }

  /// Bytes as programs write them: reading back what `encode` wrote would not find a wrong table.
  private static let characters: [(encoding: TextEncoding, byte: UInt8, character: String)] = [
    (.windows1252, 0x80, "€"), (.windows1250, 0x9C, "ś"), (.windows1251, 0xC6, "Ж"),
    (.latin1, 0xE9, "é"), (.latin2, 0xB6, "ś"), (.latin9, 0xA4, "€"), (.macRoman, 0x8E, "é"),
    (.macRoman, 0x80, "Ä"), (.macRoman, 0xB1, "±"), (.macRoman, 0xDB, "€"), (.macRoman, 0xFF, "ˇ"),
  ]

  @Test(arguments: characters) func bytesAreReadByTheTableOfTheirEncoding(
    encoding: TextEncoding, byte: UInt8, character: String
  ) throws {
    let bytes = Array("code,name\nA,x".utf8) + [byte] + Array("\n".utf8)
    #expect(try text(bytes, encoding: encoding) == "code,name\nA,x\(character)\n")
  }

  /// The likely encoding is named, and nothing is advised that changes what the file says.
  private static let encoded: [(bytes: [UInt8], encoding: String, line: Int)] = [
    (around("code,name\nA,Women", 0x92, "s tee\n"), "windows-1252", 2),
    (around("code,name\nA,caf", 0xE9, " x\n"), "iso-8859-1", 2),
    (around("code,name\rA,Caf", 0x8E, "\r"), "macintosh", 1),
  ]

  private static func around(_ before: String, _ byte: UInt8, _ after: String) -> [UInt8] {
    Array(before.utf8) + [byte] + Array(after.utf8)
  }

  @Test(arguments: encoded) func textThatIsNotUTF8NamesItsEncoding(
    bytes: [UInt8], encoding: String, line: Int
  ) throws {
    let found = inputError { try read(bytes) }
    #expect(found?.kind == .encoding)
    #expect(found?.line == line)
    #expect(found?.advice?.contains("--encoding \(encoding)") == true, "\(found?.advice ?? "-")")
    let reading = try read(bytes, encoding: TextEncoding(name: encoding))
    #expect(reading.keys == ["A"])
    #expect(reading.warnings.count == 0, "no control characters come of it")
  }

  @Test func damagedUTF8IsNotAnotherEncoding() {
    let bytes = Array("code,name\nA,é ü ö ß ñ\nB,caf".utf8) + [0xC3, 0x28] + Array("\n".utf8)
    let found = inputError { try read(bytes) }
    #expect(found?.message.contains("they are damaged") == true)
    #expect(found?.line == 3)
  }

  @Test(arguments: [
    [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
    [0xF4, 0x90, 0x80, 0x80], [0xF8], [0x80], [0xC3], [0xE2, 0x82], [0xFF],
  ]) func malformedUTF8IsRejected(bytes: [UInt8]) {
    #expect(UTF8Check.scan((Array("ab".utf8) + bytes)[...], isComplete: true) == .invalid(2))
    #expect(String(validating: bytes, as: UTF8.self) == nil)
  }

  @Test func whatFoundationTakesIsUTF8() {
    for value in stride(from: 0, through: 0x10FFFF, by: 13) {
      guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
      let bytes = Array(String(scalar).utf8)
      #expect(UTF8Check.scan(bytes[...], isComplete: true) == .valid(bytes.count))
      if bytes.count > 1 {
        #expect(UTF8Check.scan(bytes.dropLast(), isComplete: false) == .valid(0))
      }
    }
  }
}
