/// What libFuzzer calls with every text it makes up.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  // The reference reader recurses, and long texts find nothing that short ones do not.
  guard count <= 4096 else { return -1 }
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  if let problem = JSONOracle.problem(bytes) { fatalError(problem) }
  return 0
}

typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_silgen_name("LLVMFuzzerRunDriver")
func runDriver(
  _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<Arguments?>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// SwiftPM gives the entry point of an executable this name, which hides libFuzzer's own `main`.
@_cdecl("FuzzJSON_main")
public func start(_ count: CInt, _ arguments: UnsafeMutableRawPointer?) -> CInt {
  var count = count
  var arguments = arguments?.assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)
  return runDriver(&count, &arguments, fuzz)
}
