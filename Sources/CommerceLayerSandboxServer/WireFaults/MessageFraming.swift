/// Finds where a message of an HTTP/1 connection ends, without changing a byte of it.
struct MessageFraming: Sendable {
  /// Why bytes are not an HTTP/1 message.
  struct Failure: Error, Sendable, Hashable, CustomStringConvertible {
    let description: String
  }

  private enum State: Sendable {
    case head
    case bytes(Int)
    case chunkSize
    /// What is left of a chunk and its line end.
    case chunk(Int)
    case trailers
    case untilClose
    case done
  }

  /// The longest head, and the longest line of a chunk: 128 KiB.
  private static let longestHead = 128 << 10
  /// A response to HEAD has the headers of a body that it does not have.
  private let isResponse: Bool
  private let isToHead: Bool
  private var state = State.head
  private var line: [UInt8] = []
  private var headBytes = 0
  /// The lines of the head: the first one, then the headers.
  private(set) var lines: [String] = []

  init(isResponse: Bool, toHead isToHead: Bool = false) {
    self.isResponse = isResponse
    self.isToHead = isToHead
  }

  var isDone: Bool { if case .done = state { true } else { false } }
  /// Whether the head is complete.
  var hasHead: Bool { if case .head = state { false } else { true } }
  /// Whether the end of the connection is the end of the message.
  var endsWithConnection: Bool { if case .untilClose = state { true } else { false } }
  /// The status of a response; nil in a request.
  var status: Int? {
    guard isResponse, let first = lines.first else { return nil }
    let words = first.split(separator: " ")
    return words.count > 1 ? Int(words[1]) : nil
  }

  /// The value of the first header of a name, which is in lowercase.
  func header(_ name: String) -> String? {
    for line in lines.dropFirst() {
      let halves = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      if halves.count == 2, halves[0].lowercased() == name {
        return halves[1].filter { $0 != " " && $0 != "\t" }
      }
    }
    return nil
  }

  /// Reads on.
  /// - Returns: How many of the bytes belong to this message.
  mutating func consume(_ bytes: ArraySlice<UInt8>) throws(Failure) -> Int {
    var rest = bytes
    while !rest.isEmpty {
      switch state {
      case .done: return bytes.count - rest.count
      case .untilClose: return bytes.count
      case .bytes(let missing):
        let taken = min(missing, rest.count)
        rest = rest.dropFirst(taken)
        state = taken == missing ? .done : .bytes(missing - taken)
      case .chunk(let missing):
        let taken = min(missing, rest.count)
        rest = rest.dropFirst(taken)
        state = taken == missing ? .chunkSize : .chunk(missing - taken)
      case .head, .chunkSize, .trailers:
        let end = rest.firstIndex(of: 10)
        line += rest[..<(end ?? rest.endIndex)]
        guard line.count <= Self.longestHead else {
          throw Failure(description: "a line is too long")
        }
        guard let end else { return bytes.count }
        rest = rest[(end + 1)...]
        if line.last == 13 { line.removeLast() }
        let text = String(decoding: line, as: UTF8.self)
        line = []
        try take(text)
      }
    }
    return bytes.count
  }

  /// Takes a whole line of a head, a chunk's size or the trailers.
  private mutating func take(_ text: String) throws(Failure) {
    switch state {
    case .head where text.isEmpty:
      // Empty lines before a message are passed over (RFC 9112 §2.2).
      if !lines.isEmpty { try finishHead() }
    case .head:
      headBytes += text.utf8.count
      guard headBytes <= Self.longestHead else {
        throw Failure(description: "the head is too long")
      }
      lines.append(text)
    case .chunkSize:
      // A chunk's own line end is read with it: its size is at least 1.
      guard let size = Int(text.prefix { $0 != ";" }.filter { $0 != " " }, radix: 16), size >= 0,
        size < .max - 2
      else { throw Failure(description: "'\(text.prefix(40))' is not the size of a chunk") }
      state = size == 0 ? .trailers : .chunk(size + 2)
    case .trailers: if text.isEmpty { state = .done }
    case .bytes, .chunk, .untilClose, .done: break
    }
  }

  private mutating func finishHead() throws(Failure) {
    let status = status ?? 0
    if isResponse, isToHead || status == 204 || status == 304 || (100..<200).contains(status) {
      state = .done
    } else if header("transfer-encoding")?.lowercased().hasSuffix("chunked") == true {
      state = .chunkSize
    } else if let text = header("content-length") {
      guard let length = Int(text), length >= 0 else {
        throw Failure(description: "'\(text.prefix(40))' is not a length")
      }
      state = length == 0 ? .done : .bytes(length)
    } else {
      state = isResponse ? .untilClose : .done
    }
  }
}
