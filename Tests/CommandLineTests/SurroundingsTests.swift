import CommerceLayer
import CommerceLayerSandbox
import CommerceLayerSandboxServer
import Foundation
import Testing

/// Closed and full files around the program.
@Suite struct SurroundingsTests {
  private func skus(_ count: Int) -> String {
    "code,name,shipping_category_id\n" + (0..<count).map { "S\($0),n,cat\n" }.joined()
  }

  @Test func aClosedStandardInputIsNamed() async throws {
    let outcome = try await Program.shell("\"$CL\" plan - --type skus <&-")
    #expect(outcome.status == 66, "\(outcome.err)")
    #expect(outcome.err.contains("standard input is closed"))
  }

  @Test func aClosedStandardInputDoesNotMatterToAFile() async throws {
    let file = try Input(skus(3))
    let outcome = try await Program.shell(
      "\"$CL\" run \"$FILE\" --type skus --sandbox <&-", environment: ["FILE": file.path])
    #expect(outcome.status == 0, "\(outcome.err)")
  }

  @Test func anEmptyTMPDIRIsTheDefault() async throws {
    let outcome = try await Program.run(
      "plan", "-", "--type", "skus", environment: ["TMPDIR": ""], input: skus(3))
    #expect(outcome.status == 0, "\(outcome.err)")
    #expect(outcome.out.contains("3 rows of skus"))
  }

  @Test func aTMPDIRThatIsNotThereIsNamed() async throws {
    let outcome = try await Program.run(
      "plan", "-", "--type", "skus", environment: ["TMPDIR": "/nowhere/at/all"], input: skus(3))
    #expect(outcome.status == 74, "\(outcome.err)")
    #expect(outcome.err.contains("/nowhere/at/all"))
    #expect(outcome.err.contains("set TMPDIR"))
  }

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: "/dev/full"), "this system has no /dev/full"),
    arguments: ["", "--json", "--output ndjson"])
  func aFullStandardOutputIsAnError(option: String) async throws {
    let file = try Input(skus(3))
    let outcome = try await Program.shell(
      "\"$CL\" run \"$FILE\" --type skus --sandbox \(option) >/dev/full",
      environment: ["FILE": file.path])
    #expect(outcome.status == 74, "\(outcome.err)")
    #expect(outcome.err.contains("standard output is not complete"))
  }

  @Test func aReaderThatGoesAwayDoesNotEndARun() async throws {
    let file = try Input(skus(3))
    let outcome = try await Program.shell(
      "{ \"$CL\" run \"$FILE\" --type skus --sandbox; echo \"status $?\" >&2; } | true",
      environment: ["FILE": file.path])
    #expect(outcome.err.contains("status 0"), "\(outcome.err)")
  }

  @Test func aReportWithoutRoomIsAnErrorAndTheRunGoesOn() async throws {
    let text =
      "code,name,description\n"
      + (0..<2000).map { "S\($0),\($0 < 10 ? "n" : ""),\(String(repeating: "x", count: 200))\n" }
      .joined()
    let file = try Input(text)
    let report = NSTemporaryDirectory() + "report-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: report) }
    // No file may be larger than so many blocks: writing the report fails as it does on a full disk, and
    // what is sent finds no room there either. The sandbox, which has a file, is another process.
    let service = try await Service()
    let outcome = try await Program.shell(
      "trap '' XFSZ; ulimit -f 16; \"$CL\" run \"$FILE\" --type skus --skip-errors"
        + " --report \"$REPORT\" >/dev/null",
      environment: service.environment().merging(["FILE": file.path, "REPORT": report]) { $1 })
    await service.stop()
    #expect(outcome.status == 74, "\(outcome.err)")
    #expect(outcome.err.contains("is not complete"))
    // The program does not claim that the report holds what it does not.
    #expect(outcome.err.contains("the rows that are missing in it are in the input"))
  }
}

/// Rows piped from a real PostgreSQL.
@Suite struct PostgresTests {
  private static let folder: String? = {
    let fixed = ["/usr/local/bin", "/usr/bin", "/opt/homebrew/bin"]
    let versions =
      (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
    let all = versions.sorted().reversed().map { "/usr/lib/postgresql/\($0)/bin" } + fixed
    return all.first { folder in
      ["initdb", "pg_ctl", "psql"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: "\(folder)/\($0)")
      }
    }
  }()

  @Test(.enabled(if: folder != nil, "no PostgreSQL (initdb, pg_ctl, psql) is on this machine"))
  func copyIsPipedIntoARun() async throws {
    let service = try await Service()
    // initdb does not run as root; the server listens on a socket in a folder of its own alone.
    let script = """
      set -e
      D=$(mktemp -d /tmp/clpg-XXXXXX)
      if [ "$(id -u)" = 0 ]; then chown postgres "$D"; as() { su postgres -s /bin/sh -c "$1"; }
      else as() { sh -c "$1"; }; fi
      trap 'as "$BIN/pg_ctl -D $D/data -m immediate stop" >/dev/null 2>&1 || true; rm -rf "$D"' EXIT
      as "$BIN/initdb -D $D/data -A trust" >/dev/null
      as "$BIN/pg_ctl -D $D/data -w -l $D/log -o '-k $D -h \\"\\"' start" >/dev/null
      U=$(as "id -un")
      q() { "$BIN/psql" -h "$D" -U "$U" -d postgres -v ON_ERROR_STOP=1 -qc "$1"; }
      q "create table articles (sku text, title text, cat text)"
      q "insert into articles select 'PG-' || n, 'Shirt \\"' || n || '\\", red', 'cat' from generate_series(1, 120) n"
      q "copy (select sku as code, title as name, cat as shipping_category_id from articles order by sku) to stdout with (format csv, header)" \
        | "$CL" run - --type skus --chunk-rows 50
      """
    var environment = service.environment()
    environment["BIN"] = Self.folder
    let outcome = try await Program.shell(script, environment: environment)
    let client = try CommerceLayerClient(
      organization: "sandbox",
      credentials: .clientCredentials(
        id: service.server.sandbox.clientID, secret: service.server.sandbox.clientSecret),
      configuration: .init(transport: service.server.sandbox.transport))
    #expect(outcome.status == 0, "\(outcome.err)\(outcome.out)")
    let page = try await client.skus.list { $0.filter(.code.eq("PG-7")) }
    await service.stop()
    #expect(outcome.out.contains("120 rows of skus"), "\(outcome.out)")
    #expect(page.items.first?.name == "Shirt \"7\", red")
  }
}
