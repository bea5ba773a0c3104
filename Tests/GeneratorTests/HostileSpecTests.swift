import Foundation
import Spec
import Testing

@testable import GeneratorCore

/// A spec made of hostile text in every position either is refused or becomes code that parses and
/// has the declarations of a harmless one.
@Suite struct HostileSpecTests {
  @Test(arguments: hostileTexts) func declarationsAreThoseOfAHarmlessSpec(text: String) throws {
    let harmless = try skeleton(spec("harmless"))
    #expect(try skeleton(spec(text)) == harmless)
  }

  @Test func outputParses() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "hostile-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try hostileTexts.enumerated().map { index, text in
      Generator.File(
        name: "hostile\(index).swift",
        text: Generator.header + "\n" + ResourcePrinter.print(try plan(spec(text))))
    }
    _ = try OutputFolder(folder).update(to: files)
    let compiler = Process()
    compiler.executableURL = URL(filePath: "/usr/bin/env")
    compiler.arguments =
      ["swiftc", "-frontend", "-parse", "-swift-version", "6"]
      + files.map { folder.appending(path: $0.name).path }
    let pipe = Pipe()
    compiler.standardError = pipe
    try compiler.run()
    let said = pipe.fileHandleForReading.readDataToEndOfFile()
    compiler.waitUntilExit()
    #expect(
      compiler.terminationStatus == 0, "\(String(decoding: said.prefix(2_000), as: UTF8.self))")
    #expect(said.isEmpty)
  }

  /// Every text of a spec replaced, names included, as no validated spec could be.
  private func spec(_ text: String) -> ResourceSpec {
    let other = text + "2"
    return ResourceSpec(
      resource: "things", singular: text,
      operations: [
        .create: OperationSpec(method: text, path: text, success: 201),
        .update: OperationSpec(method: text, path: text, success: 200),
      ],
      attributes: [
        text: AttributeSpec(
          type: .string, create: .conditional, update: .required, condition: text, filter: true,
          sort: true, values: [text, other]),
        other: AttributeSpec(type: .boolean, update: .optional, trigger: true),
      ],
      relationships: [
        text + "3": RelationshipSpec(
          cardinality: .one, resource: text, create: .conditional, condition: text, filter: true,
          include: true)
      ],
      lifecycle: LifecycleSpec(attribute: text, terminal: [text], progress: [text]))
  }

  private func plan(_ spec: ResourceSpec) throws -> ResourcePlan {
    try #require(try Generator.plans(for: [spec]).first)
  }

  /// What each line begins with, up to the first name that the spec decides.
  private func skeleton(_ spec: ResourceSpec) throws -> [String] {
    ResourcePrinter.print(try plan(spec)).split(separator: "\n")
      .map { $0.drop { $0 == " " } }
      .filter { !$0.hasPrefix("///") }
      .compactMap { line in
        let words = line.split(separator: " ")
        let heads = ["struct", "protocol", "extension", "var", "func", "let"]
        guard let head = words.prefix(3).first(where: { heads.contains(String($0)) }) else {
          return nil
        }
        return String(head)
      }
  }
}
