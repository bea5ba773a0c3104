import CommerceLayer

extension SandboxConfiguration {
  /// A sandbox for every resource of the generated client.
  public init() {
    self.init(schemas: CommerceLayerService.schemas, service: CommerceLayerService.description)
  }
}
