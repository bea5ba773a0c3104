import CommerceLayer
import Foundation
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

/// What a row may be, and what sending it does.
@Suite struct RowVerdictTests {
  // MARK: - The key protects; it is not a requirement

  @Test func aRowWithoutItsKeyIsACreate() throws {
    let cards = try read(
      "code,currency_code,balance_cents\n,EUR,100\nSUMMER,EUR,200\n,EUR,\n", type: "gift_cards")
    #expect(cards.rows.map(\.verdict) == [.creates, .updatesOrCreates])
    #expect(
      cards.reasons == [
        "without 'code' or 'id' it makes a new record, and 'balance_cents' is required"
      ])
    let orders = try read(
      #"[{"customer_email":"a@example.com","_archive":1,"line_items":[{"item_type":"sku","quantity":1}]}]"#,
      .json, type: "orders", parent: "mkt")
    #expect(orders.rows.map(\.verdict) == [.creates])
    #expect(orders.texts.first?.contains(#""_archive":true"#) == true)
    let stock = try read(
      "sku_id,stock_location_id,quantity\nS,L,1\n,L,2\n", type: "stock_items")
    #expect(stock.rows.map(\.verdict) == [.creates])
    #expect(stock.reasons.first?.contains("'sku' or 'sku_code' is required") == true)
  }

  @Test func aColumnOfARelatedRecordSatisfiesWhatItStandsFor() throws {
    let reading = try read(
      "customer.email,address.line_1,address.city\na@example.com,Main St 1,Rome\n,Side St,Rome\n",
      type: "customer_addresses")
    #expect(reading.rows.map(\.verdict) == [.creates])
    #expect(reading.form == .csv(header: Array("customer.email,address.line_1,address.city".utf8)))
    #expect(reading.rejected.map(\.line) == [3])
    let subscriptions = try read(
      "customer_email,reference\na@example.com,Monthly\n", type: "customer_subscriptions")
    #expect(subscriptions.rows.map(\.verdict) == [.creates])
  }

  @Test func conditionsAreCheckedForRowsThatCreate() throws {
    let header = "line_1,city,country_code,phone,first_name,last_name,business,company\n"
    let reading = try read(
      header + "1 St,Rome,IT,1,Ada,X,,\n1 St,Rome,IT,1,,,true,ACME\n1 St,Rome,IT,1,,,TRUE,\n"
        + "1 St,Rome,IT,1,,,0,\n", type: "addresses")
    #expect(reading.rows.map(\.line) == [2, 3])
    #expect(reading.rejected.map(\.line) == [4, 5])
    #expect(reading.rejected.first?.reasons == ["'company' is required when 'business' is true"])
    #expect(
      reading.rejected.last?.reasons.contains { $0.contains("'first_name' is required") } == true)
  }

  @Test func aTaxCodeSharedBySKUsIsManyRecords() throws {
    let file = try InputOnDisk("sku_code,code\nA,P1\nB,P1\nA,P1\n")
    let plan = try ImportPlanner(
      file: file.file, format: .csv, rules: rules("tax_categories", parent: "calc"),
      settings: ImportSettings(service: CommerceLayerService.description)
    ).plan()
    #expect(plan.repeatedKeys == 1)
    #expect(plan.firstRepeatedLine == 4)
  }

  // MARK: - Records over several lines

  @Test func equalOwnColumnsContinueARecord() throws {
    let reading = try read(
      "name,sku_list_items.sku_code,sku_list_items.quantity\nL1,A,1\nL1,B,2\nL2,A,1\nL1,C,1\n",
      type: "sku_lists")
    #expect(reading.rows.map(\.continuesRecord) == [false, true, false, false])
    let single = try read("name,tags.name\nx,a\nx,a\n", type: "gift_cards") {
      $0.renames = ["name": "reference"]
      $0.constants = [("balance_cents", "1")]
    }
    #expect(single.rows.map(\.continuesRecord) == [false, false], "tags are one cell")
  }

  @Test func aRecordIsNeverCutIntoTwoImports() throws {
    let lines = ["L1,A", "L1,B", "L1,C", "L2,A", "L2,B"]
    let file = try InputOnDisk("name,sku_list_items.sku_code\n" + lines.joined(separator: "\n"))
    var settings = ImportSettings(service: CommerceLayerService.description)
    settings.chunkRows = 4
    let planner = ImportPlanner(
      file: try file.file, format: .csv, rules: try rules("sku_lists"), settings: settings)
    let plan = try planner.plan()
    #expect(plan.rows == 5 && plan.records == 2 && plan.chunks == 2)
    let rows = try ChunkRows(planner, plan)
    let first = try #require(plan.cuts.first)
    let second = try #require(plan.cuts.last)
    #expect(try rows.rows(first).map(\.line) == [2, 3, 4] && first.records == 1)
    #expect(try rows.rows(second).map(\.line) == [5, 6] && second.records == 1)
    #expect(
      try text(rows.body(first)) == #""name,sku_list_items.sku_code\nL1,A\nL1,B\nL1,C""#)
    #expect(try text(rows.body(second)) == #""name,sku_list_items.sku_code\nL2,A\nL2,B""#)
    #expect(try rows.halves(first, first: 3, second: 4) == nil, "one record has no halves")
  }

  // MARK: - What an export gives

  @Test func anExportGoesBackIn() throws {
    let json = try read(
      #"""
      [{"id":"p1","type":"prices","amount_cents":1,"compare_at_amount_cents":null,"sku_code":"A",
        "formatted_amount":"€1","price_list_id":"pl","sku":{"id":"s1","code":"A"},
        "price_list":{"id":"pl","name":"EU"},"jwt_customer":null,"attachments":[{"id":"x"}]}]
      """#, .json, type: "prices")
    #expect(json.reasons == [])
    #expect(
      json.texts == [
        #"{"id":"p1","amount_cents":1,"compare_at_amount_cents":null,"sku_code":"A","price_list_id":"pl","sku_id":"s1"}"#
      ])
    #expect(Set(json.kinds) == [.passedOver, .reduced])
    let csv = try read(
      "id,type,sku_code,quantity,created_at,reserved_stock_id,stock_location_id\n"
        + "x,stock_items,A,1,2026-01-01,r,L\n", type: "stock_items")
    #expect(csv.texts == [#"{"id":"x","sku_code":"A","quantity":1,"stock_location_id":"L"}"#])
    #expect(csv.kinds == [.passedOver, .passedOver])
  }

  @Test func onlyNamesTheSchemaDoesNotKnowAreErrors() {
    let error = inputError { try read("code,colour\nA,red\n") }
    #expect(error?.message.contains("skus have no 'colour'") == true)
    let header = (0..<100_000).map { "x\($0)" }.joined(separator: ",")
    let long = inputError { try read(header + "\n") }
    #expect((long?.message.utf8.count ?? 0) < 2_000)
    #expect(long?.message.contains("and 99990 more") == true)
  }

  @Test(arguments: [
    ("code^name\nA^a\n", "separated by", "--delimiter '^'"),
    ("code  name\nA  a\n", "separated by blanks", "--delimiter ' '"),
    ("Products 2026,,\n,,\ncode,name,weight\nA,a,1\n", "header seems to be on line 3", "take out"),
    ("Products\r\nof 2026\r\n\r\ncode;name\r\nA;a\r\n", "on line 4", "take out"),
    ("A,a\nB,b\n", "skus have no 'A'", "put a line with the names of the columns above it"),
    ("Artikel;Name\nA;a\n", "skus have no 'Artikel'", "--map"),
  ]) func aFirstLineThatNamesNothingSaysWhatItMayBe(text: String, says: String, advice: String) {
    let error = inputError { try read(text) }
    #expect(error?.message.contains(says) == true, "\(error?.message ?? "")")
    #expect(error?.advice?.contains(advice) == true, "\(error?.advice ?? "")")
  }

  @Test(arguments: [
    "CODE,NAME,Shipping Category ID\nA,a,c\n", "Code;Nmae;shipping_category_id\nA;a;c\n",
    "code,NAME,name\nA,x,a\n",
  ]) func optionsThatAreAdvisedWork(text: String) throws {
    let error = inputError { try read(text) }
    let advice = try #require(error?.advice)
    let options = advice.matches(of: /--map '([^'=]+)=([^']+)'/).map {
      (String($0.output.1), String($0.output.2))
    }
    let reading = try read(text) { settings in
      settings.renames = Dictionary(
        uniqueKeysWithValues: options.filter { $0.0 != "NAME" || $0.1 != "attribute" })
      // What is advised for columns that are not meant.
      if text.contains(",NAME,name") { settings.ignored = ["NAME"] }
    }
    #expect(reading.keys == ["A"] && reading.rejected == [], "\(advice)")
    #expect(reading.texts.first?.contains(#""name":"a""#) == true)
  }

  @Test func aDelimiterThatIsNotTheFilesIsNamed() {
    let error = inputError { try read("code;name\nA;a\n") { $0.delimiter = UInt8(ascii: ",") } }
    #expect(error?.message.contains("separated by semicolons") == true)
    #expect(error?.advice == "--delimiter ';'")
  }

  // MARK: - What a line is

  @Test func blankRowsAndRepeatedHeadersAreNotRows() throws {
    let reading = try read(
      "code,name,\nA,a,\n,,\n\"\",,\n\u{FEFF}code,name,\nB,b\n\ncode,name,\nC,c,\n")
    #expect(reading.keys == ["A", "B", "C"])
    #expect(reading.rejected == [])
    #expect(reading.warnings.counts[.repeatedHeader] == 2)
    let json = try read("{}\n{\"code\":\"A\"}\n{}\n", .jsonLines)
    #expect(json.keys == ["A"])
    #expect(json.kinds == [.blankRows])
  }

  @Test func anUnnamedColumnHoldsNothing() throws {
    let reading = try read("code,,name\nA,,a\nB,x,b\n")
    #expect(reading.texts == [#"{"code":"A","name":"a"}"#])
    #expect(reading.reasons == ["column 2 has no name and holds 'x'"])
  }

  @Test(arguments: [
    "code;name\nA;\"a;b\"\n", "code\tname\nA\ta;b\n", "code|name\nA|a;b\n",
    "sep=;\ncode;name\nA;\"a;b\"\n",
    "sep=,\r\ncode,name\r\nA,a;b\r\n", "\"sep=;\"\ncode;name\nA;\"a;b\"\n",
    "SEP=|\ncode|name\nA|a;b\n",
  ]) func theDelimiterIsToldByTheHeader(text: String) throws {
    #expect(try read(text).texts == [#"{"code":"A","name":"a;b"}"#])
  }

  @Test func aDelimiterInsideANameDoesNotMislead() throws {
    let reading = try read("code;\"name, long, very\"\nA;a\n") {
      $0.renames = ["name, long, very": "name"]
    }
    #expect(reading.texts == [#"{"code":"A","name":"a"}"#])
    let given = try read("code:name\nA:a\n") { $0.delimiter = UInt8(ascii: ":") }
    #expect(given.keys == ["A"])
  }

  // MARK: - Options

  @Test func columnsAreRenamedLeftOutAndSet() throws {
    let reading = try read("Article no,Bezeichnung,Lager,weight\nA,a,7,\nB,b,8,2\n") {
      $0.renames = ["Article no": "code", "Bezeichnung": "name"]
      $0.ignored = ["Lager"]
      $0.constants = [("weight", "1"), ("unit_of_weight", "gr")]
    }
    #expect(
      reading.texts == [
        #"{"code":"A","name":"a","weight":1,"unit_of_weight":"gr"}"#,
        #"{"code":"B","name":"b","weight":2,"unit_of_weight":"gr"}"#,
      ])
    let json = try read(#"[{"Article no":"A","weight":null},{"Article no":"B","weight":2}]"#, .json)
    {
      $0.renames = ["Article no": "code"]
      $0.constants = [("weight", "1")]
    }
    #expect(json.texts == [#"{"code":"A","weight":1}"#, #"{"code":"B","weight":2}"#])
    let unknown = inputError { try read("code\nA\n") { $0.constants = [("wieght", "1")] } }
    #expect(unknown?.message.contains("did you mean 'weight'?") == true)
    let missing = inputError { try read("code\nA\n") { $0.renames = ["Artikel": "name"] } }
    #expect(missing?.message.contains("--map names 'Artikel', which is not a column") == true)
  }

  @Test func emptyCellsLeaveAloneAndANamedTextClears() throws {
    let reading = try read("code,description,weight\nA,,\nB,NIL,NIL\nNIL,x,1\n") {
      $0.nullText = "NIL"
    }
    #expect(
      reading.texts == [#"{"code":"A"}"#, #"{"code":"B","description":null,"weight":null}"#])
    #expect(
      reading.reasons == [
        "column 'code': it identifies the record: not cleared",
        "without 'code' or 'id' it makes a new record, and 'code' is required; "
          + "'name' is required; 'shipping_category' is required",
      ])
  }

  @Test func decimalCommasAreReadOnRequest() throws {
    let reading = try read("code;weight;pieces_per_pack\nA;0,25;1.000\nB;1.250,5;2\nC;12.5;1\n") {
      $0.usesDecimalComma = true
    }
    #expect(
      reading.texts == [
        #"{"code":"A","weight":0.25,"pieces_per_pack":1000}"#,
        #"{"code":"B","weight":1250.5,"pieces_per_pack":2}"#,
      ])
    #expect(reading.rejected.map(\.line) == [4], "12.5 is neither")
  }

  @Test(arguments: ["true", "TRUE", "True", "1", "false", "FALSE", "0"])
  func booleansAreReadInAnyCaseAndAsDigits(text: String) throws {
    let value = ["true", "1"].contains(text.lowercased())
    #expect(
      try read("code,do_not_ship\nA,\(text)\n").texts == [#"{"code":"A","do_not_ship":\#(value)}"#])
    let json = text.count == 1 ? text : "\"\(text)\""
    #expect(
      try read("[{\"code\":\"A\",\"do_not_ship\":\(json)}]", .json).texts
        == [#"{"code":"A","do_not_ship":\#(value)}"#])
  }

  @Test func otherTypesAreTakenOnRequest() throws {
    let text = #"[{"code":100234,"weight":"250","pieces_per_pack":12.0,"name":true}]"#
    let strict = try read(text, .json)
    #expect(strict.rejected.count == 1)
    #expect(
      strict.reasons.first
        == "element 1: 'code' is a string, not 100234; write it in quotes, \"100234\", or add --coerce"
    )
    let loose = try read(text, .json) { $0.coerces = true }
    #expect(
      loose.texts.first?.hasPrefix(#"{"code":"100234","weight":250,"pieces_per_pack":12"#) == true)
    #expect(loose.keys == ["100234"])
  }

  @Test func trimmingIsOnRequest() throws {
    let text = "code,name\n A\u{A0},\u{200B}a \n"
    #expect(try read(text).keys == [" A\u{A0}"])
    let trimmed = try read(text) { $0.trims = true }
    #expect(trimmed.texts == [#"{"code":"A","name":"a"}"#])
  }

  @Test func namesStandForIdsAfterALookup() throws {
    let lookup = RowLookup(
      attribute: "name", type: "shipping_categories",
      ids: ["Parcels": ["sc1"], "Letters": ["sc2"], "Twice": ["a", "b"]])
    let reading = try read(
      "code,shipping_category_id\nA,Parcels\nB,Parcel\nC,Twice\nD,\n"
    ) { $0.lookups = ["shipping_category_id": lookup] }
    #expect(reading.texts == [#"{"code":"A","shipping_category_id":"sc1"}"#, #"{"code":"D"}"#])
    #expect(reading.reasons[0].contains("did you mean 'Parcels'?"))
    #expect(reading.reasons[1].contains("2 shipping_categories have the name 'Twice'"))
  }

  // MARK: - Tags

  @Test func tagNamesAreChecked() throws {
    let many = (0..<11).map { "t\($0)" }.joined(separator: ",")
    let reading = try read(
      "code,tags.name\nA,\"sale,summer_26\"\nB,end of line\nC,\" sale , x \"\nD,\"\(many)\"\n")
    #expect(reading.texts == ["A,\"sale,summer_26\"", "C,\"sale,x\""])
    #expect(reading.reasons.first?.contains("'end of line' is not a valid tag name") == true)
    #expect(reading.reasons.last?.contains("11 tags, but a record has at most 10") == true)
  }

  // MARK: - Damage

  @Test func damageIsNamedWithLineAndColumn() throws {
    let reading = try read(
      "code,name,reference\n8.71E+12,a,#REF!\nB,x_x000D_y,NULL\nC,tail\u{85},007\n D,d,\nE\u{200B}F,e,\n"
        + "G\u{A0},g,\n")
    let found = reading.warnings.all.map {
      "\($0.kind.rawValue) \($0.line ?? 0) \($0.column ?? "")"
    }
    #expect(
      found == [
        "scientific_notation 2 code", "spreadsheet_error 2 reference", "escaped_line_break 3 name",
        "null_word 3 reference", "control_character 4 name", "blank 5 code",
        "zero_width_space 6 code", "no_break_space 7 code",
      ])
    #expect(reading.rejected == [], "nothing is held back")
    #expect(reading.texts[3] == #"{"code":" D","name":"d"}"#, "and nothing is changed")
  }

  @Test func ordinaryValuesAreNoDamage() throws {
    let rows = (0..<50).map { "TEE-\($0),\"Tee, \($0) \"\"L\"\"\",x_y_z \($0)e,12\($0)" }
    let reading = try read("code,name,description,reference\n" + rows.joined(separator: "\n"))
    #expect(reading.warnings.all.map(\.message) == [])
  }

  @Test func shorterNumbersAmongEqualOnesMayHaveLostZeros() throws {
    let codes = (0..<96).map { String(10_000 + $0) } + ["42", "137", "9"]
    let reading = try read("code\n" + codes.joined(separator: "\n"))
    #expect(reading.warnings.all.map(\.line) == [98, 99, 100])
    #expect(reading.warnings.all.allSatisfy { $0.kind == .lostLeadingZeros })
    let mixed = (0..<96).map { String(10_000 + $0) } + ["42", "137", "9", "1234567", "88", "77"]
    #expect(try read("code\n" + mixed.joined(separator: "\n")).warnings.count == 0)
  }

  @Test func keysThatLookAlikeAreTold() throws {
    let file = try InputOnDisk(
      "code\nTEE-1\nTEE-1 \n TEE-1\ntee-1\nTEE-1\u{A0}\nTEE\u{200B}-1\nCafé\nCafe\u{301}\nTEE-1\n")
    let plan = try ImportPlanner(
      file: file.file, format: .csv, rules: rules(),
      settings: ImportSettings(service: CommerceLayerService.description)
    ).plan()
    let similar = plan.warnings.all.filter { $0.kind == .similarKeys }
    #expect(similar.map(\.line) == [3, 4, 5, 6, 7])
    #expect(plan.warnings.counts[.similarKeys] == 6, "the sixth is counted")
    #expect(plan.repeatedKeys == 1)
    #expect(plan.firstRepeatedLine == 10)
  }

  // MARK: - Keys on disk

  /// Keys that went to disk are told apart as those in memory are.
  @Test(arguments: [10, 100, 700]) func keysOnDiskAreToldApart(resident: Int) throws {
    var random = SplitMix64(seed: UInt64(resident))
    var index = KeyIndex(maximumResident: resident)
    var first: [String: Int] = [:]
    var expected: [Int: KeyIndex.Finding] = [:]
    var found: [Int: KeyIndex.Finding] = [:]
    for line in 1...3_000 {
      let key = "key-\(random.next() % 2_000)"
      if let before = first[key] {
        expected[line] = .repeated(line: before)
      } else {
        first[key] = line
      }
      if let finding = try index.add(KeyHash(Array(key.utf8)[...]), line: line) {
        found[line] = finding
      }
    }
    try index.finish { finding, line in found[line] = finding }
    #expect(found == expected)
  }
}
