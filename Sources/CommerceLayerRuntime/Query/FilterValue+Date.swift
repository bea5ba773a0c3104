public import struct Foundation.Date

extension Date: ComparableFilterValue {
  /// The time in UTC with milliseconds.
  public var filterText: String { ISO8601.text(self) }
  /// Whether the date is a point in time.
  public var isFiniteFilterValue: Bool { timeIntervalSince1970.isFinite }
}
