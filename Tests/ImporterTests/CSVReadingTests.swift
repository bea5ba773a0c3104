import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

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
    #expect(reading.keys == ["007", "B"])
    #expect(reading.form == .json)
  }

  @Test(arguments: [
    ("weight", "heavy", "a number"), ("weight", "1,5x", "a number"), ("weight", "NaN", "a number"),
    ("weight", "0,25", "a number; add --decimal-comma where commas are decimal"),
    ("weight", "1e999", "a number; it is out of range"),
    ("pieces_per_pack", "1.5", "a whole number"), ("pieces_per_pack", " 1", "a whole number"),
    ("pieces_per_pack", "6.0", "a whole number; add --coerce to take it as one"),
    ("pieces_per_pack", "1.000", "a whole number; write it without separators"),
    ("do_not_ship", "yes", "a boolean: write true or false, in any case, or 1 or 0"),
    ("do_not_ship", "WAHR", "a boolean: write true or false, in any case, or 1 or 0"),
    ("metadata", "[1]", "an object"), ("metadata", "{\"a\":1,}", "an object"),
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

  @Test func shortRowsLackValuesAndLongOnesAreRejected() throws {
    let reading = try read("code,name\nA\nB,b,c\nC,5\" pipe\n\"D\"x,d\nE,e,,\n")
    #expect(reading.rejected.map(\.line) == [3, 4, 5])
    #expect(
      reading.reasons.map { String($0.prefix(60)) }
        == [
          "3 cells, but the header has 2 columns: a value may hold a comma outside quotes",
          "column 2: a quote inside a cell that does not start with one; put the cell in quotes",
          "column 1: text follows a closing quote; double the quotes inside",
        ].map { String($0.prefix(60)) })
    #expect(reading.texts == [#"{"code":"A"}"#, #"{"code":"E","name":"e"}"#])
  }

  @Test func aQuoteThatSwallowsItsNeighborsNamesThem() throws {
    let reading = try read("code,name\nA,\"12\nB,b\nC,c\" monitor\nD,d\n")
    #expect(reading.rejected.map { $0.line...$0.lastLine } == [2...4])
    #expect(reading.reasons.contains { $0.contains("swallowed the lines up to 4") })
    #expect(reading.keys == ["D"])
  }

  @Test(arguments: [
    ("code,code\n", "'code' names column 1 and column 2"),
    ("\"code\n", "the quote opened here is never closed"),
    ("code,nmae\n", "did you mean 'name'?"),
    ("", "the file is empty"), ("created_at,type\n", "no column of the header is imported"),
    ("code,tgas.name\n", "did you mean 'tags.name'?"),
    ("code,tags.nmae\n", "did you mean 'tags.name'?"),
  ])
  func headersThatCannotBeUsed(text: String, part: String) throws {
    let error = inputError { try read(text) }
    #expect(error?.kind == .malformed)
    #expect(error?.line == 1)
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "no error")")
  }

  @Test func linesOfOldMacintoshFilesEndWithCR() throws {
    let reading = try read("code,name\rA,a\r\rB,\"x\ry\"\r")
    #expect(reading.texts == [#"{"code":"A","name":"a"}"#, #"{"code":"B","name":"x\ry"}"#])
    let mixed = try read("code,name\nA,a\rb\nB,b\n")
    #expect(
      mixed.reasons.first?.contains("column 2: a carriage return without a line feed") == true)
    #expect(mixed.keys == ["B"])
  }

  @Test func aNULIsOneRowsProblem() throws {
    let reading = try read(Array("code,name\nA,a\nB,b".utf8) + [0] + Array("\nC,c\n".utf8))
    #expect(reading.rejected.map(\.line) == [3])
    #expect(reading.reasons.first?.contains("column 2: a NUL byte") == true)
    #expect(reading.keys == ["A", "C"])
  }

  @Test func anOversizedRecordIsRejectedAndTheRestIsRead() throws {
    let big = String(repeating: "x", count: RawRecord.maximumBytes + 1)
    let reading = try read("code,name\nA,\(big)\nB,b\nC,\"\(big)\"\nD,d\n")
    #expect(reading.rejected.map(\.line) == [2, 4])
    #expect(reading.keys == ["B", "D"])
  }

  @Test func columnsOfRelatedRecordsAreSentAsCSV() throws {
    let reading = try read(
      "code;name;tags.name;created_at\nA;a;\" red , blue\";2020\r\nB;\"two\nlines\";;\n")
    #expect(reading.form == .csv(header: Array("code,name,tags.name".utf8)))
    #expect(reading.texts == ["A,a,\"red,blue\"", "B,\"two\nlines\","])
  }

  @Test func relationshipsAndKeys() throws {
    let good = try read("sku_code,amount_cents,price_list_id\nA,100,pl\n", type: "prices")
    #expect(good.texts == [#"{"sku_code":"A","amount_cents":100,"price_list_id":"pl"}"#])
    #expect(good.keys == ["A-pl"])
    let parent = try read("sku_code,amount_cents\nA,100\n", type: "prices", parent: "pl")
    #expect(parent.keys == ["A-pl"])
    let missing = try read("sku_code,amount_cents\nA,100\n", type: "prices")
    #expect(
      missing.reasons == [
        "without 'sku_code' and 'price_list_id' or 'id' it makes a new record, "
          + "and 'price_list' is required"
      ])
    let byID = try read("id,amount_cents\nabc,100\n", type: "prices")
    #expect(byID.identities.first?.name == "abc")
  }
}
