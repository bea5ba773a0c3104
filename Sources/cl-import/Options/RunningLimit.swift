import ArgumentParser
import CommerceLayer
import CommerceLayerImporter
import ImportConsole

/// How many imports may run at the same time: what `--max-running` asks for, and what the organization allows.
struct RunningLimit: Sendable, Hashable {
  /// What an organization says of it.
  enum Allowance: Sendable, Hashable {
    case count(Int)
    /// It says nothing, so that what the service documents holds.
    case undocumented
    /// It could not be read, and why.
    case unreadable(String)
  }

  /// What is used.
  let count: Int
  /// What people are told of it; nil where what was asked for is what every organization allows.
  let notice: String?

  /// More is a slip of the keyboard, whatever an organization allows.
  static let maximum = 1000

  /// - Throws: `ValidationError` when no organization could allow so many.
  static func check(_ wanted: Int, inOrder: Bool) throws {
    guard (1...maximum).contains(wanted) else {
      throw ValidationError("--max-running is 1 to \(maximum), not \(wanted)")
    }
    guard !inOrder || wanted == 1 else {
      throw ValidationError(
        "--in-order creates one import at a time: leave --max-running \(wanted) out")
    }
  }

  /// Decides what is used. Pure.
  init(wanted: Int, documented: Int, allowance: Allowance) {
    guard wanted > documented else {
      (count, notice) = (wanted, nil)
      return
    }
    let why: String
    switch allowance {
    case .count(let allowed):
      count = max(1, min(wanted, allowed))
      why = "the organization allows \(allowed)"
    case .undocumented:
      count = documented
      why = "the organization does not say that it allows more than the documented \(documented)"
    case .unreadable(let reason):
      count = documented
      why = "how many the organization allows cannot be read: \(reason)"
    }
    notice =
      "--max-running \(wanted): up to \(ImportPlan.imports(count)) of this run at the same time; \(why)"
  }

  /// Asks the organization where more is wanted than the service documents.
  /// - Returns: The settings with what is used, which is told on standard error.
  static func applied(
    to settings: ImportSettings, _ client: CommerceLayerClient
  ) async -> ImportSettings {
    let documented = CommerceLayerService.description.maximumRunningImports
    guard settings.maximumRunning > documented else { return settings }
    let limit = RunningLimit(
      wanted: settings.maximumRunning, documented: documented, allowance: await allowance(client))
    if let notice = limit.notice { Console.err(TerminalSafe.text(notice, limit: 500)) }
    var settings = settings
    // The importer need not ask again.
    (settings.maximumRunning, settings.allowedMaximumRunning) = (limit.count, limit.count)
    return settings
  }

  private static func allowance(_ client: CommerceLayerClient) async -> Allowance {
    do {
      let organization = try await client.organization.retrieve {
        $0.fields(.importsMaxConcurrentCount)
      }
      guard let count = organization.importsMaxConcurrentCount, count > 0 else {
        return .undocumented
      }
      return .count(count)
    } catch let error as CommerceLayerError {
      return .unreadable(error.message + (error.status.map { " (HTTP \($0))" } ?? ""))
    } catch {
      return .unreadable("\(error)")
    }
  }
}
