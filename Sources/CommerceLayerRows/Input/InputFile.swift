import Foundation

/// An input that can be read twice, opened once: what was checked is what is sent, whatever
/// happens to its name in between.
///
/// A pipe is first copied to a temporary file that only this process can reach. So is what is
/// compressed with gzip or not UTF-8, decompressed and converted.
public final class InputFile: Sendable {
  /// What messages call it.
  public let name: String
  /// The encoding of the original.
  public let encoding: TextEncoding
  /// Whether the original was compressed with gzip.
  public let isCompressed: Bool
  /// The size of its text in bytes, as UTF-8, when it was opened.
  public let size: Int
  /// The original; the same as `text` when that is read directly.
  private let original: FileDescription
  private let text: FileDescription
  private let identity: FileDescription.Identity

  /// Opens a file; `-` is the standard input.
  /// - Parameters:
  ///   - path: The path of the file.
  ///   - name: What messages call it; its path when nil.
  ///   - encoding: The encoding; nil to tell it by a byte order mark, UTF-8 without one.
  /// - Throws: ``InputError`` of kind `unreadable`, `encoding`, `malformed` or `storage`.
  public convenience init(
    path: String, name: String? = nil, encoding: TextEncoding? = nil
  ) throws(InputError) {
    guard path != "-" else {
      let copy = try TemporaryFile.copy(FileDescription(dup(STDIN_FILENO)), name: "standard input")
      try self.init(opened: copy, name: "standard input", encoding: encoding)
      return
    }
    let file = FileDescription(open(path, O_RDONLY | O_CLOEXEC))
    guard file.isOpen, let kind = file.kind else { throw Self.unreadable(path) }
    switch kind {
    case S_IFREG: try self.init(opened: file, name: name ?? path, encoding: encoding)
    case S_IFDIR:
      throw InputError(.unreadable, "'\(path)' is a folder", advice: "name a file in it")
    default:
      let copy = try TemporaryFile.copy(file, name: name ?? path)
      try self.init(opened: copy, name: name ?? path, encoding: encoding)
    }
  }

  /// Takes the bytes of rows that a program made.
  package convenience init(spooled file: FileDescription, name: String) throws(InputError) {
    try self.init(opened: file, name: name, encoding: .utf8)
  }

  private init(
    opened file: FileDescription, name: String, encoding wanted: TextEncoding?
  ) throws(InputError) {
    self.name = name
    original = file
    guard let identity = file.identity else { throw Self.unreadable(name) }
    self.identity = identity
    var head: [UInt8] = []
    try file.read(at: 0, into: &head, count: FileSignature.length, name: name)
    var found = FileSignature.find(head[...])
    var source = file
    var wasCompressed = false
    if found == .gzip {
      wasCompressed = true
      source = try TemporaryFile.decompress(file, name: name)
      try source.read(at: 0, into: &head, count: FileSignature.length, name: name)
      found = FileSignature.find(head[...])
    }
    isCompressed = wasCompressed
    switch found {
    case .gzip:
      throw InputError(
        .malformed, "'\(name)' is compressed with gzip twice", offset: 0,
        advice: "decompress it once and run again")
    case .unsupported(let what, let advice):
      throw InputError(.malformed, "'\(name)' is \(what)", offset: 0, advice: advice)
    case .text(let told):
      let encoding = wanted == nil || wanted == .utf16 ? told : wanted ?? told
      self.encoding = encoding == .utf8 && wanted == .utf16 ? .utf16LE : encoding
    }
    text =
      self.encoding == .utf8
      ? source : try TemporaryFile.convert(source, from: self.encoding, name: name)
    size = text.identity?.size ?? 0
  }

  private static func unreadable(_ path: String) -> InputError {
    let code = errno
    return InputError(
      .unreadable, "'\(path)' cannot be read: \(String(cString: strerror(code)))",
      advice: code == ENOENT ? "check the path" : "check the file's permissions")
  }

  /// Reads up to `count` bytes of the text at an offset; fewer at the end.
  package func read(at offset: Int, into buffer: inout [UInt8], count: Int) throws(InputError) {
    try text.read(at: offset, into: &buffer, count: count, name: name)
  }

  /// Fills a part of a buffer with the text at an offset.
  /// - Returns: How many bytes there were; fewer than there was room for at the end.
  func fill(
    _ buffer: inout [UInt8], from start: Int, to end: Int, at offset: Int
  ) throws(InputError) -> Int {
    try text.fill(&buffer, from: start, to: end, at: offset, name: name)
  }

