extension SwiftType {
  /// The type's source; an enumeration by its name alone, as inside its resource.
  var code: Code { code(qualified: false) }

  /// The type's source; an enumeration with its resource in front where `qualified`.
  func code(qualified: Bool) -> Code {
    switch self {
    case .string: "String"
    case .int: "Int"
    case .double: "Double"
    case .bool: "Bool"
    case .date: "Date"
    case .jsonValue: "JSONValue"
    case .jsonObject: "JSONObject"
    case .bulkInputs: "BulkInputs"
    case .nested(let name, let owner): qualified ? "\(owner).\(name)" : "\(name)"
    case .resource(let name): "\(name)"
    case .anyResource: "AnyResource"
    case .memberReference(let name): "MemberReference<\(name)>"
    case .id(let name): "\(name).ID"
    case .anyReference: "AnyResourceReference"
    case .any: "Any"
    case .array(let element): "[\(element.code(qualified: qualified))]"
    case .optional(let wrapped): "\(wrapped.code(qualified: qualified))?"
    }
  }
}
