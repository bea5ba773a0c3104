internal import Spec

/// Reads the published schema into resources: a JSON array with one object a resource, alone or as
/// the `data` of an object, in whatever layout, each fact with its line and pointer.
///
/// What has another form than expected costs only itself: a member, a field, a resource.
struct PublishedReader {
  /// The vintage provenance names: the schema describes the service as it is now.
  static let vintage = "published-schema"

  /// One resource of the schema.
  struct Resource {
    var spec: ResourceSpec
    var facts: [String: Evidence]
    var descriptions: ResourceDescriptions
    /// Where its object starts.
    var line: Int
    var pointer: String

    /// Where a fact stands; for one that is not there, what its place in the file says.
    func nearestEvidence(of fact: String) -> Evidence? {
      if let known = facts[fact] { return known }
      let parts = fact.split(separator: "/")
      guard parts.count == 3 else { return nil }
      return facts["/\(parts[0])/\(parts[1])/type"]
        ?? facts["/\(parts[0])/\(parts[1])/cardinality"]
    }
  }

  private struct Unknown {
    var place: PublishedPlace
    var level: PublishedMembers.Level
    var count = 0
  }

  let file: String
  var diagnostics: [PageDiagnostic] = []
  /// Members that nobody has decided about: where each was seen first, and how often.
  private var unknown: [String: Unknown] = [:]

  /// How many diagnostics were made, shown or not.
  private var diagnosticCount = 0

  init(file: SourceFile) { self.file = file.name }

  /// - Throws: a ``PageDiagnostic`` when the bytes are not a schema at all.
  mutating func read(_ bytes: [UInt8]) throws(PageDiagnostic) -> [Resource] {
    let root: LocatedJSON
    do throws(JSONSyntaxError) {
      let (value, repeated) = try LocatedJSON.read(bytes)
      root = value
      for member in repeated {
        diagnostics.append(
          PageDiagnostic(
            .warning, .duplicateKey, file: file, line: member.line,
            "'\(member.name.prefix(60))' occurs twice in one object; the last one counts"))
      }
    } catch {
      throw PageDiagnostic(
        .error, .schemaForm, file: file, line: error.line,
        "is not valid JSON: \(error.message), at column \(error.column)")
    }
    let document = PublishedPlace(root: root)
    let candidates = document.isArray ? document.elements : document["data"]?.elements ?? []
    guard candidates.contains(where: { $0["id"]?.string != nil && $0["attributes"] != nil }) else {
      throw PageDiagnostic(
        .error, .schemaForm, file: file, line: 1, "is JSON but not the published schema",
        expected: "an array of resources with fields, relationships and actions")
    }
    let resources = convert(candidates)
    reportUnknownMembers()
    if diagnosticCount > Limits.maximumPublishedDiagnostics {
      diagnostics.append(
        PageDiagnostic(
          .warning, .schemaForm, file: file, line: 1,
          "\(diagnosticCount - Limits.maximumPublishedDiagnostics) more diagnostics are left out"))
    }
    return resources
  }

  private mutating func convert(_ candidates: [PublishedPlace]) -> [Resource] {
    if candidates.count > Limits.maximumPublishedResources {
      diagnostics.append(
        PageDiagnostic(
          .warning, .tooLarge, file: file, line: candidates[Limits.maximumPublishedResources].line,
          "has \(candidates.count) resources; the first \(Limits.maximumPublishedResources) are read"
        ))
    }
    let places = candidates.prefix(Limits.maximumPublishedResources)
    let index = index(of: places)
    var seen: Set<String> = []
    return places.compactMap { place -> Resource? in
      guard let resource = resource(at: place, index: index) else { return nil }
      guard seen.insert(resource.spec.resource).inserted else {
        report(
          .warning, .duplicatePage, at: place, of: resource.spec.resource,
          "is defined before; the first definition counts")
        return nil
      }
      return resource
    }.sorted { $0.spec.resource < $1.spec.resource }
  }

  /// What conversions need to know of the other resources.
  private func index(of places: some Sequence<PublishedPlace>) -> PublishedConversion.Index {
    var index = PublishedConversion.Index()
    for place in places {
      guard let id = place["id"]?.string, Names.isWireName(id) else { continue }
      let plural = Inflection.pluralize(id)
      index.plurals[Inflection.camelize(id)] = plural
      let types = place["attributes"]?["fields"]?["type"]?["enum"]?.elements ?? []
      index.types[plural] = types.prefix(Limits.maximumPublishedValues).compactMap(\.string)
        .filter(Names.isWireName)
    }
    return index
  }

  private mutating func resource(
    at place: PublishedPlace, index: PublishedConversion.Index
  ) -> Resource? {
    guard let idPlace = place["id"], let id = idPlace.string, Names.isWireName(id) else {
      report(
        .error, .schemaForm, at: place["id"] ?? place, of: nil,
        "a resource without a plain name in `id` is left out")
      return nil
    }
    let plural = Inflection.pluralize(id)
    guard let facts = place["attributes"], facts.isObject else {
      report(
        .error, .schemaForm, at: place, of: plural, "has no object `attributes`; it is left out")
      return nil
    }
    check(place, .resource)
    check(facts, .facts)
    // Handed over and taken back, so that no array is copied for each resource.
    var all = diagnostics
    diagnostics = []
    var conversion = PublishedConversion(resource: plural, id: id, index: index, reader: self)
    conversion.run(place: place, idPlace: idPlace, facts: facts)
    self = conversion.reader
    all += diagnostics
    diagnostics = all
    return Resource(
      spec: conversion.spec, facts: conversion.evidence, descriptions: conversion.descriptions,
      line: place.line, pointer: place.pointer)
  }

  // MARK: Shared with the conversion of one resource

  /// Notes the members of an object that are neither taken nor knowingly ignored.
  mutating func check(_ place: PublishedPlace, _ level: PublishedMembers.Level) {
    for (name, member) in place.members
    where PublishedMembers.treatment(of: name, in: level) == nil {
      let key = "\(level.rawValue) \(name)"
      if unknown.count >= Limits.maximumRepairs, unknown[key] == nil { continue }
      unknown[key, default: Unknown(place: member, level: level)].count += 1
    }
  }

  private mutating func reportUnknownMembers() {
    for (_, found) in unknown.sorted(by: { $0.key < $1.key }) {
      let name = found.place.pointer.split(separator: "/").last ?? ""
      let more = found.count > 1 ? ", here and in \(found.count - 1) more places" : ""
      report(
        .warning, .unknownMember, at: found.place, of: nil,
        "'\(name.prefix(60))' is not a known member of \(found.level.text)\(more); it is not read")
    }
  }

  /// A diagnostic at a place. A line tells nothing in a file of one line: the pointer does.
  mutating func report(
    _ severity: PageDiagnostic.Severity, _ code: DiagnosticCode, at place: PublishedPlace,
    of resource: String?, _ message: String
  ) {
    diagnosticCount += 1
    guard diagnosticCount <= Limits.maximumPublishedDiagnostics else { return }
    let subject = resource.map { "\($0): " } ?? ""
    diagnostics.append(
      PageDiagnostic(
        severity, code, file: file, line: place.line,
        "\(subject)\(place.pointer.prefix(Limits.maximumShownPointer)) \(message)",
        resource: resource))
  }
}
