public import Foundation

/// The spec folder as it lies on disk: resources, corrections and the shared facts.
public struct SpecFolder: Sendable {
  /// The corrected resources, sorted by name.
  public var resources: [ResourceSpec]
  /// What all resources share.
  public var service: ServiceSpec
  /// Corrections that changed nothing: each is an error for `cl-spec check`.
  public var staleCorrections: [SpecError]
  /// What the service does in its own way.
  public var profile: Profile
  /// What many resources have in common, as it was frozen; empty when nothing is shared.
  public var traits: [TraitSpec]
  /// Members that the documentation no longer has and that generated code still does.
  public var removed: [RemovedMember] = []
  /// What the documentation says in sentences, by resource; empty unless a user keeps them.
  public var descriptions: [String: ResourceDescriptions] = [:]

  /// Creates a spec from parts, without files.
  public init(
    resources: [ResourceSpec], service: ServiceSpec, staleCorrections: [SpecError] = [],
    profile: Profile = .commerceLayer, traits: [TraitSpec] = []
  ) {
    self.profile = profile
    self.traits = traits
    self.resources = resources
    self.service = service
    self.staleCorrections = staleCorrections
  }

  /// The same spec whose generated client has predicates and traits of its own, so that one module is
  /// everything: for comparing clients, and for compiling one without others.
  public var selfContained: SpecFolder {
    var copy = self
    copy.profile.code.vocabulary = nil
    return copy
  }

  /// Reads, corrects and checks a spec folder.
  /// - Throws: ``SpecError`` naming the file and the place.
  public static func load(_ folder: URL) throws(SpecError) -> SpecFolder {
    let resourceFiles = try jsonFiles(in: folder.appending(path: "resources"))
    let correctionFiles = try jsonFiles(in: folder.appending(path: "corrections"))
    let descriptionFiles = try jsonFiles(in: folder.appending(path: descriptionsFolder))
    var spec = try load(
      resourceFiles: resourceFiles, correctionFiles: correctionFiles,
      serviceFile: folder.appending(path: serviceFile), descriptionFiles: descriptionFiles,
      profile: Profile.load(in: folder))
    spec.traits = try TraitSpec.load(in: folder)
    return spec
  }

  /// The name of the file with what all resources share, and of the one that corrects it.
  public static let serviceFile = "service.json"

  /// The same from named files, as the build plugin hands them over.
  public static func load(
    resourceFiles: [URL], correctionFiles: [URL], serviceFile: URL,
    descriptionFiles: [URL] = [], profile: Profile = .commerceLayer
  ) throws(SpecError) -> SpecFolder {
    let (service, staleOfService) = try load(
      service: serviceFile, corrections: correctionFiles)
    var files: [(file: String, corrections: Corrections)] = []
    for url in correctionFiles where url.lastPathComponent != Self.serviceFile {
      files.append(
        (url.lastPathComponent, try decode(try read(url), file: url.lastPathComponent)))
    }
    let book = try CorrectionBook(files)
    var resources: [ResourceSpec] = []
    var stale = staleOfService
    for url in resourceFiles {
      let file = url.lastPathComponent
      var tree = try read(url)
      for entry in try book.entries(of: tree["resource"]?.string ?? "", tree) {
        let outcome = try entry.correction.apply(to: &tree, file: entry.file)
        guard let why = outcome.staleness else { continue }
        let place =
          entry.file == file ? entry.correction.path : "\(entry.correction.path) of \(file)"
        stale.append(SpecError(file: entry.file, pointer: place, why))
      }
      let resource = try ResourceSpec(validating: tree, file: file, profile: profile)
      guard file == "\(resource.resource).json" else {
        throw SpecError(
          file: file, pointer: "/resource",
          "the file is about '\(resource.resource)' and must be named so")
      }
      resources.append(resource)
    }
    if let misplaced = book.misplaced(Set(resources.map(\.resource))).first { throw misplaced }
    resources.sort { $0.resource < $1.resource }
    var removed: [RemovedMember] = []
    for (file, corrections) in files {
      for (index, member) in (corrections.removed ?? []).enumerated() {
        let isKnown = removed.contains { ($0.resource, $0.path) == (member.resource, member.path) }
        if let problem = isKnown
          ? "is listed twice: delete one of the two" : member.problem(in: resources)
        {
          stale.append(SpecError(file: file, pointer: "/removed/\(index)", problem))
        } else {
          removed.append(member)
        }
      }
    }
    var folder = SpecFolder(
      resources: resources, service: service, staleCorrections: stale, profile: profile)
    folder.removed = removed
    folder.descriptions = try load(descriptions: descriptionFiles)
    return folder
  }

