import Foundation
import LibFuzzer

/// Files in the place of a run's journal.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  check(start, count) { bytes in JournalOracle.problem(bytes, folder: folder) }
}

/// Runs libFuzzer.
@_cdecl("FuzzJournal_main")
public func start(_ count: CInt, _ arguments: UnsafeMutableRawPointer?) -> CInt {
  runFuzzer(count, arguments, fuzz)
}

/// Where each input is written; one for each process.
private let folder = NSTemporaryDirectory() + "fuzz-journal-\(getpid())"
