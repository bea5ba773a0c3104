import Foundation
import Spec
import Testing

@testable import GeneratorCore

/// Files are written only when their bytes change, and only generated files are removed.
@Suite struct OutputTests {
  @Test func writesOnlyWhatChanged() throws {
    try withFolder { folder in
      let output = OutputFolder(folder)
      let spec = try SpecFolder(
        resources: [resource(), resource("others", singular: "other")], service: service())
      let first = try output.update(to: Generator.files(for: spec))
      #expect(
        first.written == [
          "others.generated.swift", "things.generated.swift", "service.generated.swift",
        ])
      let old = Date(timeIntervalSince1970: 1_000_000)
      for name in first.written {
        try FileManager.default.setAttributes(
          [.modificationDate: old], ofItemAtPath: folder.appending(path: name).path)
      }
      var edited = spec
      edited.resources[0].attributes["a"] = AttributeSpec(type: .string)
      let second = try output.update(to: Generator.files(for: edited))
      #expect(second.written == ["things.generated.swift"])
      #expect(second.unchanged == 2)
      let untouched = try FileManager.default.attributesOfItem(
        atPath: folder.appending(path: "others.generated.swift").path)
      #expect(untouched[.modificationDate] as? Date == old)
    }
  }

  @Test func prunesOnlyWhatItOnceWrote() throws {
    try withFolder { folder in
      let output = OutputFolder(folder)
      let service = try service()
      let both = try SpecFolder(
        resources: [resource(), resource("others", singular: "other")], service: service)
      _ = try output.update(to: Generator.files(for: both))
      let own = folder.appending(path: "Mine.swift")
      try Data("// mine\n".utf8).write(to: own)
      let one = try SpecFolder(resources: [resource()], service: service)
      let changes = try output.update(to: Generator.files(for: one))
      #expect(changes.pruned == ["others.generated.swift"])
      #expect(FileManager.default.fileExists(atPath: own.path))
    }
  }

  @Test func doesNotOverwriteWhatItDidNotWrite() throws {
    try withFolder { folder in
      try Data("// mine\n".utf8).write(to: folder.appending(path: "things.generated.swift"))
      let spec = try SpecFolder(
        resources: [resource(), resource("others", singular: "other")], service: service())
      #expect(throws: OutputError.self) {
        try OutputFolder(folder).update(to: Generator.files(for: spec))
      }
      let present = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(present == ["things.generated.swift"], "others come first and are not written either")
    }
  }

  @Test func theCommandReadsFilesOrAFolder() throws {
    try withFolder { folder in
      let spec = folder.appending(path: "Spec")
      let resources = spec.appending(path: "resources")
      try FileManager.default.createDirectory(at: resources, withIntermediateDirectories: true)
      let file = resources.appending(path: "things.json")
      try Data(try resource().tree().canonicalText.utf8).write(to: file)
      let facts = spec.appending(path: "service.json")
      try Data(try service().tree().canonicalText.utf8).write(to: facts)
      let a = folder.appending(path: "A")
      let b = folder.appending(path: "B")
      let said = try GenerateCommand(["--output", a.path, "--spec", spec.path]).run()
      #expect(said == ["A: wrote 2, left 0 as they were"])
      _ = try GenerateCommand(["--output", b.path, "--service", facts.path, file.path]).run()
      for name in ["things.generated.swift", "service.generated.swift"] {
        #expect(
          try Data(contentsOf: a.appending(path: name))
            == Data(contentsOf: b.appending(path: name)))
      }
      let quiet = try GenerateCommand(["--quiet", "--output", a.path, "--spec", spec.path]).run()
      #expect(quiet.isEmpty)
    }
  }

  @Test func staleCorrectionsAreWarnings() throws {
    try withFolder { folder in
      let spec = folder.appending(path: "Spec")
      for name in ["resources", "corrections"] {
        try FileManager.default.createDirectory(
          at: spec.appending(path: name), withIntermediateDirectories: true)
      }
      try Data(try resource().tree().canonicalText.utf8)
        .write(to: spec.appending(path: "resources/things.json"))
      try Data(try service().tree().canonicalText.utf8)
        .write(to: spec.appending(path: "service.json"))
      try Data(
        """
        {"resource": "things", "corrections": [{"path": "/singular", "value": "thing",
          "reason": "r", "source": "s"}]}
        """.utf8
      ).write(to: spec.appending(path: "corrections/things.json"))
      let said = try GenerateCommand(
        ["--quiet", "--output", folder.appending(path: "A").path, "--spec", spec.path]
      ).run()
      #expect(said.count == 1)
      #expect(said.first?.hasPrefix("things.json: warning: at /singular") == true)
    }
  }

  @Test func wrongArgumentsAreExplained() {
    func message(_ arguments: String...) -> String? {
      #expect(throws: UsageError.self) { try GenerateCommand(arguments) }?.description
    }
    #expect(message() == "--output is missing")
    #expect(message("--output") == "--output needs a path")
    #expect(message("--output", "x") == "--spec or --service is missing")
    #expect(message("--output", "x", "--wat") == "unknown option --wat")
    #expect(
      message("--output", "x", "--spec", "y", "z.json")
        == "--spec and single files exclude each other")
  }

  private func withFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "generator-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }
}
