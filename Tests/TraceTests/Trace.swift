import CommerceLayerRuntime
import Foundation
import Logging
import Testing
import TraceStart

/// Writes everything that any test of the bundle logs, and all there is to see of every call's end, to
/// a file: asked for by `CL_TEST_TRACE`, the path of a folder. `scripts/check-secrets` reads it.
///
/// Tests of other targets take part without a line of their own, because all targets are one bundle.
enum Trace {
  /// The variable that names the folder.
  static let variable = "CL_TEST_TRACE"
  static let fileName = "trace.log"

  /// The folder, when one was asked for.
  static var folder: String? {
    getenv(variable).map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 }
  }

  static func start() {
    guard let folder else { return }
    let path = "\(folder)/\(fileName)"
    let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      // A run that was to be watched must not pass unwatched.
      FileHandle.standardError.write(Data("error: \(variable): cannot write '\(path)'\n".utf8))
      exit(73)
    }
    LoggingSystem.bootstrap { TraceHandler(label: $0, descriptor: descriptor) }
    #if DEBUG
      CallSpy.current = CallSpy(logger: Logger(label: "call")) { event in
        // Whatever somebody might print of an outcome.
        var text = "\(event)\n\(String(reflecting: event))\n"
        dump(event, to: &text)
        if let error = event.error {
          text += "\(error)\n\(error.localizedDescription)\n"
          text += [error.advice, error.underlying].compactMap(\.self).joined(separator: "\n")
        }
        TraceHandler.write(text, label: "event", to: descriptor)
      }
    #endif
  }
}

/// Called by Tests/TraceStart/start.c.
@_cdecl("commercelayer_trace_start") func traceStart() { Trace.start() }

/// One line of the file for each event, with the test it belongs to where that is known.
struct TraceHandler: LogHandler {
  let label: String
  let descriptor: Int32
  var metadata: Logger.Metadata = [:]
  var logLevel: Logger.Level = .trace

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let metadata = metadata.merging(event.metadata ?? [:]) { $1 }
    let error = event.error.map { " \($0)" } ?? ""
    Self.write("\(event.level) \(event.message) \(metadata)\(error)", label: label, to: descriptor)
  }

  /// In one piece, so that lines of several threads do not mix.
  static func write(_ text: String, label: String, to descriptor: Int32) {
    let test = Test.current.map { "\($0.id)" } ?? "-"
    let line = "[\(test)] \(label): \(text.replacing("\n", with: "\n  "))\n"
    Data(line.utf8).withUnsafeBytes { _ = Foundation.write(descriptor, $0.baseAddress, $0.count) }
  }
}
