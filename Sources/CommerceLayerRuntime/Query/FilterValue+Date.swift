public import struct Foundation.Date

extension Date: ComparableFilterValue {
  /// The time in UTC with milliseconds.
  public var filterText: String { ISO8601.text(self) }
}
