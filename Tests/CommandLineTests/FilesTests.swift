import CommerceLayer
import CommerceLayerSandbox
import Foundation
import Testing

@testable import CommerceLayerImporter
@testable import ImportConsole
@testable import cl_import

/// Several files in one command.
@Suite struct FilesTests {
  @Test(arguments: [
    ("skus.csv", "skus"), ("in/2026/prices-2026.csv", "prices"),
    ("stock_items.json.gz", "stock_items"),
    ("Stock-Items 3.JSONL", "stock_items"), ("failed-skus.csv", "skus"),
    ("price_tiers.csv", "price_tiers"),
    ("sku_list_items.csv", "sku_list_items"), ("2026-01-31_customers_export.csv", "customers"),
    ("prices.prices.csv", "prices"), ("skus", "skus"), ("/a.b/skus.csv", "skus"),
  ])
  func aFileNameTellsTheType(path: String, type: String) throws {
    #expect(try ImportFiles.type(of: path) == type)
  }

  @Test(arguments: ["catalogue.csv", "skus-and-prices.csv", "sku.csv", "-", "", "skusprices.csv"])
  func aFileNameThatDoesNotTellIsAnError(path: String) {
    let failure = #expect(throws: Failure.self) { try ImportFiles.type(of: path) }
    #expect(failure?.advice?.contains("--type") == true)
    #expect(failure?.status == .usage)
  }

