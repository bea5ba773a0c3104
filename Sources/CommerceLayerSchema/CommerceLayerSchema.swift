// The schema tables of all resources, generated at build time without their models: for programs that
// act on the schema, such as the sandbox.
@_exported public import CommerceLayerRuntime
