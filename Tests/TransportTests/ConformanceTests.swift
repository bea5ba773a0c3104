import CommerceLayerRuntime
import CommerceLayerTransportConformance
import Foundation
import Testing

// One at a time: several of them move as many bytes as they can.
@Suite(.serialized) struct ConformanceTests {
  @Test(arguments: Subjects.all, TransportRequirement.all)
  func everyTransportMeetsEveryRequirement(
    _ subject: TransportSubject, _ requirement: TransportRequirement
  ) async throws {
    // Other suites may hold both cores for a while. What is known to stand still is not waited for.
    let isExcepted = subject.exceptions[requirement.name] != nil
    try await checkTransport(subject, requirement, limit: isExcepted ? .seconds(30) : .seconds(300))
  }

  @Test func everyExceptionNamesARequirement() {
    let names = Set(TransportRequirement.all.map(\.name))
    #expect(names.count == TransportRequirement.all.count)
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

  /// `docs/transports.md` has a row for every requirement, in their order, and says of each transport whether
  /// it meets it, or why not.
  @Test func theTableSaysTheSame() throws {
    let page = try String(
      contentsOf: URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../docs/transports.md"), encoding: .utf8)
    let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { row in
      row.split(separator: "|", omittingEmptySubsequences: true)
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
    #expect(rows.map { $0[0] } == TransportRequirement.all.map { "`\($0.name)`" })
    for (row, requirement) in zip(rows, TransportRequirement.all) {
      try #require(row.count == 2 + Subjects.all.count, "\(requirement)")
      for (cell, subject) in zip(row.dropFirst(2), Subjects.all) {
        let expected =
          if !subject.isSubject(to: requirement) { "–" } else {
            subject.exceptions[requirement.name].map { "no: \($0.reason)" } ?? "yes"
          }
        #expect(cell == expected, "\(requirement), \(subject)")
      }
    }
  }
}
