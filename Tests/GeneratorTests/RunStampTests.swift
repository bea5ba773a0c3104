import Foundation
import Spec
import Testing

@testable import GeneratorCore

/// A run whose stamp is the last one's does nothing; whatever has changed since makes it a full one.
@Suite struct RunStampTests {
  @Test func theSameInputsDoNothing() throws {
    try withSpec { place in
      #expect(try place.run() == ["Out: wrote 2, left 0 as they were"])
      let before = try place.outputs()
      #expect(place.isStamped)
      #expect(try place.run() == ["Out: wrote 0, left 2 as they were"])
      #expect(try place.outputs() == before)
    }
  }

  /// Without this, the test above could not fail.
  @Test func aStampThatHoldsIsBelieved() throws {
    try withSpec { place in
      try Data("not JSON".utf8).write(to: place.resource)
      #expect(throws: SpecError.self) { try place.run() }
      try FileManager.default.createDirectory(at: place.output, withIntermediateDirectories: true)
      try place.rightStamp(of: place.tool).record(in: place.stamp)
      #expect(try place.run() == ["Out: wrote 0, left 2 as they were"])
    }
  }

  @Test func anEditedOutputIsRewritten() throws {
    try withSpec { place in
      _ = try place.run()
      let right = try Data(contentsOf: place.things)
      var wrong = right
      wrong[wrong.count - 2] ^= 1
      try wrong.write(to: place.things)
      #expect(try place.run() == ["Out: wrote 1, left 1 as they were"])
      #expect(try Data(contentsOf: place.things) == right)
    }
  }

  @Test func anOutputEditedWithItsOldTimeIsRewritten() throws {
    try withSpec { place in
      _ = try place.run()
      let right = try Data(contentsOf: place.things)
      let attributes = try FileManager.default.attributesOfItem(atPath: place.things.path)
      try Data(right.reversed()).write(to: place.things)
      try FileManager.default.setAttributes(
        [.modificationDate: try #require(attributes[.modificationDate])],
        ofItemAtPath: place.things.path)
      // It has lost its header, too, so that it is not taken for a generated one.
      #expect(throws: OutputError.self) { try place.run() }
    }
  }

  @Test func aRemovedOutputComesBack() throws {
    try withSpec { place in
      _ = try place.run()
      try FileManager.default.removeItem(at: place.things)
      #expect(try place.run() == ["Out: wrote 1, left 1 as they were"])
    }
  }

  @Test func aGeneratedFileTooManyGoes() throws {
    try withSpec { place in
      _ = try place.run()
      try Data("\(Generator.header)gone.json".utf8)
        .write(to: place.output.appending(path: "gone.generated.swift"))
      #expect(try place.run() == ["Out: wrote 0, removed 1, left 2 as they were"])
    }
  }

  @Test(arguments: [("alpha", "omega"), ("alpha", "alphabet")])
  func aChangedInputIsRead(from old: String, to new: String) throws {
    try withSpec(attribute: old) { place in
      _ = try place.run()
      try place.write(attribute: new)
      #expect(try place.run() == ["Out: wrote 1, left 1 as they were"])
      let text = try String(contentsOf: place.things, encoding: .utf8)
      #expect(text.contains("\"\(new)\""))
    }
  }

  @Test func anotherToolRunsInFull() throws {
    try withSpec { place in
      _ = try place.run()
      let other = ToolIdentity("that build")
      #expect(try !place.rightStamp(of: other).isRecorded(in: place.stamp))
      #expect(try place.run(as: other) == ["Out: wrote 0, left 2 as they were"])
      // Only a full run writes a stamp.
      #expect(try place.rightStamp(of: other).isRecorded(in: place.stamp))
    }
  }

  @Test func aToolThatDoesNotKnowItselfLeavesNoStamp() throws {
    try withSpec { place in
      _ = try place.run(as: nil)
      #expect(!place.isStamped)
    }
  }

  @Test(arguments: ["", "cl-generate stamp 1\n", "cl-generate stamp 1\nresource 99999999999 9\n"])
  func aDamagedStampIsIgnoredAndMended(_ text: String) throws {
    try withSpec { place in
      _ = try place.run()
      try Data(text.utf8).write(to: place.stamp)
      try FileManager.default.removeItem(at: place.things)
      #expect(try place.run() == ["Out: wrote 1, left 1 as they were"])
      // Not the stamp of the first run: the file that was written again has other times.
      #expect(try place.rightStamp(of: place.tool).isRecorded(in: place.stamp))
      var flipped = try Data(contentsOf: place.stamp)
      flipped[flipped.count / 2] ^= 0x20
      try flipped.write(to: place.stamp)
      #expect(try place.run() == ["Out: wrote 0, left 2 as they were"])
      #expect(try place.rightStamp(of: place.tool).isRecorded(in: place.stamp))
    }
  }

  @Test func whatIsNoStampIsLeftAlone() throws {
    try withSpec { place in
      let mine = Data("// mine\n".utf8)
      try mine.write(to: place.stamp)
      #expect(try place.run() == ["Out: wrote 2, left 0 as they were"])
      #expect(try Data(contentsOf: place.stamp) == mine)
      try FileManager.default.removeItem(at: place.stamp)
      let precious = place.folder.appending(path: "precious")
      try mine.write(to: precious)
      try FileManager.default.createSymbolicLink(at: place.stamp, withDestinationURL: precious)
      #expect(try place.run() == ["Out: wrote 0, left 2 as they were"])
      #expect(try Data(contentsOf: precious) == mine)
      try FileManager.default.removeItem(at: place.stamp)
      try FileManager.default.createDirectory(at: place.stamp, withIntermediateDirectories: true)
      #expect(try place.run() == ["Out: wrote 0, left 2 as they were"])
      #expect(place.isStamped)
    }
  }

  @Test func warningsAreSaidAgain() throws {
    try withSpec { place in
      try place.writeStaleCorrection()
      let first = try place.run()
      #expect(first.count == 2)
      #expect(try place.run().first == first.first)
      #expect(!place.isStamped)
    }
  }

  @Test func aRunThatFailsLeavesNoStamp() throws {
    try withSpec { place in
      _ = try place.run()
      try place.spoilSpec()
      #expect(throws: SpecError.self) { try place.run() }
      #expect(!place.isStamped)
    }
  }

  @Test func theToolKnowsItself() throws {
    let tool = try #require(ToolIdentity.current)
    #expect(tool == ToolIdentity.current)
  }
}

/// A spec of one resource, with a place for its outputs and its stamp.
private struct Place {
  let folder: URL
  let tool = ToolIdentity("this build")

