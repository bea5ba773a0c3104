/// What is called while a run goes on, in order and never twice at once.
public struct ImportObserver: Sendable {
  /// The first pass goes on.
  public var checked: @Sendable (CheckProgress) -> Void = { _ in }
  /// The first pass is done.
  public var planned: @Sendable (ImportPlan) -> Void = { _ in }
  /// Something moved.
  public var progress: @Sendable (ImportProgress) -> Void = { _ in }
  /// Something worth telling.
  public var notice: @Sendable (ImportNotice) -> Void = { _ in }
  /// A row was not imported. Rows the service took are only counted.
  public var entry: @Sendable (RowEntry) -> Void = { _ in }
  /// So many rows were never sent, and why: instead of an entry for each, when the settings say so.
  public var unsent: @Sendable (Int, String) -> Void = { _, _ in }

  /// Nothing is told.
  public init() {}
}
