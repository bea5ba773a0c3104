import Foundation

/// Names work that is waited for, so that another process can go on waiting: the organization's host,
/// the type and the ids. It holds no secret.
///
///     let token = client.imports.waitToken(for: [job.id])
///     // Later, elsewhere:
///     let done = try await client.imports.wait(resuming: token)
public struct WaitToken: Sendable, Hashable, CustomStringConvertible {
  /// The host of the service that works.
  public let host: String
  /// The JSON:API type.
  public let type: String
  /// What is waited for.
  public let ids: [String]

  /// The version of the form.
  static let version = "cl1."
  /// Longer texts are not tokens.
  static let maximumBytes = 64 << 10

  /// One line of visible ASCII: `cl1.` and base64url of a JSON object.
  public var description: String {
    let object: JSONValue = [
      "host": .string(host), "type": .string(type), "ids": .array(ids.map { .string($0) }),
    ]
    let base64 = Data(object.bytes).base64EncodedString()
    return Self.version
      + base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }

  init(host: String, type: String, ids: [String]) {
    self.host = host
    self.type = type
    self.ids = ids
  }

  /// Reads a token.
  /// - Throws: an error of kind `invalidInput` when it is none, or of a later version.
  public init(_ text: String) throws(CommerceLayerError) {
    var base64 = text.dropFirst(Self.version.count).replacing("-", with: "+")
      .replacing("_", with: "/")
    base64 += String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
    guard text.hasPrefix(Self.version), text.utf8.count <= Self.maximumBytes,
      let bytes = Data(base64Encoded: String(base64)),
      let root = (try? JSONDocument(parsing: Array(bytes)))?.root,
      let host = root["host"]?.string, let type = root["type"]?.string,
      let ids = root["ids"], ids.kind == .array, ids.elements.allSatisfy({ $0.kind == .string })
    else { throw CommerceLayerError(.invalidInput, "this is not a token to go on waiting with") }
    self.init(host: host, type: type, ids: ids.elements.compactMap(\.string))
    for id in self.ids { _ = try PercentEncoding.segment(id) }
  }
}

extension ResourceClient where Root: LifecycleResource & ListableResource {
  /// What another process needs to go on waiting.
  public func waitToken(for ids: [ID<Root>]) -> WaitToken {
    WaitToken(host: api.endpoint.authority, type: Root.schema.name, ids: ids.map(\.rawValue))
  }

  /// Goes on waiting for what another process began to wait for.
  /// - Throws: as ``wait(for:options:progress:)-([ID<Root>],_,_)``; an error of kind `invalidInput` when
  ///   the token belongs to another organization or another type.
  public func wait(
    resuming token: WaitToken, options: WaitOptions = .init(),
    progress: @Sendable ([Root]) -> Void = { _ in }
  ) async throws -> [Root] {
    guard token.host == api.endpoint.authority, token.type == Root.schema.name else {
      throw CommerceLayerError(
        .invalidInput,
        "the token is for \(TerminalSafe.text(token.type, limit: 64)) of "
          + "\(TerminalSafe.text(token.host, limit: 80)), not \(Root.schema.name) of "
          + api.endpoint.authority)
    }
    return try await wait(for: token.ids.map { ID($0) }, options: options, progress: progress)
  }
}
