import ArgumentParser
import CommerceLayer
import CommerceLayerImporter
import ImportConsole

// Names that stand for ids: --parent with an attribute and a value, and --lookup.
extension InputOptions {
  /// Whether the service must be asked before the first row can be checked.
  func asksService(_ inputs: [RunInput]) -> Bool {
    !lookups.isEmpty || inputs.contains(where: Self.namesParent)
  }

  private static func namesParent(_ input: RunInput) -> Bool {
    input.rules.parentID.map(RecordReference.init)?.attribute != nil
  }

  func lookupRequests() throws -> [LookupRequest] {
    try lookups.map { text in
      guard let (column, attribute) = ReadingOptions.pair(text), !attribute.isEmpty else {
        throw ValidationError("--lookup is written column=attribute, not '\(text)'")
      }
      return LookupRequest(column: column, attribute: attribute)
    }
  }

  /// A client for what asks the service without sending a row.
  /// - Parameter what: What needs it: `--lookup`.
  /// - Throws: ``Failure`` that says what needs credentials when there are none.
  static func client(
    _ connection: ConnectionOptions, for what: String
  ) throws(Failure) -> CommerceLayerClient {
    do throws(Failure) {
      return try connection.client(.current)
    } catch  where error.status == .configuration {
      throw Failure(
        .configuration, "\(what) asks the service, but \(error.what)", because: error.because,
        advice: error.advice)
    }
  }

  /// The inputs with ids in the place of names.
  /// - Throws: ``Failure``, `RemoteError`, `InputError`, `CommerceLayerError`.
  func resolve(
    _ inputs: [RunInput], _ settings: ImportSettings, client: CommerceLayerClient
  ) async throws -> [RunInput] {
    guard asksService(inputs) else { return inputs }
    let directory = RecordDirectory(client: client)
    let requests = try lookupRequests()
    var resolved: [RunInput] = []
    for var input in inputs {
      if Self.namesParent(input), let parent = input.rules.parentID {
        let id = try await directory.parentID(RecordReference(parent), rules: input.rules)
        input.rules = try RowRules(
          type: input.rules.type, parentID: id, service: CommerceLayerService.description,
          schemas: CommerceLayerService.schemas)
        Console.err(
          "parent of \(input.rules.type): '\(TerminalSafe.text(parent, limit: 80))' is "
            + TerminalSafe.text(id, limit: 40))
      }
      // Of several files, those have the column whose type has the relationship.
      let own =
        files.count == 1
        ? requests
        : requests.filter { request in
          let name = request.column.hasSuffix("_id") ? String(request.column.dropLast(3)) : ""
          return input.rules.schema?.relationship(name) != nil
        }
      if !own.isEmpty {
        input.lookups = try await directory.lookups(own, for: input.planner(settings))
      }
      resolved.append(input)
    }
    return resolved
  }
}

/// Where rows are compared with the service.
struct RemoteCheckOptions: ParsableArguments {
  /// How many rows are looked up.
  enum Extent: String, ExpressibleByArgument, CaseIterable { case sample, all }

  @Option(
    name: .customLong("check-remote"), defaultAsFlag: Extent.sample,
    help: ArgumentHelp(
      "Look up in the service which rows would create, update or change nothing: of a sample of "
        + "\(RemoteChecker.sampleSize) rows, or of all of them. Needs credentials.",
      valueName: "sample|all"))
  var extent: Extent?

  /// What the plan needs credentials for; nil when for nothing.
  func purpose(_ input: InputOptions, _ inputs: [RunInput]) -> String? {
    if extent != nil { return "--check-remote" }
    guard input.asksService(inputs) else { return nil }
    return input.lookups.isEmpty ? "--parent with a name" : "--lookup"
  }

  /// Compares the rows with the service, when that was asked for.
  func check(
    _ plan: ImportPlan, _ planner: ImportPlanner, _ client: CommerceLayerClient?
  ) async throws -> RemoteCheckReport? {
    guard let extent, let client else { return nil }
    let service = CommerceLayerService.description
    if extent == .all {
      let requests = RemoteChecker.requests(rows: plan.updating)
      let time = RequestPace.minimum(
        requests, of: RequestPace.classOfReads(plan.type, service: service), mode: client.api.mode,
        service: service)
      Console.err(
        "looking up \(ImportPlan.rows(plan.updating)) takes \(requests) requests or more"
          + (time > .zero ? ", at least \(time.inWords) by the rate limits" : ""))
    }
    let checker = RemoteChecker(directory: RecordDirectory(client: client), planner: planner)
    let check = try await checker.check(plan, extent: extent == .all ? .all : .sample)
    return RemoteCheckReport(check: check, plan: plan, mode: client.api.mode, service: service)
  }
}
