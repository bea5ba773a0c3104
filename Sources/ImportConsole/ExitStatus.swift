package import CommerceLayer
package import CommerceLayerImporter
import Foundation

/// The exit codes, after sysexits where it has one.
package enum ExitStatus: Int32, Sendable, CaseIterable {
  /// All rows were accepted.
  case success = 0
  /// Finished, but some rows failed, were not processed, or were left out.
  case incomplete = 1
  case usage = 64
  /// The input is bad, or the service rejected it.
  case data = 65
  /// The input cannot be read.
  case noInput = 66
  /// The service cannot be reached, or what responds is another one.
  case unavailable = 69
  /// A bug of this program.
  case software = 70
  case cannotCreate = 73
  case inputOutput = 74
  /// Try again later.
  case temporary = 75
  case protocolViolation = 76
  /// The credentials are rejected, or may not do this.
  case permission = 77
  case configuration = 78
  case interrupted = 130
  case terminated = 143

  /// From the mildest to the one that says most of several runs.
  private static let severity: [ExitStatus] = [
    .success, .incomplete, .temporary, .data, .noInput, .usage, .cannotCreate, .inputOutput,
    .unavailable, .protocolViolation, .permission, .configuration, .interrupted, .terminated,
    .software,
  ]

  /// Returns the worst of several; success when there are none.
  package static func worst(_ all: some Sequence<ExitStatus>) -> ExitStatus {
    func rank(_ status: ExitStatus) -> Int { severity.firstIndex(of: status) ?? severity.count }
    return all.max { rank($0) < rank($1) } ?? .success
  }

  /// How a run ended. Pure.
  /// - Parameter signal: what stopped it: 2 for SIGINT, 15 for SIGTERM, 1 for SIGHUP.
  package init(_ report: ImportReport, signal: Int32? = nil) {
    guard report.isConsistent else {
      self = .software
      return
    }
    switch report.ending {
    case .done: self = report.isComplete ? .success : .incomplete
    case .notSent, .trialFailed, .tooManyFailed: self = .incomplete
    case .stopped: self = signal == 15 || signal == 1 ? .terminated : .interrupted
    case .rejected, .createRejected, .inputFailed: self = .data
    case .denied: self = .permission
    case .unreachable: self = .unavailable
    case .gaveUp: self = .temporary
    case .violation: self = .protocolViolation
    case .journalFailed: self = .inputOutput
    }
  }

  /// What a failed call means. Pure.
  package init(_ error: CommerceLayerError) {
    switch error.kind {
    case .authentication, .permission: self = .permission
    case .transport, .timeout, .server: self = .unavailable
    case .rateLimited, .ambiguousWrite: self = .temporary
    case .configuration: self = .configuration
    case .protocolViolation:
      let spoke = error.status.map { (200..<300).contains($0) } ?? false
      self = spoke ? .unavailable : .protocolViolation
    default: self = .data
    }
  }

  /// What records of the service that settle nothing mean. Pure.
  package init(_ error: RemoteError) {
    switch error.kind {
    case .usage: self = .usage
    case .data: self = .data
    case .violation: self = .protocolViolation
    case .unavailable: self = .unavailable
    case .output: self = .cannotCreate
    }
  }

  /// What a journal that cannot be used means. Pure.
  package init(_ error: JournalError) {
    switch error.kind {
    case .notFound: self = .usage
    case .locked: self = .temporary
    case .storage: self = .inputOutput
    case .damaged, .newer, .foreign, .mismatch: self = .data
    }
  }

  /// What an unusable input means. Pure.
  package init(_ error: InputError) {
    switch error.kind {
    case .unreadable: self = .noInput
    case .malformed, .encoding, .changed: self = .data
    case .storage: self = .inputOutput
    }
  }
}

extension ExitStatus {
  /// Ends with 74 when standard output is not complete: whoever reads it must not take it for whole.
  package static func checkOutput() {
    guard let failure = Console.failure else { return }
    Failure(.inputOutput, "standard output is not complete", because: failure)
      .lines.forEach(Console.err)
    Foundation.exit(inputOutput.rawValue)
  }
}

/// Ends the program with a status; everything has been said.
package struct Quit: Error {
  package let status: ExitStatus

  package init(status: ExitStatus) { self.status = status }

  /// Ends the program.
  package func exit() -> Never {
    if status == .success || status == .incomplete { ExitStatus.checkOutput() }
    Foundation.exit(status.rawValue)
  }
}
