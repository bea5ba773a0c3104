import CommerceLayer
import CommerceLayerRows
import CommerceLayerSandbox
import Foundation
import Testing

/// Rows of one type as a file or an import holds them.
struct RowsFixture: Sendable, CustomTestStringConvertible {
  let name: String
  let type: String
  var parent: String?
  let format: InputFormat
  let text: String

  init(
    _ name: String, _ type: String, parent: String? = nil, _ format: InputFormat, _ text: String
  ) {
    (self.name, self.type, self.parent, self.format, self.text) = (name, type, parent, format, text)
  }

  var testDescription: String { name }

  /// The rows as an import takes them.
  var inputs: JSONValue {
    get throws { format == .csv ? .string(text) : try JSONValue(parsing: text) }
  }
}

/// What one side makes of a fixture.
struct RowsVerdict: Hashable {
  var accepted = 0
  var rejected = 0
  /// What rejected rows are recognized by.
  var rejectedKeys: Set<String> = []
}

/// What the importer reads of a fixture.
private struct ImporterReading {
  var verdict = RowsVerdict()
  /// The rows as it sends them.
  var inputs = JSONValue.null
  var isCSV = false

  init(_ fixture: RowsFixture) throws {
    let path = NSTemporaryDirectory() + "sandbox-tests-\(UUID().uuidString)"
    try Data(fixture.text.utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    var reader = try RowReader(
      InputFile(path: path), format: fixture.format,
      rules: RowRules(
        type: fixture.type, parentID: fixture.parent,
        service: CommerceLayerService.description, schemas: CommerceLayerService.schemas),
      options: RowOptions(), purpose: .sending)
    var texts: [String] = []
    while true {
      var sink = RowBuffer()
      guard let outcome = try reader.next(into: &sink) else { break }
      switch outcome {
      case .row(let row):
        if !row.continuesRecord { verdict.accepted += 1 }
        texts.append(String(decoding: sink.bytes, as: UTF8.self))
      case .rejected(let row):
        verdict.rejected += 1
        verdict.rejectedKeys.insert(row.identity.parts.joined(separator: "-"))
      }
    }
    switch reader.form {
    case .json: inputs = try JSONValue(parsing: "[\(texts.joined(separator: ","))]")
    case .csv(let header):
      isCSV = true
      inputs = .string(
        ([String(decoding: header, as: UTF8.self)] + texts).joined(separator: "\n"))
    }
  }
}

/// One corpus through both sides: what one takes the other takes.
@Suite struct SharedRowsTests {
  /// What the sandbox made of inputs; nil when it did not take the import at all.
  private func verdict(
    _ fixture: RowsFixture, _ inputs: JSONValue, isCSV: Bool
  ) async throws -> (verdict: RowsVerdict, state: JSONValue)? {
    let test = try await TestSandbox()
    var attributes: JSONObject = [
      "resource_type": .string(fixture.type), "inputs": inputs, "skip_errors": true,
      "format": isCSV ? "csv" : "json",
    ]
    if let parent = fixture.parent { attributes["parent_resource_id"] = .string(parent) }
    let reply = await test.create("imports", attributes)
    guard reply.status == 201, let id = reply.json["data"]?["id"]?.string else {
      #expect(reply.status == 422, "\(reply.text)")
      return nil
    }
    try await test.sandbox.drain()
    let state = try await test.importState(id)
    let log = state["errors_log"]?.object ?? [:]
    return (
      RowsVerdict(
        accepted: state["processed_count"]?.integer ?? -1,
        rejected: state["errors_count"]?.integer ?? -1,
        rejectedKeys: Set(log.keys.map { $0 == "unknown" ? "" : $0 })), state
    )
  }

