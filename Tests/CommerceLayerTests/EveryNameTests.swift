import CommerceLayer
import Foundation
import Testing

/// What a user writes beside Foundation means one thing.
@Suite(
  .enabled(if: Compiler.modules != nil, "the modules lie beside the tests when SwiftPM builds"))
struct EveryNameTests {
  @Test func everyResourceTypeIsUnambiguousBesideFoundation() throws {
    let types = CommerceLayerService.resourceTypes.map { String(describing: $0) }
    #expect(types.count == CommerceLayerService.schemas.count)
    let uses = types.enumerated().map { "  let v\($0): \($1)? = nil; _ = v\($0)" }
    let program = """
      import CommerceLayer
      import Foundation

      func everyName() {
      \(uses.joined(separator: "\n"))
      }

      func foundationsOwn(_ bundle: Bundle, _ notification: Notification) -> Void {
        _ = bundle.bundlePath
        _ = notification.name.rawValue
      }
      """
    let result = try Compiler.check(program)
    #expect(result.succeeded, "\(result.errors)")
  }
}
