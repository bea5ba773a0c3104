package import CommerceLayer
package import CommerceLayerImporter
import Foundation
import Synchronization

/// Asks before rows go to an organization's live data. Test data and sandboxes are never asked about.
package final class Confirmation: Sendable {
  private struct State {
    var plans: [ImportPlan] = []
    var isAllowed: Bool?
    var rejection: Failure?
  }

  private let state = Mutex(State())
  private let organization: String
  /// Whether somebody can be asked.
  private let canAsk: Bool

  package init(organization: String, canAsk: Bool) {
    self.organization = organization
    self.canAsk = canAsk
  }

  /// What would be sent.
  package var plans: [ImportPlan] {
    get { state.withLock { $0.plans } }
    set { state.withLock { $0.plans = newValue } }
  }

  /// Why nothing may be sent; nil as long as that was not decided.
  package var rejection: Failure? { state.withLock { $0.rejection } }

  /// Whether rows may be sent. Asks once, however many inputs there are.
  package func allows(_ mode: ServiceMode?) async -> Bool {
    guard mode != .test else { return true }
    if let isAllowed = state.withLock({ $0.isAllowed }) { return isAllowed }
    let question = Self.question(organization, mode, plans)
    var failure: Failure?
    if !canAsk {
      failure = Failure(
        .usage, "nothing was sent: there is no terminal to ask on",
        because: question, advice: "add --yes when that is meant")
    } else if !Self.means(yes: await Self.read(question + " Import? [y/N] ")) {
      failure = Failure(.incomplete, "nothing was sent: it was not confirmed")
    }
    state.withLock { state in
      state.isAllowed = failure == nil
      state.rejection = failure
    }
    return failure == nil
  }

  /// What is about to happen. Pure.
  package static func question(
    _ organization: String, _ mode: ServiceMode?, _ plans: [ImportPlan]
  ) -> String {
    let rows = plans.map { "\(ImportPlan.rows($0.accepted)) of \($0.type)" }
    let kind = mode == .live ? "the live data" : "data of unknown mode"
    return "\(rows.joined(separator: ", ")) would go to \(kind) of '\(organization)'."
  }

  /// Whether somebody agreed. Pure.
  package static func means(yes text: String?) -> Bool {
    ["y", "yes"].contains(text?.trimmingCharacters(in: .whitespaces).lowercased() ?? "")
  }

  /// Asks on the terminal, on a thread of its own.
  package static func read(_ question: String) async -> String? {
    Console.errRaw(TerminalSafe.text(question))
    return await withCheckedContinuation { continuation in
      Thread { continuation.resume(returning: readLine(strippingNewline: true)) }.start()
    }
  }
}
