/// A page in memory: what the distiller reads. It never opens files itself.
public struct SourceFile: Sendable, Hashable {
  /// The name diagnostics and provenance use: the path below the folder given to the tool.
  public var name: String
  /// The content as it lies on disk.
  public var bytes: [UInt8]

  /// Creates a page from its name and content.
  public init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
  }

  /// Creates a page from its name and text.
  public init(name: String, text: String) {
    self.init(name: name, bytes: Array(text.utf8))
  }
}
