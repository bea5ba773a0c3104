public import CommerceLayerRuntime

/// The name a row goes by in an import's `errors_log`.
///
/// The service names a failed row by its unique key and calls rows without one `unknown`; rows that
/// share a key share an entry. How it writes keys of several fields is not documented: here the
/// fields that have a value are joined with `-` in the order of the key.
public enum ImportLogKey {
  /// What rows without a key are called.
  public static let unknown = "unknown"

  /// The name of a row.
  /// - Parameters:
  ///   - fields: the unique key of the row's type, ``ServiceDescription/Importable/key``.
  ///   - value: the row's value of a field, the import's parent already filled in.
  public static func text(fields: [String], value: (String) -> JSONValue?) -> String {
    let parts = fields.compactMap { field -> String? in
      switch value(field) {
      case .string(let text): text.isEmpty ? nil : text
      case .number(let number): number.text
      case .bool(let flag): String(flag)
      case .null, .array, .object, nil: nil
      }
    }
    return parts.isEmpty ? unknown : parts.joined(separator: "-")
  }
}