  /// The digest of the bytes as they are, compressed and in whatever encoding.
  /// - Parameter blocks: What was read of the text, which often is just these bytes.
  package func digest(_ blocks: InputBlocks) throws(InputError) -> InputDigest {
    if original === text { return blocks.digest }
    var own = InputBlocks()
    var buffer = [UInt8](repeating: 0, count: InputBlocks.size)
    while true {
      let count = try original.fill(
        &buffer, from: 0, to: buffer.count, at: own.count, name: name)
      own.append(buffer, 0..<count)
      if count < buffer.count { return own.digest }
    }
  }

  /// Whether an open file is the input, whatever names led to them.
  package func isSame(as other: Int32) -> Bool { original.isSame(as: other) }

  /// Whether this path leads to the input.
  package func isSame(path: String) -> Bool {
    let other = FileDescription(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK))
    return other.isOpen && original.isSame(as: other.number)
  }

  /// - Throws: An error of kind `changed` when the file was written to since it was opened.
  package func checkUnchanged() throws(InputError) {
    guard original.identity == identity else { throw changed }
  }

  /// The error of what is not any more what it was.
  package var changed: InputError {
    InputError(
      .changed, "'\(name)' changed while it was read", advice: "run again once it is complete")
  }
}

/// An open file, closed with its last reference.
package final class FileDescription: Sendable {
  /// What tells that a file has been written to.
  struct Identity: Equatable {
    let size: Int
    let seconds: Int
    let nanoseconds: Int
  }

  package let number: Int32

  package init(_ number: Int32) { self.number = number }

  deinit { if isOpen { close(number) } }

  var isOpen: Bool { number >= 0 }

  private var status: stat? {
    var status = stat()
    return fstat(number, &status) == 0 ? status : nil
  }

  /// `S_IFREG`, `S_IFDIR` and so on.
  var kind: mode_t? { status.map { $0.st_mode & S_IFMT } }

  var identity: Identity? {
    guard let status else { return nil }
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    return Identity(size: Int(status.st_size), seconds: time.tv_sec, nanoseconds: time.tv_nsec)
  }

  func isSame(as other: Int32) -> Bool {
    var theirs = stat()
    guard let own = status, fstat(other, &theirs) == 0 else { return false }
    return own.st_dev == theirs.st_dev && own.st_ino == theirs.st_ino
  }

  package func read(
    at offset: Int, into buffer: inout [UInt8], count: Int, name: String
  ) throws(InputError) {
    if buffer.count < count {
      buffer = [UInt8](repeating: 0, count: count)
    } else if buffer.count > count {
      buffer.removeLast(buffer.count - count)
    }
    let used = try fill(&buffer, from: 0, to: buffer.count, at: offset, name: name)
    buffer.removeLast(buffer.count - used)
  }

  func fill(
    _ buffer: inout [UInt8], from start: Int, to end: Int, at offset: Int, name: String
  ) throws(InputError) -> Int {
    var used = start
    while used < end {
      let done = used - start
      let (first, room) = (used, end - used)
      let count = buffer.withUnsafeMutableBytes { bytes in
        bytes.baseAddress.map { pread(number, $0 + first, room, off_t(offset + done)) } ?? 0
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw InputError(
          .storage, "reading '\(name)' failed: \(String(cString: strerror(errno)))",
          offset: offset + done)
      }
      if count == 0 { break }
      used += count
    }
    return used - start
  }

  package func write(_ bytes: ArraySlice<UInt8>) -> Bool {
    var start = bytes.startIndex
    while start < bytes.endIndex {
      let count = bytes[start...].withUnsafeBytes {
        Foundation.write(number, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      start += count
    }
    return true
  }
}

/// Files without a name, which only this process can reach and which go with it.
package enum TemporaryFile {
  /// Creates one.
  /// - Throws: ``InputError`` of kind `storage`.
  package static func make() throws(InputError) -> FileDescription {
    let wanted = ProcessInfo.processInfo.environment["TMPDIR"] ?? ""
    let folder = wanted.isEmpty ? "/tmp" : wanted
    var template = Array("\(folder)/cl-import-XXXXXX".utf8CString)
    // mkstemp creates the file for its owner alone; without its name nobody else finds it.
    let file = FileDescription(mkstemp(&template))
    guard file.isOpen else {
      throw InputError(
        .storage,
        "cannot create a temporary file in '\(folder)': \(String(cString: strerror(errno)))",
        advice: "set TMPDIR to a folder with room for the input")
    }
    unlink(template)
    return file
  }

  private static func full(_ name: String) -> InputError {
    InputError(
      .storage, "keeping a copy of '\(name)' failed: \(String(cString: strerror(errno)))",
      advice: "set TMPDIR to a folder with room for the input")
  }

  /// Copies what cannot be read twice.
  static func copy(_ source: FileDescription, name: String) throws(InputError) -> FileDescription {
    // What was closed when the process began is by now something of the process itself, which has no
    // kind of file.
    guard source.isOpen, source.kind != 0 else {
      throw InputError(
        .unreadable, "\(name) is closed", advice: "name a file, or pipe the rows into this command")
    }
    let copy = try make()
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = buffer.withUnsafeMutableBytes {
        Foundation.read(source.number, $0.baseAddress, $0.count)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw InputError(.storage, "reading '\(name)' failed: \(String(cString: strerror(errno)))")
      }
      if count == 0 { return copy }
      guard copy.write(buffer[..<count]) else { throw full(name) }
    }
  }

  static func decompress(
    _ source: FileDescription, name: String
  ) throws(InputError) -> FileDescription {
    let copy = try make()
    try decompress(source, into: copy, name: name)
    return copy
  }

  /// Decompresses a file into another one.
  package static func decompress(
    _ source: FileDescription, into copy: FileDescription, name: String
  ) throws(InputError) {
    var reader = GzipReader(
      name: name,
      read: { (offset, buffer) throws(InputError) in
        try source.read(at: offset, into: &buffer, count: 1 << 16, name: name)
      },
      write: { (bytes) throws(InputError) in
        guard copy.write(bytes) else { throw full(name) }
      })
    try reader.run()
  }

  static func convert(
    _ source: FileDescription, from encoding: TextEncoding, name: String
  ) throws(InputError) -> FileDescription {
    let copy = try make()
    var decoder = TextDecoder(encoding)
    var (offset, buffer): (Int, [UInt8]) = (0, [])
    var text: [UInt8] = []
    while true {
      try source.read(at: offset, into: &buffer, count: 1 << 16, name: name)
      if buffer.isEmpty { break }
      offset += buffer.count
      text.removeAll(keepingCapacity: true)
      try decoder.decode(buffer[...], into: &text)
      guard copy.write(text[...]) else { throw full(name) }
    }
    try decoder.finish()
    return copy
  }
}

/// How rows are written in an input.
public enum InputFormat: String, Sendable, Hashable, CaseIterable {
  /// Separated values, RFC 4180, with whatever delimiter.
  case csv
  /// One JSON array of objects.
  case json
  /// One JSON object a line.
  case jsonLines = "jsonl"

  /// Tells the format by the first byte that is not blank, and by the name's extension where that
  /// leaves it open.
  ///
  /// `.json` with an object first is JSON Lines: many tools name it so. A report of an earlier run is
  /// recognized whatever its name.
  public static func detect(_ file: InputFile) throws(InputError) -> InputFormat {
    var name = file.name.lowercased()
    if name.hasSuffix(".gz") { name.removeLast(3) }
    var source = try ByteSource(file)
    while let byte = try source.next() {
      switch byte {
      case 0x20, 0x09, 0x0A, 0x0D: continue
      case UInt8(ascii: "["): return .json
      case UInt8(ascii: "{"): return .jsonLines
      default: return byName(name)
      }
    }
    return byName(name)
  }

  private static func byName(_ name: String) -> InputFormat {
    if name.hasSuffix(".jsonl") || name.hasSuffix(".ndjson") { return .jsonLines }
    return name.hasSuffix(".json") ? .json : .csv
  }
}

/// Why an input cannot be read as rows. Nothing of it has been sent.
public struct InputError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure.
  public enum Kind: String, Sendable, Hashable {
    /// The file does not exist, may not be read, or is not a file.
    case unreadable
    /// The bytes are not of the expected format.
    case malformed
    /// The bytes are not text of the expected encoding.
    case encoding
    /// The input changed while it was read.
    case changed
    /// Reading failed half way, or a temporary copy could not be written.
    case storage
  }

  /// The kind of failure.
  public let kind: Kind
  /// What is wrong, in a sentence.
  public let message: String
  /// The line, from 1.
  public let line: Int?
  /// The offset of the offending byte, from 0.
  public let offset: Int?
  /// What to do about it.
  public let advice: String?

  /// Creates an error.
  public init(
    _ kind: Kind, _ message: String, line: Int? = nil, offset: Int? = nil, advice: String? = nil
  ) {
    self.kind = kind
    self.message = message
    self.line = line
    self.offset = offset
    self.advice = advice
  }

  /// What is wrong and where.
  public var description: String {
    var place = ""
    if let line { place = "line \(line)" }
    if let offset { place += (place.isEmpty ? "" : ", ") + "byte \(offset)" }
    return place.isEmpty ? message : "\(place): \(message)"
  }
}
