import CommerceLayerRuntime
import Foundation
import LibFuzzer

@testable import CommerceLayerRows

/// Readers of rows: CSV with every delimiter and encoding, JSON arrays, JSON Lines, gzip, reports. The
/// first byte of an input chooses type and options.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  check(start, count) { bytes in
    bytes.first.flatMap { oracle.problem(Array(bytes.dropFirst()), variant: $0) }
  }
}

/// Runs libFuzzer.
@_cdecl("FuzzRows_main")
public func start(_ count: CInt, _ arguments: UnsafeMutableRawPointer?) -> CInt {
  runFuzzer(count, arguments, fuzz)
}

/// The types of the committed spec.
private let oracle: RowOracle = {
  let spec = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Spec")
  func text(_ name: String) -> String {
    (try? String(contentsOf: spec.appending(path: name), encoding: .utf8)) ?? "{}"
  }
  let service = ServiceDescription(table: text("service.json"))
  let names = [
    "skus", "prices", "price_tiers", "sku_lists", "sku_list_items", "orders", "line_items", "tags",
    "addresses", "customers",
  ]
  let schemas = names.map { ResourceSchema(table: text("resources/\($0).json")) }
  var loose = RowOptions()
  loose.coerces = true
  loose.trims = true
  loose.usesDecimalComma = true
  loose.nullText = "NULL"
  var types: [(rules: RowRules, options: RowOptions)] = []
  for (type, parent, options) in [
    ("skus", nil, RowOptions()), ("skus", nil, loose), ("prices", "pl", RowOptions()),
    ("sku_lists", nil, loose), ("orders", "m", RowOptions()), ("addresses", nil, RowOptions()),
  ] as [(String, String?, RowOptions)] {
    guard
      let rules = try? RowRules(type: type, parentID: parent, service: service, schemas: schemas)
    else { continue }
    types.append((rules, options))
  }
  return RowOracle(types: types)
}()