  var spec: URL { folder.appending(path: "Spec") }
  var resource: URL { spec.appending(path: "resources/things.json") }
  var output: URL { folder.appending(path: "Out") }
  var things: URL { output.appending(path: "things.generated.swift") }
  var stamp: URL { folder.appending(path: "stamp") }
  var isStamped: Bool { FileManager.default.fileExists(atPath: stamp.path) }
  var sources: SpecSources {
    SpecSources(
      service: spec.appending(path: "service.json"), profile: nil, traits: nil, corrections: [],
      descriptions: [],
      resources: [resource])
  }

  func run() throws -> [String] { try run(as: tool) }

  func run(as tool: ToolIdentity?) throws -> [String] {
    try GenerateCommand([
      "--output", output.path, "--spec", spec.path, "--stamp", stamp.path,
    ]).run(as: tool)
  }

  /// The stamp of what is there now.
  func rightStamp(of tool: ToolIdentity) throws -> RunStamp {
    let inputs = try #require(
      RunStamp.Inputs(
        sources, tool: tool,
        options: "module client client false one-file false only []"))
    return try #require(RunStamp(inputs, output: output))
  }

  func outputs() throws -> [String: FileStatus] {
    var found: [String: FileStatus] = [:]
    for name in try FileManager.default.contentsOfDirectory(atPath: output.path) {
      found[name] = FileStatus(
        at: output.appending(path: name).path, followingLinks: false)
    }
    return found
  }

  func write(attribute: String) throws {
    let spec = try GeneratorTests.resource(attributes: #"{"\#(attribute)": {"type": "string"}}"#)
    try Data(try spec.tree().canonicalText.utf8).write(to: resource)
  }

  /// Makes any run fail that reads the spec.
  func spoilSpec() throws { try Data("not JSON".utf8).write(to: resource) }

  func writeStaleCorrection() throws {
    let corrections = spec.appending(path: "corrections")
    try FileManager.default.createDirectory(at: corrections, withIntermediateDirectories: true)
    try Data(
      """
      {"resource": "things", "corrections": [{"path": "/singular", "value": "thing",
        "reason": "r", "source": "s"}]}
      """.utf8
    ).write(to: corrections.appending(path: "things.json"))
  }
}

private func withSpec(attribute: String = "alpha", _ body: (Place) throws -> Void) throws {
  let folder = FileManager.default.temporaryDirectory
    .appending(path: "stamp-tests-\(UUID().uuidString)")
  let place = Place(folder: folder)
  try FileManager.default.createDirectory(
    at: place.spec.appending(path: "resources"), withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  try place.write(attribute: attribute)
  try Data(try service().tree().canonicalText.utf8)
    .write(to: place.spec.appending(path: "service.json"))
  try body(place)
}
