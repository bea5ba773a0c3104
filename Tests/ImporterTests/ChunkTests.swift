import CommerceLayer
import Foundation
import HTTPTypes
import Synchronization
import Testing

@testable import CommerceLayerImporter
@testable import CommerceLayerRows
@testable import CommerceLayerRuntime

/// What is sent for a chunk, in its parts.
func parts(_ body: ChunkBody) throws -> [[UInt8]] {
  var body = body
  var parts: [[UInt8]] = []
  while let part = try body.next() { parts.append(part) }
  return parts
}

/// What is sent for a chunk.
func text(_ body: ChunkBody) throws -> String {
  String(decoding: Array(try parts(body).joined()), as: UTF8.self)
}

/// Chunks of which nothing is kept but where their rows are.
@Suite struct ChunkTests {
  /// An input that was checked, and what reads its chunks.
  private struct Checked {
    let disk: InputOnDisk
    let planner: ImportPlanner
    let plan: ImportPlan
    let rows: ChunkRows

    init(
      _ bytes: [UInt8], _ format: InputFormat = .csv, _ type: String = "skus", rows: Int = 10_000,
      bytes limit: Int = 8 << 20, trial: Int = 0, encoding: TextEncoding? = nil
    ) throws {
      disk = try InputOnDisk(bytes)
      var settings = ImportSettings(service: CommerceLayerService.description)
      settings.chunkRows = rows
      settings.chunkBytes = limit
      settings.trialRows = trial
      planner = ImportPlanner(
        file: try InputFile(path: disk.path, encoding: encoding), format: format,
        rules: try ImporterTests.rules(type), settings: settings)
      plan = try planner.plan()
      self.rows = try ChunkRows(planner, plan)
    }

    init(_ text: String, _ type: String = "skus", rows: Int = 10_000, bytes: Int = 8 << 20) throws {
      try self.init(Array(text.utf8), .csv, type, rows: rows, bytes: bytes)
    }

    /// What is sent for a chunk; its size is the one that was announced.
    func sent(_ cut: ChunkCut) throws -> String {
      let sent = try text(rows.body(cut))
      #expect(sent.utf8.count == cut.byteCount)
      return sent
    }
  }

  /// Large enough to be sent in several parts.
  private func skus(_ count: Int) -> (text: String, sent: [String]) {
    let description = String(repeating: "soft \"\"wool\"\", ", count: 20)
    let sent = (0..<count).map {
      #"{"code":"S\#($0)","description":"\#(description.replacing("\"\"", with: "\\\""))"}"#
    }
    return (
      "code,description\n" + (0..<count).map { "S\($0),\"\(description)\"\n" }.joined(), sent
    )
  }

  @Test func sendsAllRowsInPartsAndAgainForARetry() throws {
    let (text, sent) = skus(4_000)
    let checked = try Checked(text)
    let cut = try #require(checked.plan.cuts.first)
    #expect(cut.rows == 4_000 && checked.plan.cuts.count == 1)
    let expected = "[" + sent.joined(separator: ",") + "]"
    #expect(try checked.sent(cut) == expected)
    #expect(try checked.sent(cut) == expected, "a retry sends the same")
    let parts = try parts(checked.rows.body(cut))
    #expect(parts.count > 4 && parts.allSatisfy { $0.count <= ChunkBody.window + 512 })
  }

  @Test func cutsByBytesAndLosesNothingInBetween() throws {
    let (text, sent) = skus(4_000)
    let checked = try Checked(text, bytes: 400_000)
    #expect(checked.plan.cuts.count > 3)
    var all: [String] = []
    for cut in checked.plan.cuts {
      let text = try checked.sent(cut)
      let values = try #require(try JSONDocument(parsing: Array(text.utf8)).root.value.array)
      #expect(values.count == cut.rows)
      all += values.map(\.text)
    }
    #expect(all == sent)
  }

