import Foundation
import Spec
import Testing

/// The hand-written list of removed members: what is wrong with it is said with its place.
@Suite struct RemovedMemberDataTests {
  private func load(_ removed: String) throws -> SpecFolder {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "removed-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let repository = URL(filePath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Spec")
    for name in ["resources", "corrections"] {
      try FileManager.default.createDirectory(
        at: folder.appending(path: name), withIntermediateDirectories: true)
    }
    try FileManager.default.copyItem(
      at: repository.appending(path: "service.json"), to: folder.appending(path: "service.json"))
    let gadgets = """
      {"resource": "gadgets", "singular": "gadget", "operations": {},
       "attributes": {"mass": {"type": "float"},
                      "state": {"type": "string", "values": ["idle", "in/out"]}},
       "relationships": {}}
      """
    try Data(gadgets.utf8).write(to: folder.appending(path: "resources/gadgets.json"))
    try Data(#"{"corrections": [], "removed": [\#(removed)]}"#.utf8)
      .write(to: folder.appending(path: "corrections/removed.json"))
    return try SpecFolder.load(folder)
  }

  @Test func aMemberThatIsGoneIsKept() throws {
    let folder = try load(
      """
      {"resource": "gadgets", "path": "/attributes/weight", "since": "1.2.0",
       "renamed_to": "mass"}
      """)
    #expect(folder.removed.map(\.wire) == ["weight"] && folder.staleCorrections.isEmpty)
  }

  @Test(arguments: [
    (
      #""resource": "gadgets", "path": "/attributes/mass", "since": "1.2.0", "type": "float""#,
      "is in the spec"
    ),
    (
      #""resource": "gizmos", "path": "/attributes/x", "since": "1.2.0", "type": "float""#,
      "no resource 'gizmos'"
    ),
    (#""resource": "gadgets", "path": "/attributes/x", "since": "1.2.0""#, "needs its type"),
    (
      #""resource": "gadgets", "path": "/attributes/x", "since": "1.2.0", "renamed_to": "y""#,
      "has no 'y'"
    ),
    (
      #""resource": "gadgets", "path": "/attributes/x", "since": "1.2.0", "type": "float", "renamed_to": "mass""#,
      "delete them, or 'renamed_to'"
    ),
    (
      #""resource": "gadgets", "path": "/attributes/x", "since": "1.2.0", "type": "float", "after": "y""#,
      "has no 'y' for the argument to stand after"
    ),
    (
      #""resource": "gadgets", "path": "/relationships/x", "since": "1.2.0", "type": "float""#,
      "'type' belongs to a removed attribute"
    ),
    (
      #""resource": "gadgets", "path": "/attributes/state/values/idle", "since": "1.2.0""#,
      "is a value of 'state' in the spec"
    ),
    (
      #""resource": "gadgets", "path": "/attributes/state/values/in~1out", "since": "1.2.0""#,
      "'in/out' is a value"
    ),
    (
      #""resource": "gadgets", "path": "/attributes/state/values/x", "since": "1.2.0", "renamed_to": "y""#,
      "has no value 'y'"
    ),
    (
      #""resource": "gadgets", "path": "/attributes/mass/values/x", "since": "1.2.0""#,
      "does not list values"
    ),
    (
      #""resource": "gadgets", "path": "/attributes/state/values/", "since": "1.2.0""#,
      "/values/VALUE"
    ),
    (#""resource": "gadgets", "path": "", "since": "1.2.0", "singular": "x""#, "is in the spec"),
    (
      #""resource": "gizmos", "path": "", "since": "1.2.0""#,
      "needs its wire name and its 'singular'"
    ),
    (
      #""resource": "gizmos", "path": "", "since": "1.2.0", "singular": "gizmo", "renamed_to": "y""#,
      "no resource 'y' to stand for it"
    ),
    (
      #""resource": "gadgets", "path": "/attributes/x", "since": "next", "type": "float""#,
      "not a version"
    ),
    (
      #""resource": "gadgets", "path": "/attributes/x\"y", "since": "1.2.0", "type": "float""#,
      "/attributes/NAME"
    ),
    (
      #""resource": "gadgets", "path": "/operations/list", "since": "1.2.0", "type": "float""#,
      "/attributes/NAME"
    ),
  ]) func whatIsWrongIsTold(entry: String, message: String) throws {
    let folder = try load("{\(entry)}")
    #expect(folder.removed.isEmpty)
    let told = try #require(folder.staleCorrections.first)
    #expect(told.file == "removed.json" && told.pointer == "/removed/0")
    #expect(told.message.contains(message), "\(told)")
  }

  @Test func anEntryThatIsListedTwiceIsTold() throws {
    let entry =
      #"{"resource": "gadgets", "path": "/attributes/x", "since": "1.2.0", "type": "float"}"#
    let folder = try load("\(entry), \(entry)")
    #expect(folder.removed.count == 1)
    #expect(folder.staleCorrections.map(\.pointer) == ["/removed/1"])
    #expect(folder.staleCorrections.first?.message.contains("listed twice") == true)
  }

  @Test func aMisspelledPropertyIsAnError() throws {
    let error = #expect(throws: SpecError.self) {
      try load(
        #"{"resource": "gadgets", "path": "/attributes/x", "since": "1.2.0", "rename_to": "mass"}"#)
    }
    #expect(error?.file == "removed.json")
    #expect(error?.description.contains("'rename_to' is not a property") == true, "\(error as Any)")
    #expect(error?.description.contains("renamed_to") == true)
  }

  @Test func aMemberIsKeptForOneMinorVersion() throws {
    let member = RemovedMember(
      resource: "a", path: "/attributes/b", since: "1.2.0", type: .string)
    func isOver(_ version: String) throws -> Bool {
      member.isOver(in: try #require(PackageVersion(version)))
    }
    for version in ["1.1.9", "1.2.0", "1.2.7"] { #expect(try !isOver(version)) }
    for version in ["1.3.0", "2.0.0", "1.10.0"] { #expect(try isOver(version)) }
    #expect(PackageVersion("1.2") == nil && PackageVersion("1.2.x") == nil)
    #expect(PackageVersion(changelog: "# Changelog\n\n## Unreleased\n") == nil)
    #expect(
      PackageVersion(changelog: "## Unreleased\n\n## [1.4.2] - 2026-01-01\n\n## 1.4.1\n")
        == PackageVersion("1.4.2"))
  }
}
