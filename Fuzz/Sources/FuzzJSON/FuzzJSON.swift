import LibFuzzer

/// The JSON reader.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // The reference reader recurses, and long texts find nothing that short ones do not.
  count <= 4096 ? check(start, count, JSONOracle.problem) : -1
}

/// Runs libFuzzer.
@_cdecl("FuzzJSON_main")
public func start(_ count: CInt, _ arguments: UnsafeMutableRawPointer?) -> CInt {
  runFuzzer(count, arguments, fuzz)
}
