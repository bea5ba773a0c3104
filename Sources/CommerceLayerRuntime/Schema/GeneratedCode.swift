/// What generated code expects of the code it is compiled with.
///
/// The generator names the version it writes for. When the shape of generated code changes, the
/// number here and in the generator change together; code generated for another version then fails
/// to compile at a symbol whose name says why.
public enum GeneratedCode {
  /// The shape of version 0.1: views over storage, one schema table, statics for queries.
  public static let version1 = 1
}
