internal import ArgumentParser
internal import Foundation
internal import Spec

/// `cl-spec traits`: what many resources have in common, as it is frozen and as it would be derived.
struct TraitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "traits",
    abstract: "Lists the frozen traits and what deriving them again would change.",
    discussion: """
      A trait is what at least \(TraitSpec.fewestResources) resources have alike: generated code \
      declares it once, as Common.<name>. traits.json holds the traits with their names, and the \
      generator uses that file alone, so that an edit of one resource changes nothing in another. \
      --freeze derives them again and writes the file: names stay where most members stay, and a new \
      trait gets a provisional name, which can be changed in the file. A trait that changes its \
      members changes the public API of the generated code.

      Examples:
        cl-spec traits
        cl-spec traits --spec Spec --freeze
      """)

  @Option(help: "The spec folder.")
  var spec = "Spec"

  @Flag(help: "Derive the traits again and write traits.json.")
  var freeze = false

  mutating func run() throws {
    let loaded = try SpecLoading.folder(spec)
    let derived = TraitSpec.derived(from: loaded.resources, keeping: loaded.traits)
    let differences = TraitSpec.differences(from: loaded.traits, to: derived)
    let shown = freeze ? derived : loaded.traits
    for trait in shown {
      let count = loaded.resources.count { $0.has(trait) }
      ToolOutput.result(
        "\(trait.name.padding(toLength: 14, withPad: " ", startingAt: 0))\(count) resources: "
          + trait.members.sorted().joined(separator: ", "))
    }
    if freeze {
      let file = URL(filePath: spec).appending(path: TraitSpec.fileName)
      try Data(try TraitSpec.text(of: derived).utf8).write(to: file, options: .atomic)
      ToolOutput.result(
        differences.isEmpty
          ? "\(TraitSpec.fileName) is as it was"
          : "\(TraitSpec.fileName): \(differences.joined(separator: "; "))")
    } else {
      differences.forEach(ToolOutput.result)
    }
  }
}