  @Test func filesGoInTheOrderOfTheirReferences() throws {
    let files = try ImportFiles.ordered(
      ["price_tiers.csv", "prices.csv", "skus.csv"], type: nil, parents: ["prices=abc"])
    #expect(files.map(\.path) == ["skus.csv", "prices.csv", "price_tiers.csv"])
    #expect(files.map(\.parent) == [nil, "abc", nil])
    // One parent goes to the one type that has one, also when it holds a sign.
    #expect(
      try ImportFiles.ordered(["skus.csv", "prices.csv"], type: nil, parents: ["name=Retail"])
        .map(\.parent) == [nil, "name=Retail"])
    #expect(
      try ImportFiles.ordered(["a.csv", "b.csv"], type: "prices", parents: ["abc"]).map(\.parent)
        == ["abc", "abc"])
  }

  @Test func parentsThatFitNothingAreErrors() {
    func failure(_ paths: [String], _ parents: [String]) -> Failure? {
      #expect(throws: Failure.self) {
        try ImportFiles.ordered(paths, type: nil, parents: parents)
      }
    }
    #expect(failure(["skus.csv"], ["prices=a"])?.what.contains("prices") == true)
    let two = failure(["stock_items.csv", "prices.csv"], ["a"])
    #expect(two?.advice == "--parent prices=a", "\(String(describing: two))")
    #expect(failure(["skus.csv", "skus.csv"], [])?.what == "'skus.csv' is given twice")
  }

  @Test func eachFileHasAReport() {
    func names(_ report: String, _ paths: String...) -> [String?] {
      ImportFiles.reports(report, for: paths.map { ImportFile(path: $0, type: "skus") })
    }
    #expect(names("failed.csv", "skus.csv") == ["failed.csv"])
    #expect(
      names("out/failed.csv", "skus.csv", "p/prices-2026.csv")
        == ["out/failed-skus.csv", "out/failed-prices-2026.csv"])
    #expect(names("a.b/failed", "skus.csv", "-") == ["a.b/failed-skus", "a.b/failed-skus-2"])
    #expect(names(".hidden", "a.csv", "b.csv") == [".hidden-a", ".hidden-b"])
  }

  @Test func theWorstStatusCounts() {
    #expect(ImportConsole.ExitStatus.worst([.success, .incomplete, .success]) == .incomplete)
    #expect(ImportConsole.ExitStatus.worst([.permission, .incomplete]) == .permission)
    #expect(ImportConsole.ExitStatus.worst([]) == .success)
  }

  /// A folder with files for one run.
  private final class Folder {
    let path = NSTemporaryDirectory() + "files-\(UUID().uuidString)"
    init(_ files: [String: String]) throws {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      for (name, text) in files { try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)")) }
    }
    func text(_ name: String) -> String? {
      try? String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
  }

  private let skus = "code,name,shipping_category_id\nA,a,cat\nB,,cat\nC,c,cat\n"
  private let tags = "name\nnew\nold\n"

  @Test func filesAreImportedInOrderWithAReportEach() async throws {
    let service = try await Service()
    let folder = try Folder(["skus.csv": skus, "shipping_categories-1.csv": "name,code\nS,s\n"])
    let outcome = try await Program.run(
      "run", "\(folder.path)/skus.csv", "\(folder.path)/shipping_categories-1.csv",
      "--skip-errors", "--report", "\(folder.path)/failed.csv", environment: service.environment())
    await service.stop()
    #expect(outcome.status == 1, "\(outcome.err)\(outcome.out)")
    let first = outcome.out.range(of: "shipping_categories-1.csv")
    let second = outcome.out.range(of: "/skus.csv")
    #expect(first.flatMap { a in second.map { a.lowerBound < $0.lowerBound } } == true)
    #expect(outcome.out.contains("4 rows of 2 files"), "\(outcome.out)")
    #expect(folder.text("failed-skus.csv")?.contains("B,,cat") == true)
    #expect(folder.text("failed-shipping_categories-1.csv")?.split(separator: "\n").count == 1)
    #expect(service.requests.count { $0 == "POST /api/imports" } == 2)
  }

  @Test func aRejectedRowInOneFileSendsNothingOfAny() async throws {
    let service = try await Service()
    let folder = try Folder([
      "skus.csv": skus, "tags.csv": "nmae\nx\n", "bad_tags.csv": "name,name_x\n",
    ])
    let outcome = try await Program.run(
      "run", "\(folder.path)/skus.csv", "\(folder.path)/tags.csv",
      environment: service.environment())
    let json = try await Program.run(
      "run", "\(folder.path)/skus.csv", "\(folder.path)/tags.csv", "--json",
      environment: service.environment())
    await service.stop()
    #expect(outcome.status == 65, "\(outcome.err)")
    #expect(json.status == 65)
    #expect(!service.requests.contains("POST /api/imports"))
  }

  @Test func jsonOfSeveralFilesIsOneDocument() async throws {
    let folder = try Folder(["skus.csv": skus, "tags.csv": tags])
    let outcome = try await Program.run(
      "run", "\(folder.path)/tags.csv", "\(folder.path)/skus.csv", "--json", "--sandbox",
      "--skip-errors")
    #expect(outcome.status == 1, "\(outcome.err)")
    let files = try #require(outcome.json?["files"]?.array, "\(outcome.out)")
    #expect(files.count == 2)
    #expect(files.map { $0["totals"]?["rows"] } == [2, 3])
    #expect(files[1]["rows"]?.array?.first?["key"] == "B")
    #expect(outcome.json?["totals"]?["failed"] == 1)
    #expect(outcome.json?["totals"]?["succeeded"] == 4)
    let plan = try await Program.run(
      "plan", "\(folder.path)/tags.csv", "\(folder.path)/skus.csv", "--json")
    #expect(plan.status == 0, "\(plan.err)")
    #expect(plan.json?["files"]?.array?.map { $0["plan"]?["type"] } == ["tags", "skus"])
  }

  @Test func eventsAreLines() async throws {
    let folder = try Folder(["skus.csv": skus + "A,again,cat\n"])
    let outcome = try await Program.run(
      "run", "\(folder.path)/skus.csv", "--output", "ndjson", "--sandbox", "--skip-errors")
    #expect(outcome.status == 1, "\(outcome.err)")
    let events = try outcome.out.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    let names = events.compactMap { $0["event"]?.string }
    #expect(names.count == events.count)
    #expect(names.first == "planned" && names.last == "finished")
    for name in ["created", "progress", "row"] { #expect(names.contains(name), "\(names)") }
    let row = try #require(events.first { $0["event"] == "row" })
    #expect(row["outcome"] == "failed" && row["line"] == 3 && row["key"] == "B")
    #expect(events.last?["ending"] == "done")
    #expect(events.last?["totals"]?["failed"] == 1)
    let both = try await Program.run(
      "run", "\(folder.path)/skus.csv", "--output", "ndjson", "--json")
    #expect(both.status == 64)
  }

  @Test func planTellsTheSameEvents() async throws {
    let folder = try Folder(["skus.csv": "code,name,shipping_category_id\nA,a,c\n,b,c\n"])
    let outcome = try await Program.run("plan", "\(folder.path)/skus.csv", "--output", "ndjson")
    #expect(outcome.status == 65, "\(outcome.err)")
    let events = try outcome.out.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    #expect(events.map { $0["event"]?.string } == ["row", "planned", "finished"])
    #expect(events.first?["line"] == 3 && events.first?["outcome"] == "rejected")
    #expect(events[1]["plan"]?["accepted"] == 1)
    #expect(events.last?["totals"]?["rejected"] == 1)
  }

  @Test func theTrialStopsBeforeTheRest() async throws {
    let service = try await Service()
    let folder = try Folder(["skus.csv": skus])
    let outcome = try await Program.run(
      "run", "\(folder.path)/skus.csv", "--trial", "2", environment: service.environment())
    #expect(outcome.status == 1, "\(outcome.err)")
    #expect(outcome.err.contains("error: stopped after the trial"), "\(outcome.err)")
    #expect(outcome.out.contains("not sent: the trial failed"), "\(outcome.out)")
    #expect(service.requests.count { $0 == "POST /api/imports" } == 1)
    let good = try Folder(["skus.csv": "code,name,shipping_category_id\nX,x,c\nY,y,c\nZ,z,c\n"])
    let passed = try await Program.run(
      "run", "\(good.path)/skus.csv", "--trial", "2", environment: service.environment())
    await service.stop()
    #expect(passed.status == 0, "\(passed.err)")
    let wrong = try await Program.run("run", "\(good.path)/skus.csv", "--trial", "0")
    #expect(wrong.status == 64 && wrong.err.contains("--trial is at least 1"))
  }

  @Test func helpSaysWhatEmptyCellsDo() async throws {
    let help = try await Program.run("run", "--help")
    let text = help.out.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(text.contains("An empty cell leaves its attribute alone."))
    #expect(text.contains("--null NULL"))
    #expect(text.contains("failed.csv becomes failed-skus.csv"))
    for option in ["--trial", "--max-failed", "--yes", "--output"] {
      #expect(text.contains(option))
    }
  }
}
