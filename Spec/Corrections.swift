/// Hand-written facts that the documentation lacks or gets wrong, for one resource.
///
/// A correction is applied to the distilled JSON before it is read as a ``ResourceSpec``. One that
/// changes nothing has been overtaken by the documentation and must be deleted; `cl-spec check`
/// fails until it is.
public struct Corrections: Sendable, Hashable, Codable {
  /// The resource the corrections belong to.
  public var resource: String
  /// The corrections, applied in order.
  public var corrections: [Correction]

  /// Creates the corrections of a resource.
  public init(resource: String, corrections: [Correction]) {
    self.resource = resource
    self.corrections = corrections
  }
}

/// One corrected fact.
public struct Correction: Sendable, Hashable, Codable {
  /// A JSON pointer to the member to set or remove: `/attributes/status/values`.
  public var path: String
  /// The value to set; nil to remove the member.
  public var value: JSONTree?
  /// Why the documentation is not enough.
  public var reason: String
  /// Where the fact was read.
  public var source: String

  /// Creates a correction; without a value it removes the member.
  public init(path: String, value: JSONTree?, reason: String, source: String) {
    self.path = path
    self.value = value
    self.reason = reason
    self.source = source
  }
}

extension Correction {
  /// Applies the correction.
  /// - Returns: whether anything changed.
  /// - Throws: ``SpecError`` when the path has no parent object to stand in.
  public func apply(to tree: inout JSONTree, file: String) throws(SpecError) -> Bool {
    let keys = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map {
      String($0).replacing("~1", with: "/").replacing("~0", with: "~")
    }
    guard path.hasPrefix("/"), !keys.isEmpty else {
      throw SpecError(file: file, pointer: path, "a correction's path starts with '/'")
    }
    let before = tree
    guard Self.set(value, at: keys[...], in: &tree) else {
      throw SpecError(
        file: file, pointer: path, "nothing to correct here: the parent is not an object")
    }
    return tree != before
  }

  private static func set(
    _ value: JSONTree?, at keys: ArraySlice<String>, in tree: inout JSONTree
  ) -> Bool {
    guard case .object(var members) = tree, let key = keys.first else { return false }
    let rest = keys.dropFirst()
    if rest.isEmpty {
      members[key] = value
    } else {
      guard var child = members[key], set(value, at: rest, in: &child) else { return false }
      members[key] = child
    }
    tree = .object(members)
    return true
  }
}
