// How a target is run by libFuzzer. What each target has of its own is the function that libFuzzer calls
// and the entry point that SwiftPM names after the executable: it hides libFuzzer's own `main`.

/// What libFuzzer calls with every input it makes up.
public typealias FuzzTest = @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt

private typealias Arguments = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>, _ arguments: UnsafeMutablePointer<Arguments?>,
  _ test: FuzzTest
) -> CInt

/// Runs libFuzzer with the arguments of the process.
public func runFuzzer(
  _ count: CInt, _ arguments: UnsafeMutableRawPointer?, _ test: FuzzTest
) -> CInt {
  var count = count
  var arguments = arguments?.assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)
  return runDriver(&count, &arguments, test)
}

/// Checks one input.
/// - Parameter problem: What is wrong with the input's bytes; nil when nothing is.
public func check(
  _ start: UnsafePointer<UInt8>?, _ count: Int, _ problem: ([UInt8]) -> String?
) -> CInt {
  if let problem = problem(Array(UnsafeBufferPointer(start: start, count: count))) {
    fatalError(problem)
  }
  return 0
}
