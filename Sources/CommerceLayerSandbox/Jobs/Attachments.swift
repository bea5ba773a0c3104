import CommerceLayerRows
import CommerceLayerRuntime
import Foundation
import GRDB

/// The files behind `attachment_url`: the inputs of imports and what exports have written, compressed.
///
/// As on the service, a URL needs no token and works for five minutes; each response has a new one.
struct Attachments: Sendable {
  static let attribute = "attachment_url"
  /// What stands in a record for a file that there is; responses have a URL in its place.
  static let marker = "attached"
  static let prefix = "/__attachments__/"
  /// How long a URL works: 5 min.
  static let lifetime: TimeInterval = 300
  /// Imports whose inputs are kept after they are done; those of the oldest go first.
  static let keptImports = 100

  let now: @Sendable () -> Date

  /// What follows the origin in the URL of a record's file.
  func target(_ record: StoredRecord) -> String {
    let path = Self.prefix + record.type + "/" + record.id
    let expiry = Int(now().timeIntervalSince1970 + Self.lifetime)
    return "\(path)?expires=\(expiry)&signature=\(Self.signature(path, expiry))"
  }

  /// The file at a target.
  /// - Throws: ``ErrorResponse``: 403 when the URL has expired or was changed, 404 when there is no file.
  func respond(_ path: Substring, _ query: QueryString, store: Store) async throws
    -> SandboxResponse
  {
    let values = Dictionary(
      query.parameters.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    let parts = path.dropFirst(Self.prefix.count).split(separator: "/")
    guard let expiry = values["expires"].flatMap({ Int($0) }), parts.count == 2,
      values["signature"] == Self.signature(String(path), expiry),
      now().timeIntervalSince1970 < Double(expiry)
    else { throw ErrorResponse(.forbidden, "the URL of the file has expired") }
    let id = String(parts[1])
    guard let bytes = try await store.read({ db in try Self.content(db, id: id) }) else {
      throw ErrorResponse.notFound("the file")
    }
    return SandboxResponse(status: 200, contentType: "application/gzip", body: bytes)
  }

  /// The hasher's key is of this process, so nobody else can make a URL.
  private static func signature(_ path: String, _ expiry: Int) -> String {
    var hasher = Hasher()
    hasher.combine(path)
    hasher.combine(expiry)
    return String(UInt(bitPattern: hasher.finalize()), radix: 16)
  }

  private static func content(_ db: Database, id: String) throws -> [UInt8]? {
    if let row = try Row.fetchOne(
      db, sql: "SELECT format, content FROM inputs WHERE import_id = ?", arguments: [id])
    {
      let format: String = row[0]
      let raw = Array(row[1] as Data)
      let text =
        format == ImportFormat.csv.rawValue ? try JSONDocument(parsing: raw).root.string : nil
      return Gzip.member(text.map { Array($0.utf8) } ?? raw)
    }
    let parts = try Data.fetchAll(
      db, sql: "SELECT content FROM job_parts WHERE job_id = ? ORDER BY number", arguments: [id])
    return parts.isEmpty ? nil : parts.flatMap { Gzip.member(Array($0)) }
  }
}

/// The gzip format without compression: what is served goes to this machine only.
enum Gzip {
  private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]
  /// The most bytes of a stored block (RFC 1951 §3.2.4).
  private static let blockSize = 65_535

  /// One member; a file may hold several (RFC 1952 §2.2).
  static func member(_ bytes: [UInt8]) -> [UInt8] {
    var out = header
    out.reserveCapacity(bytes.count + bytes.count / blockSize * 5 + 32)
    var start = 0
    repeat {
      let end = min(start + blockSize, bytes.count)
      out.append(end == bytes.count ? 1 : 0)
      let length = UInt16(end - start)
      for value in [length, ~length] {
        out.append(UInt8(truncatingIfNeeded: value))
        out.append(UInt8(truncatingIfNeeded: value >> 8))
      }
      out += bytes[start..<end]
      start = end
    } while start < bytes.count
    var checksum = CRC32()
    checksum.update(bytes[...])
    for value in [checksum.value, UInt32(truncatingIfNeeded: bytes.count)] {
      for shift in stride(from: UInt32(0), to: 32, by: 8) {
        out.append(UInt8(truncatingIfNeeded: value >> shift))
      }
    }
    return out
  }
}
