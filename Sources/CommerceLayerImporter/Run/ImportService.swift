import CommerceLayer

/// The calls a run makes. ``CommerceLayerImports`` makes them to the service; tests make them to
/// whatever they like.
protocol ImportService: Sendable {
  /// Creates an import.
  /// - Throws: ``CallFailure``.
  func create(_ request: ImportRequest) async throws(CallFailure) -> RemoteImport
  /// Whether rows go to test or live data; nil when the service does not say.
  /// - Throws: ``CallFailure``.
  func mode() async throws(CallFailure) -> ServiceMode?
  /// The imports with this reference that this tool created.
  /// - Throws: ``CallFailure``.
  func find(reference: String) async throws(CallFailure) -> [RemoteImport]
  /// State and counts of imports, in one request.
  /// - Throws: ``CallFailure``.
  func states(of ids: [String]) async throws(CallFailure) -> [RemoteImport]
  /// One import with its logs.
  /// - Throws: ``CallFailure``.
  func retrieve(_ id: String) async throws(CallFailure) -> RemoteImport
}
