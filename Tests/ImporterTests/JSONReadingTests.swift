import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows

@Suite struct JSONReadingTests {
  @Test func anArrayIsReadElementByElementWithExactNumbers() throws {
    let reading = try read(
      "\u{FEFF} [\n {\"code\":\"A\",\"weight\":1.10e2},\n\n {\"code\":\"B\", \"metadata\":{\"n\":12345678901234567890.123}}\n]\n",
      .json)
    #expect(
      reading.texts == [
        #"{"code":"A","weight":1.10e2}"#,
        #"{"code":"B", "metadata":{"n":12345678901234567890.123}}"#,
      ])
    #expect(reading.rows.map(\.line) == [2, 4])
  }

  @Test(arguments: [
    (#"[{"code":"A"},{"code":"B"#, 1, 24, "inside element 2, which starts on line 1"),
    ("[\n{\"code\":\"A\"}\n", 3, 15, "after 1 whole elements"),
    ("[{\"code\":\"A\"},", 1, 14, "after 1 whole elements"),
    ("[", 1, 1, "before its array does"), ("", 1, 0, "the file is empty"),
    ("[{\"code\":\"A\"},]", 1, 14, "an element was expected behind the comma"),
    ("[{\"code\":\"A\"} {\"code\":\"B\"}]", 1, 14, "a comma or the array's end"),
    ("[{\"code\":\"A\"}] x", 1, 15, "something follows the array's end"),
    ("{\"code\":\"A\"}", 1, 0, "a JSON array was expected"),
  ])
  func brokenArrays(text: String, line: Int, offset: Int, part: String) throws {
    let error = inputError { try read(text, .json) }
    #expect(error?.kind == .malformed)
    #expect(error?.line == line)
    #expect(error?.offset == offset)
    #expect(error?.message.contains(part) == true, "\(error?.message ?? "no error")")
  }

  @Test func linesAreReadWhateverTheyEndWith() throws {
    let reading = try read(
      "{\"code\":\"A\"}\r\n\n  \n{\"code\":\"B\"}\n{\"code\":\"C\"}", .jsonLines)
    #expect(reading.rows.map(\.line) == [1, 4, 5])
  }

  @Test(arguments: [
    ("[]", "a row is an object, not an array"), ("12", "a row is an object, not a number"),
    ("null", "a row is an object, not null"),
    (#"{"code":"A"} {"code":"B"}"#, "something follows the value"),
    (#"{"code":"A","code":"B"}"#, "'code' is there twice"),
    (#"{"code":"A","metadata":{"x":[{"y":1,"y":2}]}}"#, "'metadata' holds 'y' twice"),
    (#"{"code":"A",}"#, "not JSON"),
    (
      #"{"code":"A","name":1}"#,
      "'name' is a string, not 1; write it in quotes, \"1\", or add --coerce"
    ),
    (#"{"code":"A","weight":"1"}"#, "'weight' is a number"),
    (#"{"code":"A","pieces_per_pack":1.5}"#, "'pieces_per_pack' is a whole number, not 1.5"),
    (#"{"code":"A","do_not_ship":"yes"}"#, "'do_not_ship' is a boolean, not the string"),
    (#"{"code":"A","do_not_ship":2}"#, "write true or false"),
    (#"{"code":"A","weight":1e999}"#, "'weight' is out of range: 1e999"),
    (#"{"code":"A","name":"a\u0000b"}"#, "'name' holds a NUL character"),
    (#"{"code":"A","shipping_category":{"name":"x"}}"#, "write its id as 'shipping_category_id'"),
    (#"{"code":"A","customer.email":"x"}"#, "is a column of CSV files"),
    (#"{"code":null}"#, "not null"), (#"{"code":"A","name":null}"#, "'name' is required: not null"),
    (#"{"code":""}"#, "'code' is empty"),
    (#"{"name":"x"}"#, "without 'code' or 'id' it makes a new record, and 'code' is required"),
    (#"{"code":"A","shiping_category_id":"x"}"#, "did you mean 'shipping_category_id'?"),
    (#"{"code":"A","shipping_category_id":7}"#, "'shipping_category_id' is a string"),
    (
      "{\"code\":\"A\",\"metadata\":" + String(repeating: "[", count: 70)
        + String(repeating: "]", count: 70) + "}", "not JSON"
    ),
  ])
  func rowsThatCannotBeSent(row: String, part: String) throws {
    let reading = try read("{\"code\":\"ok\"}\n\(row)\n{\"code\":\"ok2\"}\n", .jsonLines)
    #expect(reading.rejected.map(\.line) == [2])
    #expect(
      reading.reasons.contains { $0.contains(part) }, "\(reading.reasons) lacks \(part)")
    #expect(reading.rows.map(\.line) == [1, 3])
  }

  /// What an export returns can be sent back, attributes that can only be read included.
  @Test func anExportMayBeSentBack() throws {
    let row = #"{"id":"aBc","code":"A","created_at":"2024-01-01T00:00:00.000Z","metadata":{}}"#
    let reading = try read(row + "\n", .jsonLines)
    #expect(reading.rejected.isEmpty, "\(reading.reasons)")
    #expect(reading.texts == [#"{"id":"aBc","code":"A","metadata":{}}"#])
    #expect(
      reading.warnings.all.map(\.message) == ["left out: 'created_at' (the service computes it)"])
  }

  @Test func whatMayBeSent() throws {
    let reading = try read(
      #"""
      {"code":"A","name":"n","description":null,"weight":1,"tags":[{"name":"t"}],"_add_tags":"x"}
      {"id":"abc","weight":2.5}
      """#, .jsonLines)
    #expect(reading.reasons == [])
    #expect(reading.identities.map(\.name) == ["A", "abc"])
    // The service documents tags in CSV columns and the trigger: an array of them is not sent.
    #expect(reading.kinds == [.passedOver])
  }

  @Test func aFileCutInItsLastLineIsAnErrorNotARow() throws {
    let error = inputError { try read("{\"code\":\"A\"}\n{\"code\":\"B", .jsonLines) }
    #expect(error?.line == 2)
    #expect(error?.message.contains("cut off") == true)
  }

  @Test func invalidUTF8InAStringNamesItsByte() throws {
    let bytes = Array("{\"code\":\"A\"}\n{\"code\":\"".utf8) + [0xFF] + Array("\"}\n".utf8)
    let error = inputError { try read(bytes, .jsonLines) }
    #expect(error?.kind == .encoding)
    #expect(error?.line == 2)
    #expect(error?.offset == 22)
  }

  @Test func oversizedRowsAreRejectedAndTheRestIsRead() throws {
    let big = String(repeating: "x", count: RawRecord.maximumBytes)
    let lines = try read("{\"code\":\"A\",\"name\":\"\(big)\"}\n{\"code\":\"B\"}\n", .jsonLines)
    #expect(lines.rejected.map(\.line) == [1])
    #expect(lines.rows.map(\.line) == [2])
    let array = try read("[{\"code\":\"A\",\"name\":\"\(big)\"},\n{\"code\":\"B\"}]", .json)
    #expect(array.rejected.map(\.line) == [1])
    #expect(array.rows.map(\.line) == [2])
  }

  @Test func theFormatIsToldByFirstByteOrName() throws {
    for (name, text, format) in [
      (".csv", "[", InputFormat.json), (".csv", "{", .jsonLines), (".JSONL", "x", .jsonLines),
      (".ndjson", "", .jsonLines), (".json", " [", .json), (".json", "{", .jsonLines),
      (".txt", "\n[", .json), (".txt", "{", .jsonLines), (".txt", "code", .csv),
    ] {
      #expect(try InputFormat.detect(InputOnDisk(text, suffix: name).file) == format, "\(name)")
    }
  }

  @Test func oneObjectOverSeveralLinesIsNotJSONLines() throws {
    let error = inputError { try read("{\n \"code\": \"A\"\n}\n", .jsonLines) }
    #expect(error?.message.contains("one JSON object over several lines") == true)
    #expect(error?.advice == "put the rows into an array, [{…}, {…}]")
  }

  @Test func aJSONAPIDocumentIsNamedForWhatItIs() throws {
    for (text, format) in [
      (#"{"data":[{"code":"A"}]}"#, InputFormat.jsonLines),
      (#"[{"type":"skus","attributes":{"code":"A"}}]"#, .json),
    ] {
      let reasons = try read(text, format).reasons
      #expect(reasons.contains { $0.contains("JSON:API document") && $0.contains("{\"code\": …}") })
    }
  }
}
