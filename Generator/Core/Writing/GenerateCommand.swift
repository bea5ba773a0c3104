import Foundation
import Spec

/// `cl-generate` without its process: arguments in, files written, text out.
public struct GenerateCommand: Sendable, Hashable {
  /// How the tool is called.
  public static let usage = """
    usage: cl-generate --output DIR [--module NAME] --spec DIR
           cl-generate --output DIR [--module NAME] --service FILE [--profile FILE]
                       [--traits FILE] [--corrections FILE]...
                       [--descriptions FILE]... RESOURCE.json...

    Writes one Swift file for each resource of a spec and one for service.json. Files that
    are right already are not touched; generated files of resources that are gone are removed.

      --output DIR        where the Swift files go
      --spec DIR          a folder with resources/, corrections/, service.json, profile.json and
                          traits.json, and with
                          descriptions/ where comments are to say what the documentation says
      --service FILE      what all resources share
      --profile FILE      what the service does in its own way; Commerce Layer's without it
      --traits FILE       what many resources have in common, under frozen names
      --module NAME       client (the default), vocabulary (predicates and traits, which clients
                          import) or schema (the tables alone)
      --corrections FILE  corrections of one resource; may be repeated
      --descriptions FILE descriptions of one resource, for comments; may be repeated
      --folder DIR        the spec folder that the single files are from: what has joined or left it
                          since they were listed is told and followed
      --stamp FILE        what the last run read and left; where nothing of it has changed since,
                          there is nothing to do
      --only NAMES        the resources to generate, separated by commas; all without it
      --config FILE       the same from {"resources": [NAMES]}, written as one file, so that the
                          names of the files do not depend on what is picked
      --client            also write the client type, for modules other than CommerceLayer
      --quiet             say nothing but errors and warnings
      --help              print this
    """

  var output: URL
  var input: Input
  var stamp: URL?
  var selection: ResourceSelection?
  /// A file to read the selection from.
  var configuration: URL?
  var writesClient: Bool
  var isQuiet: Bool
  var module: Generator.Module
  /// The folder that the single files are from.
  var listed: URL?

  enum Input: Sendable, Hashable {
    case folder(URL)
    case files(SpecSources)
  }

