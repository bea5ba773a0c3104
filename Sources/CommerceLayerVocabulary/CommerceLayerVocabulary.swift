// The predicates and the traits of this package's spec, generated at build time. All clients that are
// generated for Commerce Layer import this module, so that two of them can be imported in one file.
@_exported public import CommerceLayerRuntime
