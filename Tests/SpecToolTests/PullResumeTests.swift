import Foundation
import Pulling
import Testing

/// After an interruption.
extension PullTests {
  @Test func aRunThatStoppedGoesOnWhereItWas() async throws {
    let site = try await site(Self.two)
    site["/api/gadgets/delete.md"] = [
      .status(429, ["Retry-After": "3600"]), .page(Gadgets.delete),
    ]
    let pull = try Pull()
    #expect(try await pull.run(site.origin + "/api").stopped != nil)
    site.forgetRequests()
    let again = try await pull.run(site.origin + "/api", now: 1_000_600)
    #expect(site.requests == ["/api/sitemap.xml", "/api/gadgets/delete.md"])
    #expect(again.outcomes == ["gadgets/create.md": .new, "gadgets/delete.md": .new])
    #expect(again.resumed == 1 && again.stopped == nil)
    try await site.stop()
  }

  @Test func aRunThatStoppedLongAgoBeginsAnew() async throws {
    let site = try await site(Self.two)
    site["/api/gadgets/delete.md"] = [
      .status(429, ["Retry-After": "3600"]), .page(Gadgets.delete),
    ]
    let pull = try Pull()
    _ = try await pull.run(site.origin + "/api")
    let again = try await pull.run(site.origin + "/api", now: 1_000_000 + 90_000)
    #expect(again.resumed == 0 && again.outcomes["gadgets/create.md"] == .unchanged)
    try await site.stop()
  }

  @Test func aFolderBelongsToOneSite() async throws {
    let site = try await site(Self.two)
    let pull = try Pull()
    _ = try await pull.run(site.origin + "/api")
    await #expect(throws: PullFailure.self) { try await pull.run(site.origin + "/other") }
    try await site.stop()
  }

  @Test func twoPullsIntoOneFolderAreKeptApart() async throws {
    let site = try await site(Self.two)
    let pull = try Pull()
    _ = try await pull.run(site.origin + "/api")
    let other = open(pull.folder.appending(path: ".pull/lock").path, O_RDWR)
    #expect(flock(other, LOCK_EX | LOCK_NB) == 0, "a pull that has ended lets go")
    do {
      _ = try await pull.run(site.origin + "/api")
      Issue.record("the folder is another's")
    } catch let failure as PullFailure {
      #expect(failure.kind == .temporary)
    }
    close(other)
    #expect(try await pull.run(site.origin + "/api").outcomes.count == 2)
    try await site.stop()
  }
}
