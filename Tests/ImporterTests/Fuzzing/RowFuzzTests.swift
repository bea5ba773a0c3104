import CommerceLayer
import Foundation
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// Random changes of inputs that people have, against ``RowOracle``. With `CL_FUZZ_COUNT` and
/// `CL_FUZZ_SEED` as many and others; `Fuzz/README.md` says how coverage guides them.
@Suite struct RowFuzzTests {
  private static let count =
    Int(ProcessInfo.processInfo.environment["CL_FUZZ_COUNT"] ?? "") ?? 4_000
  private static let seed = UInt64(ProcessInfo.processInfo.environment["CL_FUZZ_SEED"] ?? "") ?? 1

  private static func oracle() throws -> RowOracle {
    var loose = RowOptions()
    loose.coerces = true
    loose.trims = true
    loose.usesDecimalComma = true
    loose.nullText = "NULL"
    var set = RowOptions()
    set.constants = [("reference", "r")]
    return RowOracle(types: [
      (try rules("skus"), RowOptions()), (try rules("skus"), loose), (try rules("skus"), set),
      (try rules("prices", parent: "pl"), RowOptions()), (try rules("sku_lists"), loose),
      (try rules("orders", parent: "m"), RowOptions()), (try rules("addresses"), RowOptions()),
    ])
  }

  private static let corpus: [[UInt8]] = [
    "code,name,weight\nA,a,1.5\nB,\"b,\"\"c\"\"\",\n", "sep=;\r\ncode;name\r\nA;a\r\n",
    "code\tname\nA\ta\n", "code,tags.name,do_not_ship\nA,\"x, y\",TRUE\nA,z,0\n",
    "name,sku_list_items.sku_code,sku_list_items.quantity\nL,A,1\nL,B,2\nM,A,1\n",
    "_type,_line,_outcome,_reason,code,name\nskus,3,unknown,\"x; y\",A,a\n",
    "[{\"code\":\"A\",\"weight\":1.5},{\"code\":\"B\",\"metadata\":{\"a\":[1,2]}}]",
    "{\"code\":\"A\"}\n{\"code\":\"B\",\"do_not_ship\":1}\n",
    "{\"_type\":\"skus\",\"_line\":2,\"_outcome\":\"unknown\",\"_reason\":\"x\",\"code\":\"A\"}\n",
    "line_1,city,country_code,phone,business,company\nx,y,IT,1,true,\n",
    "sku_code,amount_cents,price_tiers.name,price_tiers.up_to\nA,1,t,5\nA,1,u,10\n",
    "[{\"customer_email\":\"a@b.c\",\"line_items\":[{\"quantity\":1}],\"customer\":{\"id\":\"x\"}}]",
    "code,name\rA,a\r", "\u{FEFF}code,name\nA,é€\u{200B}\n",
  ].map { Array($0.utf8) }

  private static let pieces: [[UInt8]] =
    [
      ",", ";", "\t", "\"", "\"\"", "\n", "\r", "\r\n", "{", "}", "[", "]", ":", "null", "NULL",
      "true",
      "1e999", "-0", "00", "\\u0000", "\\", "\u{FEFF}", "\u{A0}", "sep=,", "code", "_outcome",
      "#REF!",
      "8.71E+12", ".", "=", " ",
    ].map { Array($0.utf8) } + [[0], [0x80], [0xC3], [0xE9], [0xFF, 0xFE], [0x1F, 0x8B, 8]]

  @Test func whateverIsInAnInput() throws {
    let oracle = try Self.oracle()
    var random = SplitMix64(seed: Self.seed)
    func below(_ limit: Int) -> Int { Int(random.next() % UInt64(max(1, limit))) }
    for round in 0..<Self.count {
      var bytes = Self.corpus[below(Self.corpus.count)]
      for _ in 0..<(1 + below(6)) {
        let place = below(bytes.count + 1)
        switch below(4) {
        case 0: bytes.insert(contentsOf: Self.pieces[below(Self.pieces.count)], at: place)
        case 1: if place < bytes.count { bytes.remove(at: place) }
        case 2: if place < bytes.count { bytes[place] = UInt8(truncatingIfNeeded: random.next()) }
        default:
          let other = Self.corpus[below(Self.corpus.count)]
          bytes.insert(contentsOf: other[below(other.count)...], at: place)
        }
      }
      let variant = UInt8(below(256))
      if let problem = oracle.problem(bytes, variant: variant) {
        Issue.record(
          "round \(round), variant \(variant): \(problem)\n\(Data(bytes).base64EncodedString())")
        return
      }
    }
  }

  /// Inputs that something was found with once.
  @Test func whatWasFoundStaysFound() throws {
    let oracle = try Self.oracle()
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Cases")
    let files =
      (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil))
      ?? []
    for file in files {
      let bytes = Array(try Data(contentsOf: file))
      for variant in UInt8(0)..<7 {
        #expect(oracle.problem(bytes, variant: variant) == nil, "\(file.lastPathComponent)")
      }
    }
  }
}
