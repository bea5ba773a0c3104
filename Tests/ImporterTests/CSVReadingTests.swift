import Testing

@testable import CommerceLayerImporter

@Suite struct CSVReadingTests {
  @Test func coercesByTheSchemaAndKeepsStrings() throws {
    let reading = try read(
      "code,name,weight,pieces_per_pack,do_not_ship,metadata\n"
        + "007,Seven,1.50,06,TRUE,\"{\"\"a\"\":1.0}\"\nB,\" b \",,,,\n")
    #expect(
      reading.texts == [
        #"{"code":"007","name":"Seven","weight":1.50,"pieces_per_pack":6,"do_not_ship":true,"metadata":{"a":1.0}}"#,
        #"{"code":"B","name":" b "}"#,
      ])
    #expect(reading.rows.map(\.line) == [2, 3])
    #expect(reading.rows.map(\.identity.key) == ["007", "B"])
    #expect(reading.form == .json)
  }

  @Test(arguments: [
    ("weight", "heavy", "a number"), ("weight", "1,5x", "a number"), ("weight", "NaN", "a number"),
    ("pieces_per_pack", "1.5", "a whole number"), ("pieces_per_pack", " 1", "a whole number"),
    ("do_not_ship", "yes", "true or false"), ("metadata", "[1]", "an object"),
    ("metadata", "{\"a\":1,}", "an object"),
  ])
  func aCellThatDoesNotCoerceRejectsItsRow(column: String, cell: String, expected: String) throws {
    let quoted = "\"" + cell.replacing("\"", with: "\"\"") + "\""
    let reading = try read("code,\(column)\nA,\(quoted)\nB,\n")
    #expect(reading.rejected.map(\.line) == [2])
    #expect(reading.reasons == ["column '\(column)': '\(cell)' is not \(expected)"])
    #expect(reading.rows.map(\.line) == [3])
  }

  @Test func quotesHoldAnything() throws {
    let reading = try read("\u{FEFF}code,name\r\n\"A\",\"x, \"\"y\"\"\r\nz\"\r\n\r\nB,last")
    #expect(
      reading.texts == [
        #"{"code":"A","name":"x, \"y\"\r\nz"}"#, #"{"code":"B","name":"last"}"#,
      ])
    #expect(reading.rows.map(\.line) == [2, 5])
  }

  @Test func anOpenQuoteNamesTheLineItOpensOn() throws {
    let error = inputError { try read("code,name\nA,a\nB,\"never\nclosed\nagain\n") }
    #expect(error?.kind == .malformed)
    #expect(error?.line == 3)
    #expect(error?.offset == 16)
  }

  @Test func anOpenQuoteDoesNotEatTheWholeFile() throws {
    // More than the lookahead, so that the error comes from the cap and not from the end.
    let filler = String(repeating: "x,y\n", count: CSVReader.maximumQuoted / 4 + 1000)
    let error = inputError { try read("code,name\nA,\"open\n" + filler + "\"") }
    #expect(error?.line == 2)
  }

  @Test func raggedRowsAndStrayQuotesAreRejectedNotShifted() throws {
    let reading = try read("code,name\nA\nB,b,c\nC,5\" pipe\n\"D\"x,d\nE,e\n")
    #expect(reading.rejected.map(\.line) == [2, 3, 4, 5])
    #expect(
      reading.reasons == [
        "1 cell, but the header has 2 columns", "3 cells, but the header has 2 columns",
        "column 2: a quote inside a cell that does not start with one",
        "column 1: text follows a closing quote",
      ])
    #expect(reading.rows.map(\.line) == [6])
  }

  @Test(arguments: [
    ("code;name\nA;a\n", "semicolons"), ("code\tname\n", "tabs"),
    ("code,code\n", "'code' names column 1 and column 2"), ("code,,name\n", "column 2 has no name"),
    ("code,nmae\n", "did you mean 'name'?"),
    ("code,shipping_category\n", "'shipping_category_id'"), ("", "the file is empty"),
    ("code,tgas.name\n", "did you mean 'tags.name'?"),
    ("code,tags.nmae\n", "did you mean 'tags.name'?"), ("code,tags\n", "'tags.…'"),
  ])
  func headersThatCannotBeUsed(text: String, part: String) throws {
    let error = inputError { try read(text) }
    #expect(error?.kind == .malformed)
    #expect(error?.line == 1)
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "no error")")
  }

  @Test func aLoneCRIsRefusedWithAWayOut() throws {
    let error = inputError { try read("code,name\rA,a\r") }
    #expect(error?.message == "a line ends with CR alone")
    #expect(error?.offset == 9)
    #expect(error?.advice?.contains("tr") == true)
  }

  @Test func textThatIsNotUTF8IsRefusedWithAWayOut() throws {
    let latin = Array("code,name\nA,ok\nB,caf".utf8) + [0xE9, 0x0A]
    let error = inputError { try read(latin) }
    #expect(error?.kind == .encoding)
    #expect(error?.line == 3)
    #expect(error?.offset == 20)
    #expect(error?.message.contains("E9") == true)
    #expect(error?.advice?.contains("iconv -f ISO-8859-1") == true)

    let utf16 = "code\nA\n".utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    #expect(inputError { try read([0xFF, 0xFE] + utf16) }?.advice?.contains("UTF-16LE") == true)
    #expect(inputError { try read(utf16) }?.advice?.contains("UTF-16LE") == true)

    let nul = inputError { try read(Array("code\nA\nB".utf8) + [0] + Array("\n".utf8)) }
    #expect(nul?.kind == .encoding)
    #expect(nul?.line == 3)
    #expect(nul?.offset == 8)
  }

  @Test func anOversizedRecordIsRejectedAndTheRestIsRead() throws {
    let big = String(repeating: "x", count: RawRecord.maximumBytes + 1)
    let reading = try read("code,name\nA,\(big)\nB,b\nC,\"\(big)\"\nD,d\n")
    #expect(reading.rejected.map(\.line) == [2, 4])
    #expect(reading.rejected.allSatisfy { $0.bytes.count <= RawRecord.maximumBytes })
    #expect(reading.rows.map(\.identity.key) == ["B", "D"])
  }

  @Test func dottedHeadersAreSentAsTheyStand() throws {
    let reading = try read(
      "code,name,tags.name\nA,a,\"red,blue\"\r\nB,\"two\nlines\",\n")
    #expect(reading.form == .csv(header: "code,name,tags.name"))
    #expect(reading.texts == ["A,a,\"red,blue\"", "B,\"two\nlines\","])
  }

  @Test func relationshipsAndKeys() throws {
    let good = try read("sku_code,amount_cents,price_list_id\nA,100,pl\n", type: "prices")
    #expect(good.texts == [#"{"sku_code":"A","amount_cents":100,"price_list_id":"pl"}"#])
    #expect(good.rows.first?.identity.key == "A-pl")
    let parent = try read("sku_code,amount_cents\nA,100\n", type: "prices", parent: "pl")
    #expect(parent.rows.first?.identity.key == "A-pl")
    let missing = try read("sku_code,amount_cents\nA,100\n", type: "prices")
    #expect(missing.reasons.first?.contains("'sku_code' and 'price_list_id'") == true)
    let byID = try read("id,amount_cents\nabc,100\n", type: "prices")
    #expect(byID.rows.first?.identity.name == "abc")
  }
}
