import Foundation
import Spec

/// `cl-generate` without its process: arguments in, files written, text out.
public struct GenerateCommand: Sendable, Hashable {
  /// How the tool is called.
  public static let usage = """
    usage: cl-generate --output DIR --spec DIR
           cl-generate --output DIR --service FILE [--corrections FILE]... RESOURCE.json...

    Writes one Swift file for each resource of a spec and one for service.json. Files that
    are right already are not touched; generated files of resources that are gone are removed.

      --output DIR        where the Swift files go
      --spec DIR          a folder with resources/, corrections/ and service.json
      --service FILE      what all resources share
      --corrections FILE  corrections of one resource; may be repeated
      --only NAMES        the resources to generate, separated by commas; all without it
      --config FILE       the same from {"resources": [NAMES]}, written as one file, so that the
                          names of the files do not depend on what is picked
      --client            also write the client type, for modules other than CommerceLayer
      --quiet             say nothing but errors and warnings
      --help              print this
    """

  var output: URL
  var input: Input
  var selection: ResourceSelection?
  /// A file to read the selection from.
  var configuration: URL?
  var writesClient: Bool
  var isQuiet: Bool

  enum Input: Sendable, Hashable {
    case folder(URL)
    case files(service: URL, corrections: [URL], resources: [URL])
  }

  /// Reads the arguments after the command's name.
  /// - Throws: ``UsageError`` that says what is missing or too much.
  public init(_ arguments: [String]) throws(UsageError) {
    var output: URL?
    var folder: URL?
    var service: URL?
    var corrections: [URL] = []
    var resources: [URL] = []
    var selection: ResourceSelection?
    var configuration: URL?
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
      case "--spec": folder = try value()
      case "--service": service = try value()
      case "--corrections": corrections.append(try value())
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
    case (let folder?, nil) where corrections.isEmpty && resources.isEmpty:
      input = .folder(folder)
    case (nil, let service?):
      input = .files(service: service, corrections: corrections, resources: resources)
    case (nil, nil): throw UsageError("--spec or --service is missing")
    default: throw UsageError("--spec and single files exclude each other")
    }
    self.output = output
    guard selection == nil || configuration == nil else {
      throw UsageError("--only and --config exclude each other")
    }
    self.selection = selection
    self.configuration = configuration
    writesClient = client
    isQuiet = quiet
  }

  /// Generates.
  /// - Returns: what there is to say about it, one line each.
  /// - Throws: ``SpecError``, ``SelectionError`` or ``OutputError``; each prints as `…: error: …`.
  public func run() throws -> [String] {
    var spec: SpecFolder
    switch input {
    case .folder(let folder): spec = try .load(folder)
    case .files(let service, let corrections, let resources):
      spec = try .load(
        resourceFiles: resources, correctionFiles: corrections,
        service: SpecFolder.load(service: service))
    }
    let selection = try configuration.map { try ResourceSelection(file: $0) } ?? selection
    if let selection { spec = try selection.applied(to: spec) }
    let changes = try OutputFolder(output).update(
      to: Generator.files(
        for: spec, withClient: writesClient, inOneFile: configuration != nil))
    let warnings = spec.staleCorrections.map {
      "\($0.file): warning: at \($0.pointer): \($0.message)"
    }
    guard !isQuiet else { return warnings }
    let pruned = changes.pruned.isEmpty ? "" : ", removed \(changes.pruned.count)"
    return warnings + [
      "\(output.lastPathComponent): wrote \(changes.written.count)\(pruned), "
        + "left \(changes.unchanged) as they were"
    ]
  }
}

/// What is wrong with the arguments.
public struct UsageError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The message.
  public let description: String

  init(_ description: String) { self.description = description }
}
