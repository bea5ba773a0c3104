import CommerceLayerRuntime
import CommerceLayerTransportLaws
import Foundation
import Testing

// One at a time: several of them move as many bytes as they can.
@Suite(.serialized) struct LawTests {
  @Test(arguments: Subjects.all, TransportLaw.all)
  func everyTransportKeepsEveryLaw(_ subject: TransportSubject, _ law: TransportLaw) async throws {
    // Other suites may hold both cores for a while. What is known to stand still is not waited for.
    let isExcepted = subject.exceptions[law.name] != nil
    try await checkTransport(subject, law, limit: isExcepted ? .seconds(30) : .seconds(300))
  }

  @Test func everyExceptionNamesALaw() {
    let names = Set(TransportLaw.all.map(\.name))
    #expect(names.count == TransportLaw.all.count)
    for subject in Subjects.all {
      for name in subject.exceptions.keys { #expect(names.contains(name), "\(name)") }
    }
  }

  #if canImport(FoundationNetworking)
    /// When one of these fails, Foundation has been mended and the exception can go.
    @Test func whatEndsTheProcessStillDoes() async throws {
      await #expect(processExitsWith: .failure) {
        try await Subjects.checkFatal("dropsTrailers")
      }
      await #expect(processExitsWith: .failure) {
        try await Subjects.checkFatal("anEndAmidTheHeadIsBroken")
      }
    }
  #endif

  /// `docs/transports.md` has a row for every law, in their order, and says of each transport whether
  /// it keeps it, or why not.
  @Test func theTableSaysTheSame() throws {
    let page = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/transports.md"), encoding: .utf8)
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { row in
      row.split(separator: "|", omittingEmptySubsequences: true)
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
    #expect(rows.map { $0[0] } == TransportLaw.all.map { "`\($0.name)`" })
    for (row, law) in zip(rows, TransportLaw.all) {
      try #require(row.count == 2 + Subjects.all.count, "\(law)")
      for (cell, subject) in zip(row.dropFirst(2), Subjects.all) {
        let expected =
          if !subject.isSubject(to: law) { "–" } else {
            subject.exceptions[law.name].map { "no: \($0.reason)" } ?? "yes"
          }
        #expect(cell == expected, "\(law), \(subject)")
      }
    }
  }
}
