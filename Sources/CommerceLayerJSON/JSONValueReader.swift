/// Makes values of their own out of an index.
struct JSONValueReader {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let nodes: UnsafeBufferPointer<JSONIndexNode>

  /// The value at a place of a document in which nothing is sealed below it.
  static func value(_ element: JSONElement) -> JSONValue {
    element.document.bytes.withUnsafeBufferPointer { bytes in
      element.document.nodes.withUnsafeBufferPointer { nodes in
        JSONValueReader(bytes: bytes, nodes: nodes).value(at: element.index)
      }
    }
  }

  /// Recursion ends at ``JSONLimits/maximumDepth``.
  private func value(at index: Int) -> JSONValue {
    let node = nodes[index]
    switch node.kind {
    case .null: return .null
    case .true: return .bool(true)
    case .false: return .bool(false)
    case .number: return .number(JSONNumber(checked: text(Int(node.start), Int(node.end))))
    case .string, .escapedString: return .string(string(node))
    case .array:
      var elements: [JSONValue] = []
      elements.reserveCapacity(children(of: index))
      var child = index + 1
      while child < Int(node.next) {
        elements.append(value(at: child))
        child = Int(nodes[child].next)
      }
      return .array(elements)
    case .object:
      var members: [(key: String, value: JSONValue)] = []
      members.reserveCapacity(children(of: index) / 2)
      var child = index + 1
      while child < Int(node.next) {
        members.append((string(nodes[child]), value(at: child + 1)))
        child = Int(nodes[child + 1].next)
      }
      return .object(JSONObject(members: members))
    case .sealedArray, .sealedObject: return sealed(node)
    }
  }

  /// A whole resource object or document is made: what is sealed in it gets an index for the moment.
  private func sealed(_ node: JSONIndexNode) -> JSONValue {
    let bytes = bytes
    return JSONIndex.open(bytes, Int(node.start)..<Int(node.end)).withUnsafeBufferPointer {
      JSONValueReader(bytes: bytes, nodes: $0).value(at: 0)
    }
  }

  private func children(of index: Int) -> Int {
    var count = 0
    var child = index + 1
    while child < Int(nodes[index].next) {
      count += 1
      child = Int(nodes[child].next)
    }
    return count
  }

  private func text(_ start: Int, _ end: Int) -> String {
    String(decoding: UnsafeBufferPointer(rebasing: bytes[start..<end]), as: UTF8.self)
  }

  private func string(_ node: JSONIndexNode) -> String { JSONText.decode(bytes, node) }
}
