import ArgumentParser
import CommerceLayer
import CommerceLayerImporter

// Names that stand for ids: --parent with an attribute and a value, and --lookup.
extension InputOptions {
  /// Whether the service must be asked before the first row can be checked.
  var asksService: Bool { namesParent || !lookups.isEmpty }

  private var namesParent: Bool { parent.map(RecordReference.init)?.attribute != nil }

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

  /// The rules and settings with ids in the place of names.
  /// - Throws: ``Failure``, `RemoteError`, `InputError`, `CommerceLayerError`.
  func resolve(
    _ rules: RowRules, _ settings: ImportSettings, file: InputFile, format: InputFormat,
    client: CommerceLayerClient
  ) async throws -> (rules: RowRules, settings: ImportSettings) {
    guard asksService else { return (rules, settings) }
    var (rules, settings) = (rules, settings)
    let directory = RecordDirectory(client: client)
    if namesParent, let parent {
      let id = try await directory.parentID(RecordReference(parent), rules: rules)
      rules = try self.rules(parentID: id)
      Console.err(
        "parent: '\(TerminalSafe.text(parent, limit: 80))' is \(TerminalSafe.text(id, limit: 40))")
    }
    if !lookups.isEmpty {
      let planner = ImportPlanner(file: file, format: format, rules: rules, settings: settings)
      settings.rows.lookups = try await directory.lookups(try lookupRequests(), for: planner)
    }
    return (rules, settings)
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
  func purpose(_ input: InputOptions) -> String? {
    if extent != nil { return "--check-remote" }
    guard input.asksService else { return nil }
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
          + (time > .zero ? ", at least \(RemoteCheckText.words(time)) by the rate limits" : ""))
    }
    let checker = RemoteChecker(directory: RecordDirectory(client: client), planner: planner)
    let check = try await checker.check(plan, extent: extent == .all ? .all : .sample)
    return RemoteCheckReport(check: check, plan: plan, mode: client.api.mode, service: service)
  }
}