  static let corpus: [RowsFixture] = [
    RowsFixture(
      "booleans", "skus", .csv,
      """
      code,name,do_not_ship
      A,a,1
      B,b,0
      C,c,TRUE
      D,d,fAlSe
      E,e,yes
      F,f,WAHR
      G,g,2
      H,h,01
      I,i,

      """),
    RowsFixture(
      "booleans in JSON", "skus", .json,
      """
      [{"code":"A","name":"a","do_not_ship":1},{"code":"B","name":"b","do_not_ship":"TRUE"},
      {"code":"C","name":"c","do_not_ship":"no"},{"code":"D","name":"d","do_not_ship":0.0},
      {"code":"E","name":"e","do_not_ship":null},{"code":"F","name":"f","do_not_ship":[true]}]
      """),
    RowsFixture(
      "short, surplus, blank and repeated lines", "skus", .csv,
      "\u{FEFF}code,name,description,,\r\nA,a\r\nB,b,,,\r\n,,,,\r\n\r\ncode,name,description,,\r\n"
        + "C,c,d,,,,\r\nD,d,e,,,f\r\nE,e,f,g\r\nF\t,\"f\r\n\"\"f\"\"\",\r\n"),
    RowsFixture(
      "quotes and lone carriage returns", "skus", .csv,
      "code,name\nA,12\" monitor\nB,\"b\"x\nC,c\rD,d\nE,\"e\"\nF,f\u{0}\n"),
    RowsFixture(
      "numbers, times and objects", "skus", .csv,
      """
      code,name,weight,metadata
      A,a,1.5,"{""a"":1}"
      B,b,"1,5",
      C,c,1e999,
      D,d,007,
      E,e,,"[1]"
      F,f,,{
      """),
    RowsFixture(
      "types in JSON", "skus", .json,
      """
      [{"code":100234,"name":"a"},{"code":"B","name":"b","weight":"1"},
      {"code":"C","name":"c","weight":1e999},{"code":"D","name":"d","nothing":1},
      {"code":"E","name":"e","name":"f"},{"code":"","name":"g"},{},
      {"code":"H","name":"h\\u0000"},{"code":null,"name":"i"},
      {"code":"J","name":"j","metadata":{"a":1,"a":2}},{"code":"K","name":"k","metadata":[]}]
      """),
    RowsFixture(
      "exports", "skus", .json,
      """
      [{"id":"AbCdEfGhIj","type":"skus","code":"A","name":"a","created_at":"2024-01-01T00:00:00Z",
      "shipping_category":{"id":"CaTeGoRy01","name":"Clothing"},"prices":[{"id":"x"}],"tags":[],
      "jwt_customer_id":null},
      {"code":"B","name":"b","shipping_category":{"name":"no id"}},
      {"code":"C","name":"c","shipping_category":"CaTeGoRy01"}]
      """),
    RowsFixture(
      "without keys", "prices", parent: "PrIcElIsT1", .csv,
      "sku_code,amount_cents,sku_id,price_list_id\nA,100,,\n,100,SkU0000001,\n,100,,\nA,5,,other\n"),
    RowsFixture(
      "gift cards", "gift_cards", .json,
      """
      [{"balance_cents":100,"currency_code":"EUR"},{"currency_code":"EUR"},
      {"code":"A","balance_cents":100},{"balance_cents":"100"}]
      """),
    RowsFixture(
      "nested records", "orders", parent: "MaRkEt0001", .json,
      """
      [{"line_items":[{"sku_code":"A","quantity":1}],"_archive":1},
      {"line_items":[{"sku_code":"A","quantity":"1"}]},{"line_items":[{"sku":"A"}]},
      {"line_items":{"quantity":1}},{"line_items":[1]},{"line_items":null,"_archive":"maybe"},
      {"number":"1","line_items":[]},{"line_items":[{"quantity":1,"quantity":2}]}]
      """),
    RowsFixture(
      "tags", "skus", .csv,
      """
      code,name,tags.name
      A,a,"sale,new"
      B,b," sale , new "
      C,c,end of line
      D,d,"a,b,c,d,e,f,g,h,i,j,k"
      E,e,","
      F,f,\(String(repeating: "x", count: 26))
      G,g,été
      H,h,
      """),
    RowsFixture(
      "records over several lines", "sku_lists", .csv,
      """
      name,sku_list_items.sku_code,sku_list_items.quantity
      One,A,1
      One,B,2
      One,C,many
      One,D,4
      Two,,
      Two,E
      ,F,1
      One,A,1
      """),
    RowsFixture(
      "related records", "customer_addresses", .csv,
      """
      customer.email,address.line_1,address.city,address.country_code,address.phone
      a@example.com,1 Main Street,Springfield,US,555
      a@example.com,1 Main Street,Springfield,US,555
      ,2 Main Street,Springfield,US,555
      b@example.com,,,,
      """),
    RowsFixture(
      "conditions", "addresses", .json,
      """
      [{"line_1":"1","city":"c","country_code":"US","phone":"5","first_name":"a","last_name":"b"},
      {"line_1":"1","city":"c","country_code":"US","phone":"5"},
      {"line_1":"1","city":"c","country_code":"US","phone":"5","business":true,"company":"x"},
      {"line_1":"1","city":"c","country_code":"US","phone":"5","business":true},
      {"city":"c"}]
      """),
    RowsFixture(
      "subscriptions", "customer_subscriptions", .csv,
      "customer_email,customer_id,reference\na@example.com,,x\n,CuStOmEr01,y\n,,z\na@example.com,,\n"
    ),
    RowsFixture(
      "an unknown column", "skus", .csv, "code,nmae\nA,a\n"),
    RowsFixture(
      "a column twice", "skus", .csv, "code,name,name\nA,a,b\n"),
    RowsFixture(
      "an open quote", "skus", .csv, "code,name\nA,\"a\nB,b\n"),
  ]

