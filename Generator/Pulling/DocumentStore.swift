internal import Distiller

/// What keeps a document of the site: fetches it with the conditions that are known, writes it when
/// it is new, and notes what it is known by.
struct DocumentStore: Sendable {
  let fetcher: PageFetcher
  let folder: PullFolder
  let digest: @Sendable ([UInt8]) -> String

  /// What came of a document.
  enum Document: Sendable {
    /// Its content, and whether it is new, changed or unchanged.
    case content([UInt8], PullSummary.Outcome)
    case missing(Int)
    case failed(PullFailure)
    case stop(PullFailure)
  }

  /// Fetches a document.
  /// - Parameters:
  ///   - entry: what is known of it. Its condition is sent only while the file is as it was written,
  ///     and only to where it came from.
  func document(
    at address: PageAddress, known entry: PullState.Entry?, isSamePlace: Bool = true
  ) async throws -> (Document, PageFetcher.Validators) {
    let kept = entry.flatMap { entry in
      folder.read(entry.path).flatMap {
        isSamePlace && digest($0) == entry.sha256 ? $0 : nil
      }
    }
    let validators = kept == nil ? .init() : entry?.validators ?? .init()
    switch try await fetcher.fetch(address, known: validators) {
    case .page(let bytes, let validators):
      let outcome: PullSummary.Outcome =
        entry == nil ? .new : entry?.sha256 == digest(bytes) ? .unchanged : .changed
      return (.content(bytes, outcome), validators)
    case .notModified: return (.content(kept ?? [], .unchanged), validators)
    case .missing(let status): return (.missing(status), validators)
    case .failed(let failure): return (.failed(failure), validators)
    case .stop(let failure): return (.stop(failure), validators)
    }
  }

  /// What a page holds, when it is one.
  static func kind(of bytes: [UInt8]) -> Result<ContentKind, PullFailure> {
    guard !bytes.isEmpty else { return .failure(.init(.unfit, "it is empty")) }
    guard !ContentKind.isBinary(bytes) else {
      return .failure(.init(.unfit, "it is not text"))
    }
    let (kind, reason) = ContentKind.detect(String(decoding: bytes, as: UTF8.self))
    guard kind != .other else { return .failure(.init(.unfit, "it is not a page: it \(reason)")) }
    return .success(kind)
  }
}
