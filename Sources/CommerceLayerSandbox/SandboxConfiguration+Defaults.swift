import CommerceLayerSchema

extension SandboxConfiguration {
  /// A sandbox for every resource of the spec.
  public init() {
    self.init(schemas: CommerceLayerTables.schemas, service: CommerceLayerTables.service)
  }
}