  @Test(arguments: corpus) func takesWhatTheImporterTakes(fixture: RowsFixture) async throws {
    try await compare(fixture)
  }

  private func compare(_ fixture: RowsFixture) async throws {
    let importer: ImporterReading
    do {
      importer = try ImporterReading(fixture)
    } catch is InputError {
      // What is not read at all is not imported either.
      #expect(
        try await verdict(fixture, fixture.inputs, isCSV: fixture.format == .csv) == nil)
      return
    }
    let direct = try #require(
      try await verdict(fixture, fixture.inputs, isCSV: fixture.format == .csv))
    #expect(direct.verdict == importer.verdict, "\(direct.state)")
    guard importer.verdict.accepted > 0 else { return }
    let sent = try #require(try await verdict(fixture, importer.inputs, isCSV: importer.isCSV))
    #expect(
      sent.verdict == RowsVerdict(accepted: importer.verdict.accepted), "\(sent.state)")
  }

  // MARK: - The files people have

  private static let cases = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "shared/cases")
  private static let hasCases = FileManager.default.fileExists(
    atPath: cases.appending(path: "README.md").path)

  @Test(
    .enabled(if: hasCases, "../shared/cases is not here"),
    arguments: [
      ("01-gift-cards.csv", "gift_cards", nil), ("01-gift-cards.json", "gift_cards", nil),
      ("02-orders.csv", "orders", "mkt00000001"), ("02-orders.json", "orders", "mkt00000001"),
      ("03-customer-subscriptions.csv", "customer_subscriptions", nil),
      ("03-customer-subscriptions.json", "customer_subscriptions", nil),
      ("05-prices-export-with-include.json", "prices", nil),
      ("05-stock-items-export.csv", "stock_items", nil),
      ("05-stock-items-export.json", "stock_items", nil), ("08-skus.csv", "skus", nil),
      ("09-addresses-trailing-rows.csv", "addresses", nil),
      ("09-empty-columns-and-rows.csv", "skus", nil), ("09-short-rows.csv", "skus", nil),
      ("15-stock-by-sku-id.csv", "stock_items", nil), ("20-booleans.csv", "skus", nil),
      ("20-booleans.json", "skus", nil), ("21-numeric-codes.json", "skus", nil),
    ] as [(String, String, String?)])
  func takesTheFilesPeopleHave(name: String, type: String, parent: String?) async throws {
    let text = try String(contentsOf: Self.cases.appending(path: name), encoding: .utf8)
    try await compare(
      RowsFixture(name, type, parent: parent, name.hasSuffix(".csv") ? .csv : .json, text))
  }
}
