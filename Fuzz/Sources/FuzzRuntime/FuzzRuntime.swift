import LibFuzzer

/// Documents, `Retry-After`, slugs and header values; the first byte says which.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  count <= 4096 ? check(start, count, RuntimeOracle.problem) : -1
}

/// Runs libFuzzer.
@_cdecl("FuzzRuntime_main")
public func start(_ count: CInt, _ arguments: UnsafeMutableRawPointer?) -> CInt {
  runFuzzer(count, arguments, fuzz)
}