  /// Reads the facts all resources share, as they are written.
  public static func load(service url: URL) throws(SpecError) -> ServiceSpec {
    try load(service: url, corrections: []).service
  }

  /// Reads the facts all resources share and corrects them by the file of their name.
  private static func load(
    service url: URL, corrections: [URL]
  ) throws(SpecError) -> (service: ServiceSpec, stale: [SpecError]) {
    var tree = try read(url)
    var stale: [SpecError] = []
    for file in corrections where file.lastPathComponent == serviceFile {
      for correction in try serviceCorrections(file) {
        guard
          let why = try correction.apply(to: &tree, file: "corrections/\(serviceFile)").staleness
        else { continue }
        stale.append(SpecError(file: "corrections/\(serviceFile)", pointer: correction.path, why))
      }
    }
    return (try ServiceSpec(validating: tree, file: url.lastPathComponent), stale)
  }

  /// The corrections of what all resources share.
  /// - Throws: ``SpecError`` when the file is about resources.
  public static func serviceCorrections(_ url: URL) throws(SpecError) -> [Correction] {
    let list: Corrections = try decode(try read(url), file: "corrections/\(serviceFile)")
    guard list.resource == "service",
      list.corrections.allSatisfy({ $0.resources == nil && $0.places == nil })
    else {
      throw SpecError(
        file: "corrections/\(serviceFile)", pointer: "/resource",
        "corrects service.json: 'resource' is 'service', and no correction names resources")
    }
    return list.corrections
  }

  /// The `.json` files of a folder, sorted by name; a folder that is missing has none.
  public static func jsonFiles(in folder: URL) throws(SpecError) -> [URL] {
    guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
    do {
      return try FileManager.default
        .contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .filter { $0.pathExtension == "json" }
        .sorted { $0.lastPathComponent < $1.lastPathComponent }
    } catch {
      throw SpecError(file: folder.path, "cannot be listed: \(error.localizedDescription)")
    }
  }

  static func read(_ url: URL) throws(SpecError) -> JSONTree {
    let data: Data
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw SpecError(file: url.path, "cannot be read: \(error.localizedDescription)")
    }
    return try JSONTree.parse(data, file: url.lastPathComponent)
  }

  static func decode<T: Decodable>(_ tree: JSONTree, file: String) throws(SpecError) -> T {
    do {
      return try JSONTreeDecoder(tree).decode(T.self)
    } catch let error as DecodingError {
      throw SpecError(file: file, decoding: error)
    } catch {
      throw SpecError(file: file, "\(error)")
    }
  }
}

extension SpecError {
  init(file: String, decoding error: DecodingError) {
    let (context, what): (DecodingError.Context, String) =
      switch error {
      case .keyNotFound(let key, let context): (context, "'\(key.stringValue)' is missing")
      case .valueNotFound(_, let context): (context, "is null")
      case .typeMismatch(let type, let context): (context, "is not \(type)")
      case .dataCorrupted(let context): (context, context.debugDescription)
      @unknown default: (.init(codingPath: [], debugDescription: ""), "\(error)")
      }
    let pointer = context.codingPath.map { "/" + $0.stringValue }.joined()
    self.init(file: file, pointer: pointer, what)
  }
}