  /// Reads the arguments after the command's name.
  /// - Throws: ``UsageError`` that says what is missing or too much.
  public init(_ arguments: [String]) throws(UsageError) {
    var output: URL?
    var stamp: URL?
    var folder: URL?
    var service: URL?
    var listed: URL?
    var corrections: [URL] = []
    var descriptions: [URL] = []
    var resources: [URL] = []
    var selection: ResourceSelection?
    var configuration: URL?
    var profile: URL?
    var traits: URL?
    var module = Generator.Module.client
    var client = false
    var quiet = false
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      func text(_ what: String) throws(UsageError) -> String {
        guard let text = rest.popFirst(), !text.isEmpty else {
          throw UsageError("\(argument) needs \(what)")
        }
        return text
      }
      func value() throws(UsageError) -> URL { URL(filePath: try text("a path")) }
      switch argument {
      case "--output": output = try value()
      case "--stamp": stamp = try value()
      case "--spec": folder = try value()
      case "--folder": listed = try value()
      case "--service": service = try value()
      case "--profile": profile = try value()
      case "--traits": traits = try value()
      case "--module":
        let name = try text("a module")
        guard let named = Generator.Module(rawValue: name) else {
          throw UsageError("'\(name)' is not a module: use client, vocabulary or schema")
        }
        module = named
      case "--corrections": corrections.append(try value())
      case "--descriptions": descriptions.append(try value())
      case "--only": selection = try ResourceSelection(try text("the names of resources"))
      case "--config": configuration = try value()
      case "--client": client = true
      case "--quiet": quiet = true
      case _ where argument.hasPrefix("-"): throw UsageError("unknown option \(argument)")
      default: resources.append(URL(filePath: argument))
      }
    }
    guard let output else { throw UsageError("--output is missing") }
    switch (folder, service) {
    case (let folder?, nil)
    where corrections.isEmpty && descriptions.isEmpty && resources.isEmpty && profile == nil
      && listed == nil
      && traits == nil:
      input = .folder(folder)
    case (nil, let service?):
      input = .files(
        SpecSources(
          service: service, profile: profile, traits: traits, corrections: corrections,
          descriptions: descriptions,
          resources: resources))
    case (nil, nil): throw UsageError("--spec or --service is missing")
    default: throw UsageError("--spec and single files exclude each other")
    }
    self.output = output
    self.stamp = stamp
    guard selection == nil || configuration == nil else {
      throw UsageError("--only and --config exclude each other")
    }
    self.selection = selection
    self.configuration = configuration
    writesClient = client
    isQuiet = quiet
    self.module = module
    self.listed = listed
  }

  /// Generates.
  /// - Returns: what there is to say about it, one line each.
  /// - Throws: ``SpecError``, ``SelectionError`` or ``OutputError``; each prints as `…: error: …`.
  public func run() throws -> [String] { try run(as: .current) }

  /// - Parameter tool: which tool this is; nil to neither trust nor leave a stamp.
  func run(as tool: ToolIdentity?) throws -> [String] {
    let (sources, late) = try sources()
    let selection =
      try configuration.map { try ResourceSelection(file: $0, isRequired: module == .client) }
      ?? selection
    guard let stamp, let tool else { return try late + generate(from: sources, selection).said }
    let options = options(selection)
    let before = RunStamp.Inputs(sources, tool: tool, options: options)
    if let before, let now = RunStamp(before, output: output), now.isRecorded(in: stamp) {
      return late + said(of: .init(unchanged: sources.resources.count + 1), warnings: [])
    }
    RunStamp.remove(stamp)
    let (said, warnings) = try generate(from: sources, selection)
    // Warnings are to be said again, and what changed meanwhile may not be what was read.
    if warnings.isEmpty, let before,
      before == RunStamp.Inputs(sources, tool: tool, options: options)
    {
      RunStamp(before, output: output)?.record(in: stamp)
    }
    return late + said
  }

  /// What decides about the output besides the files, as one line.
  private func options(_ selection: ResourceSelection?) -> String {
    """
    module \(module.rawValue) client \(writesClient) \
    one-file \(configuration != nil) only \(selection?.names ?? [])
    """
  }

  private func generate(
    from sources: SpecSources, _ selection: ResourceSelection?
  ) throws -> (said: [String], warnings: [String]) {
    var spec = try SpecFolder.load(
      resourceFiles: sources.resources, correctionFiles: sources.corrections,
      serviceFile: sources.service, descriptionFiles: sources.descriptions,
      profile: sources.profile.map { try Profile.load($0) } ?? .commerceLayer)
    if let traits = sources.traits { spec.traits = try TraitSpec.load(traits) }
    if let selection { spec = try selection.applied(to: spec) }
    let files = try Generator.files(
      for: spec, module: module, withClient: writesClient, inOneFile: configuration != nil)
    let changes = try OutputFolder(output).update(to: files)
    let warnings = spec.staleCorrections.map { $0.text(as: "warning") }
    return (said(of: changes, warnings: warnings), warnings)
  }

  private func said(of changes: OutputFolder.Changes, warnings: [String]) -> [String] {
    guard !isQuiet else { return warnings }
    let pruned = changes.pruned.isEmpty ? "" : ", removed \(changes.pruned.count)"
    return warnings + [
      "\(output.lastPathComponent): wrote \(changes.written.count)\(pruned), "
        + "left \(changes.unchanged) as they were"
    ]
  }

  /// The files to read, and what there is to say about files that were not there or are no longer
  /// there when they were listed.
  private func sources() throws(SpecError) -> (SpecSources, late: [String]) {
    switch input {
    case .files(let sources):
      guard let listed else { return (sources, []) }
      let present = try SpecSources(in: listed)
      let changed = Set(present.names).symmetricDifference(sources.names).sorted()
      return (
        present,
        changed.map { name in
          SpecError(
            file: listed.appending(path: name).path,
            "joined or left the spec folder after the build was planned; this build follows it, but "
              + "further edits of it only after a new plan: save Package.swift, or keep the folder "
              + "below the target's own"
          ).text(as: "warning")
        }
      )
    case .folder(let folder): return (try SpecSources(in: folder), [])
    }
  }
}

/// The files of a spec, found but not read.
struct SpecSources: Sendable, Hashable {
  let service: URL
  let profile, traits: URL?
  let corrections, descriptions, resources: [URL]
}

extension SpecSources {
  /// The files of a spec folder.
  init(in folder: URL) throws(SpecError) {
    func optional(_ name: String) -> URL? {
      let file = folder.appending(path: name)
      return FileManager.default.fileExists(atPath: file.path) ? file : nil
    }
    self.init(
      service: folder.appending(path: "service.json"), profile: optional(Profile.fileName),
      traits: optional(TraitSpec.fileName),
      corrections: try SpecFolder.jsonFiles(in: folder.appending(path: "corrections")),
      descriptions: try SpecFolder.jsonFiles(in: folder.appending(path: "descriptions")),
      resources: try SpecFolder.jsonFiles(in: folder.appending(path: "resources")))
  }

  /// Each file's name below the spec folder.
  fileprivate var names: [String] {
    [profile, traits].compactMap { $0?.lastPathComponent }
      + (corrections + descriptions + resources).map {
        "\($0.deletingLastPathComponent().lastPathComponent)/\($0.lastPathComponent)"
      }
  }
}

/// What is wrong with the arguments.
public struct UsageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The message.
  public let description: String

  init(_ description: String) { self.description = description }
}
