import CommerceLayer
import CommerceLayerRows

/// Makes a run's calls to the service.
struct CommerceLayerImports: ImportService {
  let client: CommerceLayerClient
  let type: String

  func create(_ request: ImportRequest) async throws(CallFailure) -> RemoteImport {
    try await call(isCreate: true) {
      RemoteImport(
        try await client.imports.create(request.create) {
          $0.fields(
            .status, .processedCount, .errorsCount, .warningsCount, .inputsSize, .createdAt)
        })
    }
  }

  func mode() async throws(CallFailure) -> ServiceMode? {
    // The access token says it, or else the first response.
    if let mode = client.api.mode { return mode }
    try await call {
      _ = try await client.imports.list {
        $0.fields(.status)
        $0.page(size: 1)
      }
    }
    return client.api.mode
  }

  func find(reference: String) async throws(CallFailure) -> [RemoteImport] {
    try await call {
      try await client.imports.list {
        $0.filter(.reference.eq(reference))
        $0.filter(.referenceOrigin.eq(ImportRequest.origin))
        $0.fields(
          .status, .processedCount, .errorsCount, .warningsCount, .inputsSize, .createdAt,
          .reference, .resourceType)
        $0.page(size: 25)
      }
      // The service is said to ignore filters it does not understand; a stranger's import must
      // never be taken for ours.
      .filter { $0.reference == reference && $0.resourceType?.rawValue == type }
      .map(RemoteImport.init)
    }
  }

  func states(of ids: [String]) async throws(CallFailure) -> [RemoteImport] {
    if ids.isEmpty { return [] }
    return try await call {
      try await client.imports.list {
        $0.filter(.id.in(ids.map { Import.ID($0) }))
        $0.fields(.status, .processedCount, .errorsCount, .warningsCount, .inputsSize)
        $0.page(size: 25)
      }.map(RemoteImport.init)
    }
  }

  func retrieve(_ id: String) async throws(CallFailure) -> RemoteImport {
    try await call {
      RemoteImport(
        try await client.imports.retrieve(Import.ID(id)) {
          $0.fields(
            .status, .processedCount, .errorsCount, .warningsCount, .inputsSize, .createdAt,
            .errorsLog, .warningsLog)
        })
    }
  }

  private func call<T>(
    isCreate: Bool = false, _ work: () async throws -> T
  ) async throws(CallFailure) -> T {
    do {
      return try await work()
    } catch let error as CommerceLayerError {
      throw FailureReading.read(error, isCreate: isCreate)
    } catch is CancellationError {
      throw CallFailure(kind: .cancelled, message: "cancelled")
    } catch {
      throw CallFailure(kind: isCreate ? .ambiguous : .transient, message: "\(error)")
    }
  }
}

extension RemoteImport {
  init(_ source: Import) {
    self.init(id: source.id.rawValue, status: source.status?.rawValue ?? "")
    processedCount = Self.clamped(source.processedCount)
    errorsCount = Self.clamped(source.errorsCount)
    warningsCount = Self.clamped(source.warningsCount)
    inputsSize = source.inputsSize.map(Self.clamped)
    createdAt = source.createdAt.map(ISO8601.text) ?? ""
    resourceType = source.resourceType?.rawValue
    errors = ImportLog.read(source.errorsLog)
    warnings = ImportLog.read(source.warningsLog)
  }

  /// More rows than any import takes: a count beyond it, or below zero, is not a count.
  private static let maximumCount = 1_000_000_000

  private static func clamped(_ count: Int?) -> Int { max(0, min(count ?? 0, maximumCount)) }
}