  @Test func halvesOfAChunkAreItsRows() throws {
    let (text, sent) = skus(3_001)
    let checked = try Checked(text)
    let cut = try #require(checked.plan.cuts.first)
    let halves = try #require(try checked.rows.halves(cut, first: 2, second: 3))
    #expect(halves.map(\.number) == [2, 3])
    #expect(halves.map(\.rows) == [1_500, 1_501] && halves.map(\.records) == [1_500, 1_501])
    #expect(try checked.sent(halves[0]) == "[" + sent[..<1_500].joined(separator: ",") + "]")
    let quarters = try #require(try checked.rows.halves(halves[1], first: 4, second: 5))
    #expect(try checked.sent(quarters[0]) == "[" + sent[1_500..<2_250].joined(separator: ",") + "]")
    #expect(try checked.sent(quarters[1]) == "[" + sent[2_250...].joined(separator: ",") + "]")
    #expect(quarters[1].lastLine == 3_002 && quarters[1].firstLine == 2_252)
    #expect(Set(([cut] + halves + quarters).map(\.digest)).count == 5)
  }

  @Test(arguments: [("code,name\n", ""), ("id,code,name\n", ",")])
  func rowsAreRecognizedWhereverAChunkIsCut(header: String, start: String) throws {
    let cells = ["A,n", "\"C\"\"1\",n", "Ü,n", "\"D,2\",n", "E,\"n\"\"\""]
    let keys = ["A", "C\"1", "Ü", "D,2", "E"]
    let text = header + cells.map { start + $0 + "\n" }.joined()
    for limit in 1...6 {
      let checked = try Checked(text, rows: limit)
      let rows = try checked.plan.cuts.flatMap { try checked.rows.rows($0) }
      #expect(rows.map(\.identity.key) == keys, "chunks of \(limit) rows")
      #expect(rows.map(\.line) == Array(2...6))
    }
    let checked = try Checked(text)
    let halves = try #require(
      try checked.rows.halves(checked.plan.cuts[0], first: 2, second: 3))
    let rows = try halves.map { try checked.rows.rows($0) }
    #expect(rows.flatMap { $0.map(\.identity.key) } == keys)
    #expect(rows[1].map(\.unit) == [0, 1, 2])
  }

  @Test func rowsAreRecognizedByTheirIDAsWell() throws {
    let checked = try Checked("id,code,name\nx1,A,n\nx2,,n\n")
    let rows = try checked.rows.rows(checked.plan.cuts[0])
    #expect(rows.map(\.identity) == [RowIdentity(key: "A", id: "x1"), RowIdentity(id: "x2")])
  }

  @Test func csvIsEscapedAsOneJSONString() throws {
    let lines = [
      #"L1,"a ""quoted"" name""#, "L1,ünï", #"L2,back\slash"#, "L3,\"two\nlines\"",
    ]
    let checked = try Checked(
      "name,sku_list_items.sku_code\n" + lines.joined(separator: "\n"), "sku_lists", rows: 2)
    let records = try checked.plan.cuts.map { cut in
      let csv = try #require(
        try JSONDocument(parsing: Array(checked.sent(cut).utf8)).root.string)
      #expect(csv.hasPrefix("name,sku_list_items.sku_code\n"))
      return String(csv.dropFirst("name,sku_list_items.sku_code\n".count))
    }
    #expect(records == [lines[0] + "\n" + lines[1], lines[2] + "\n" + lines[3]])
  }

  @Test func aRecordOverManyLinesStaysWhole() throws {
    let code = String(repeating: "x", count: 200)
    let lines =
      (0..<4_000).map { "A,\(code)\($0)" } + (0..<4_000).map { "B,\(code)\($0)" }
    let checked = try Checked(
      "name,sku_list_items.sku_code\n" + lines.joined(separator: "\n"), "sku_lists", rows: 6_000)
    #expect(checked.plan.cuts.map(\.rows) == [4_000, 4_000])
    #expect(checked.plan.cuts.map(\.records) == [1, 1])
    for (cut, expected) in zip(checked.plan.cuts, [lines[..<4_000], lines[4_000...]]) {
      #expect(
        try checked.sent(cut) == "\"name,sku_list_items.sku_code\\n"
          + expected.joined(separator: "\\n") + "\"")
    }
  }

  // MARK: - Whatever is around the rows

  /// An input that people have.
  struct Odd: Sendable, CustomTestStringConvertible {
    let name: String
    var bytes: [UInt8]
    var format = InputFormat.csv
    var type = "skus"
    var encoding: TextEncoding?
    var testDescription: String { name }

    init(
      _ name: String, _ bytes: [UInt8], _ format: InputFormat = .csv, type: String = "skus",
      encoding: TextEncoding? = nil
    ) {
      (self.name, self.bytes, self.format) = (name, bytes, format)
      (self.type, self.encoding) = (type, encoding)
    }

    init(
      _ name: String, _ text: String, _ format: InputFormat = .csv, type: String = "skus"
    ) {
      self.init(name, Array(text.utf8), format, type: type)
    }
  }

  static let odd: [Odd] = {
    let mark = "\u{FEFF}"
    let long = String(repeating: "é", count: 33_000)
    let list = "name,sku_list_items.sku_code,sku_list_items.quantity\n"
    var inputs = [
      Odd("CR LF", "code,name\r\nA,a\r\nB,b\r\nC,c\r\n\r\nD,d"),
      Odd("CR alone", "code,name\rA,a\rB,b\rC,c\r"),
      Odd("line ends in quotes", "code,name\nA,\"1\n2\"\nB,\"\r\n\"\n\"C\n\",c\nD,\"\"\"\n\"\n"),
      Odd(
        "headers and blank lines in between",
        "\(mark)code,name\nA,a\n\n,\n\(mark)code,name\nB,b\n  \n\ncode,name\nC,c\nD,d\n\n"),
      Odd("sep=", "sep=;\r\ncode;name\r\nA;a\r\nB;b\r\nC;\"c;\"\r\n\u{1A}"),
      Odd("rejected rows in between", "code,weight\nA,1\nB,x\nC,2\nD,y\nE,z\nF,3\n\"G\"x,1\nH,4\n"),
      Odd(
        "records over several lines",
        list + "L,A,1\nL,B,2\n\nL,C,x\nL,D,3\nM,A,1\nN,\"A\n\",1\nN,B,1\nO,A,1\n",
        type: "sku_lists"),
      Odd(
        "blocks of 64 KiB in the middle of rows", "code,name\nA,\(long)\nB,\(long)\nC,\(long)x\n"),
      Odd(
        "an array with odd blanks",
        "\(mark) [\n\n {\"code\" : \"A\"}\t,\r\n{ } , {\"code\":\"B\",\n\"name\":\"[,]\"},{\"code\":3},"
          + "{\"code\":\"C\"}\n,{\"code\":\"D\"} ]\n ", .json),
      Odd("an array on one line", "[{\"code\":\"A\"},{\"code\":\"B\"},{\"code\":\"C\"}]", .json),
      Odd(
        "JSON Lines",
        "\(mark){\"code\":\"A\"}\r\n\r\n  {\"code\":\"B\"}\nnonsense\n{}\n{\"code\":\"C\"}",
        .jsonLines),
      Odd("Latin-1", TextEncoding.latin1.encode("code,name\nÄ,ä\nB,ß\nC,é\n"), encoding: .latin1),
    ]
    inputs.append(
      Odd(
        "UTF-16",
        TextEncoding.utf16LE.mark
          + TextEncoding.utf16LE.encode("code,name\r\nA,ä\r\nB,😀\r\nC,c\r\n")))
    return inputs
  }()

  /// What is sent in chunks is, joined, what the rows of the whole input are; and a chunk is found again
  /// wherever it begins.
  @Test(arguments: odd)
  func chunksAreTheRowsOfTheWholeInput(input: Odd) throws {
    let whole = try read(
      input.bytes, input.format, type: input.type, encoding: input.encoding)
    #expect(whole.rows.count >= 3, "the test needs rows")
    for limit in 1...5 {
      let checked = try Checked(
        input.bytes, input.format, input.type, rows: limit, encoding: input.encoding)
      #expect(checked.plan.cuts.map(\.number) == Array(1...checked.plan.chunks))
      try expect(checked, checked.plan.cuts, whole)
      let halves = try checked.plan.cuts.flatMap { cut in
        try checked.rows.halves(cut, first: 90, second: 91) ?? [cut]
      }
      try expect(checked, halves, whole)
    }
  }

  private func expect(_ checked: Checked, _ cuts: [ChunkCut], _ whole: Reading) throws {
    var next = 0
    for cut in cuts {
      let rows = next..<(next + cut.rows)
      next = rows.upperBound
      let texts = Array(whole.texts[rows])
      switch whole.form {
      case .json: #expect(try checked.sent(cut) == "[" + texts.joined(separator: ",") + "]")
      case .csv(let header):
        let csv = try JSONDocument(parsing: Array(checked.sent(cut).utf8)).root.string
        let lines = [String(decoding: header, as: UTF8.self)] + texts
        #expect(csv == lines.joined(separator: "\n"))
      }
      let sent = try checked.rows.rows(cut)
      #expect(sent.map(\.line) == whole.rows[rows].map(\.line))
      #expect(sent.map(\.source) == whole.rows[rows].map(\.source))
      #expect(sent.map(\.identity.name) == whole.identities[rows].map(\.name))
      #expect(sent.first?.line == cut.firstLine && sent.last?.lastLine == cut.lastLine)
      #expect(sent.last?.line == cut.lastRowLine)
      #expect((sent.last?.unit ?? -1) + 1 == cut.records)
      #expect(whole.rows[rows].count { !$0.continuesRecord } == cut.records)
    }
    #expect(next == whole.rows.count)
  }

  @Test func theTrialsChunksAreTheFirstOnes() throws {
    let text = "code\n" + (0..<10).map { "A\($0)\n" }.joined()
    let checked = try Checked(Array(text.utf8), rows: 3, trial: 4)
    #expect(checked.plan.cuts.map(\.rows) == [3, 1, 3, 3])
    #expect(checked.plan.cuts.map(\.isTrial) == [true, true, false, false])
    let halves = try checked.rows.halves(checked.plan.cuts[0], first: 5, second: 6)
    #expect(halves?.map(\.isTrial) == [true, true])
  }

  @Test func digestsTellWhatIsSent() throws {
    let text = "code,name\nA,1\nB,2\nC,3\nD,4\n"
    let plan = try Checked(text, rows: 2).plan
    #expect(try Checked(text, rows: 2).plan.cuts == plan.cuts, "the same input again")
    #expect(Set(plan.cuts.map(\.digest)).count == 2)
    let other = try Checked(text.replacing("C,3", with: "C,4"), rows: 2).plan
    #expect(other.cuts[0] == plan.cuts[0], "a chunk whose neighbor changed is the same")
    #expect(other.cuts[1].digest != plan.cuts[1].digest && other.digest != plan.digest)
    // Chunks of several blocks, and every place where one may change: its ends and its middle.
    let (large, _) = skus(4_000)
    let cuts = try Checked(large, bytes: 400_000).plan.cuts
    let cut = cuts[1]
    for place in [0, 1, cut.range.count / 2, cut.range.count - 2] {
      var bytes = Array(large.utf8)
      let index = cut.range.lowerBound + place
      bytes[index] = bytes[index] == 0x7A ? 0x79 : 0x7A
      guard let changed = try? Checked(bytes, bytes: 400_000).plan.cuts else { continue }
      #expect(changed[1].digest != cut.digest && changed[0] == cuts[0], "\(place)")
    }
    // The same bytes of the input, written otherwise.
    let disk = try InputOnDisk(text)
    func digest(_ change: (inout ImportSettings) -> Void) throws -> [InputDigest] {
      var settings = ImportSettings(service: CommerceLayerService.description)
      settings.chunkRows = 2
      change(&settings)
      return try ImportPlanner(
        file: disk.file, format: .csv, rules: rules(), settings: settings
      ).plan().cuts.map(\.digest)
    }
    #expect(try digest { _ in } == plan.cuts.map(\.digest))
    #expect(try digest { $0.rows.constants = [("reference", "r")] } != plan.cuts.map(\.digest))
    #expect(try digest { $0.rows.nullText = "1" } != plan.cuts.map(\.digest))
    #expect(try digest { $0.skipErrors = true } == plan.cuts.map(\.digest))
  }

  // MARK: - Requests

  /// A transport that rejects the first import with 429 and takes the second attempt.
  @Test func anAttemptThatIsRetriedSendsTheWholeImportAgain() async throws {
    let (text, sent) = skus(2_000)
    let checked = try Checked(text)
    let cut = try #require(checked.plan.cuts.first)
    let bodies = Mutex([[UInt8]]())
    let transport = InProcessTransport { request, body in
      if request.path?.hasPrefix("/oauth") == true {
        return (
          HTTPResponse(status: .ok),
          Array(#"{"access_token":"hushcanary","token_type":"Bearer","expires_in":7200}"#.utf8)
        )
      }
      let count = bodies.withLock { bodies in
        bodies.append(body)
        return bodies.count
      }
      if count == 1 { return (HTTPResponse(status: .tooManyRequests), []) }
      return (
        HTTPResponse(
          status: .created, headerFields: [.contentType: "application/vnd.api+json"]),
        Array(#"{"data":{"id":"i1","type":"imports","attributes":{"status":"pending"}}}"#.utf8)
      )
    }
    var configuration = ClientConfiguration(transport: transport)
    let time = InstantTime.source()
    configuration.time = TimeSource(now: time.now) { duration in
      // Waiting between attempts ends at once; a time limit would cut the exchange off.
      if duration >= .seconds(30) { try await Task.sleep(for: .seconds(3600)) }
      try await time.sleep(duration)
    }
    let client = try CommerceLayerClient(
      organization: "acme", credentials: .clientCredentials(id: "id", secret: "hushcanary"),
      configuration: configuration)
    let upload = InputReader(checked.planner, checked.plan).upload(cut)
    let request = ImportRequest(
      type: "skus", parentID: nil, skipErrors: false, runID: "run", chunk: 1, attempt: 1,
      rows: cut.rows, inputs: upload.inputs)
    let imports = CommerceLayerImports(client: client, type: "skus")
    await #expect(throws: CallFailure.self) { _ = try await imports.create(request) }
    let made = try await imports.create(request)
    #expect(made.id == "i1" && upload.failure == nil)
    let sentBodies = bodies.withLock { $0 }
    #expect(sentBodies.count == 2 && sentBodies.first == sentBodies.last)
    let data = try JSONDocument(parsing: try #require(sentBodies.last)).root["data"]
    #expect(data?["attributes"]?["reference"]?.string == "run-000001")
    #expect(data?["attributes"]?["inputs"]?.value.array?.map(\.text) == sent)
  }

  /// Uploads of several chunks take turns, and none gets the rows of another.
  @Test func severalChunksAreReadAtOnce() async throws {
    let (text, sent) = skus(3_000)
    let checked = try Checked(text, rows: 500)
    let input = InputReader(checked.planner, checked.plan)
    let bodies = try await withThrowingTaskGroup(of: (Int, [UInt8]).self) { group in
      for cut in checked.plan.cuts {
        let next = try #require(input.upload(cut).inputs.streamed).read()
        group.addTask {
          var bytes: [UInt8] = []
          while let part = try await next() { bytes += part }
          return (cut.number, bytes)
        }
      }
      return try await group.reduce(into: [Int: [UInt8]]()) { $0[$1.0] = $1.1 }
    }
    for cut in checked.plan.cuts {
      let rows = sent[((cut.number - 1) * 500)..<(cut.number * 500)]
      #expect(bodies[cut.number] == Array("[\(rows.joined(separator: ","))]".utf8))
    }
  }
}
