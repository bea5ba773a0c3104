import Foundation
import Spec
import Testing

@testable import GeneratorCore

/// A spec with hostile text in any one place either is rejected, with the file and the place, or
/// becomes code that declares what it would with harmless text there, and whose literals are that
/// text.
@Suite struct HostileSpecTests {
  /// Stands where the hostile text will: what the generator makes of it is the measure.
  static let harmless = "harmless_text"

  static let positions: [Position] = {
    let files = (try? BenignSpec.files()) ?? [:]
    return files.sorted { $0.key < $1.key }.flatMap { Position.all(in: $1, of: $0) }
  }()

  @Test func everyKindOfPlaceIsTried() {
    #expect(Self.positions.count > 200)
    #expect(Set(Self.positions.map(\.file)).count == 5)
    #expect(Set(hostileTexts).count > 150)
  }

  @Test(arguments: positions) func refusedOrHarmless(position: Position) throws {
    let disk = try SpecOnDisk()
    let files = try BenignSpec.files()
    let tree = try #require(files[position.file])
    func outcome(_ text: String) throws -> Result<[Sample], SpecError> {
      var changed = files
      changed[position.file] = position.replacing(in: tree, with: text)
      do {
        return .success(try disk.generate(changed).files.map { Sample($0.text) })
      } catch let error as SpecError {
        return .failure(error)
      }
    }
    let measure = try outcome(Self.harmless)
    let reachesCode = (try? measure.get())?.contains { $0.contains(Self.harmless) } ?? false
    for text in Self.texts(for: position, ifOpen: reachesCode) {
      switch (try outcome(text), measure) {
      case (.failure(let error), _):
        expect(error, locates: position, text)
      case (.success(let samples), .success(let harmless)):
        for problem in Sample.problems(in: samples, measuredBy: harmless, Self.harmless, text) {
          Issue.record("\(position.testDescription) = \(text.debugDescription): \(problem)")
        }
      case (.success, .failure(let error)):
        Issue.record("\(text.debugDescription) is accepted where harmless text is not: \(error)")
      }
    }
  }

  /// Every text of a resource at once, as no validated spec could hold it: the printer does not rely
  /// on the validator.
  @Test(arguments: hostileTexts) func pastTheValidator(text: String) throws {
    let tree = try #require(try BenignSpec.files()["resources/gadgets.json"])
    func samples(_ text: String) throws -> [Sample] {
      let predicates = try Self.predicates(text)
      let spec = try Self.unvalidated(tree, text, predicates)
      return try Generator.plans(for: [spec], predicates: predicates)
        .map { Sample(ResourcePrinter.print($0)) }
    }
    let problems = Sample.problems(
      in: try samples(text), measuredBy: try samples(Self.harmless), Self.harmless, text)
    #expect(problems == [])
  }

  /// The resource with a text of its own in every place whose type is not decided by the schema of
  /// the spec; the resource's name stays, since it names a file.
  private static func unvalidated(
    _ tree: JSONTree, _ base: String, _ predicates: [ServiceSpec.Predicate]
  ) throws -> ResourceSpec {
    var spec = try ResourceSpec(validating: tree, file: "gadgets.json")
    var count = 0
    func next() -> String {
      count += 1
      return base + String(count + 100)
    }
    spec.singular = next()
    spec.operations = spec.operations.mapValues {
      OperationSpec(method: $0.method + base, path: $0.path + base, success: $0.success)
    }
    var attributes: [String: AttributeSpec] = [:]
    for (name, value) in spec.attributes.sorted(by: { $0.key < $1.key }) {
      var changed = value
      changed.values = value.values?.map { _ in next() }
      changed.createCondition = value.createCondition.map { _ in ConditionSpec(text: next()) }
      changed.predicates = value.predicates.map { _ in predicates.map(\.name) }
      attributes[name == "id" ? name : next()] = changed
    }
    spec.attributes = attributes
    var relationships: [String: RelationshipSpec] = [:]
    for (_, value) in spec.relationships.sorted(by: { $0.key < $1.key }) {
      var changed = value
      changed.resource = value.resource.map { _ in next() }
      changed.targets = value.targets?.map { _ in next() }
      changed.createCondition = value.createCondition.map { _ in ConditionSpec(text: next()) }
      relationships[next()] = changed
    }
    spec.relationships = relationships
    spec.lifecycle = LifecycleSpec(attribute: next(), terminal: [next()], progress: [next()])
    return spec
  }

  /// The predicates of the service, the name of each a text of its own.
  private static func predicates(_ base: String) throws -> [ServiceSpec.Predicate] {
    let tree = try #require(try BenignSpec.files()["service.json"])
    return try ServiceSpec(validating: tree, file: "service.json").predicates.enumerated()
      .map { index, predicate in
        var changed = predicate
        changed.name = base + String(index + 500)
        return changed
      }
  }

  /// All texts where text of the spec reaches the code; where none does, as from the reason of a
  /// correction, or none is taken, as for a number, some, other ones in each place.
  private static func texts(for position: Position, ifOpen isOpen: Bool) -> [String] {
    guard !isOpen else { return hostileTexts }
    let stride = 16
    let start = position.pointer.utf8.reduce(0) { $0 &+ Int($1) } % stride
    return hostileTexts.enumerated().filter { $0.offset % stride == start }.map(\.element)
  }

  /// The error names a file and a place at, above or beside the text, on one line of plain text.
  private func expect(_ error: SpecError, locates position: Position, _ text: String) {
    let said = error.description
    func wrong(_ what: String) {
      Issue.record(
        "\(position.testDescription) = \(text.prefix(40).debugDescription): \(what): \(said.prefix(300).debugDescription)"
      )
    }
    if error.file.isEmpty { wrong("no file") }
    if error.pointer.isEmpty, position.path.count > 1 { wrong("no place") }
    if said.utf8.count > 2_000 { wrong("too long") }
    if !SwiftSource(said).hiddenCharacters.isEmpty || said.contains("\n") { wrong("not plain") }
  }
}
