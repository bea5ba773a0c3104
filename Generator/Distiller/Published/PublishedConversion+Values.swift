internal import Spec

extension PublishedConversion {
  // MARK: Values of a field

  /// Adds what a field says of its values: the default, an example, what it holds.
  mutating func addValues(
    to attribute: inout AttributeSpec, _ field: PublishedPlace,
    phrase: PublishedPhrases.Meaning?, fact: (String) -> String
  ) {
    attribute.defaultValue = defaultValue(of: attribute, field, phrase: phrase, fact: fact)
    if attribute.type == .array, let example = field["example"], example.isArray {
      attribute.items = PublishedValues.element(of: example.elements.map(\.value))
      if attribute.items == nil {
        reader.report(
          .note, .schemaForm, at: example, of: resource,
          "shows no elements of one type: what the array holds is unknown")
      } else {
        note(fact("items"), example, .itemsFromExample)
      }
    }
    if let place = field["properties"], !place.isNull {
      let properties = properties(place)
      if !properties.isEmpty, attribute.type == .object {
        attribute.properties = properties.mapValues(\.type)
        for (name, property) in properties {
          note(fact("properties/\(JSONPointer.escape(name))"), property.place)
        }
      } else {
        reportKind(place, expected: "the properties of an object; they are not read")
      }
    }
    if let place = field["format"], !place.isNull {
      if place.string == "id" {
        attribute.isID = true
        note(fact("id"), place)
      } else {
        reportKind(place, expected: "'id', the only known format; it is not read")
      }
    }
    // A secret, or what is sent and never returned, has no business in comments.
    let isSecret = attribute.confidential == true || attribute.writeOnly == true
    if !isSecret, let place = field["example"],
      let example = PublishedValues.example(place.value, of: attribute.type)
    {
      attribute.example = example
      note(fact("example"), place)
    }
  }

  /// The default by `default`, or else by the phrase; both must fit the type.
  private mutating func defaultValue(
    of attribute: AttributeSpec, _ field: PublishedPlace, phrase: PublishedPhrases.Meaning?,
    fact: (String) -> String
  ) -> JSONTree? {
    var told: (value: JSONTree, place: PublishedPlace)?
    if let place = field["default"], !place.isNull {
      guard let value = place.value.tree, isBounded(value) else {
        reportKind(place, expected: "a small value; it is not read")
        return nil
      }
      told = (value, place)
      if let other = phrase?.defaultValue, !Self.agree(other, value) {
        reader.report(
          .warning, .contradiction, at: place, of: resource,
          "is \(value.compactText), but 'required' says \(other.compactText); 'default' counts")
      }
    } else if let value = phrase?.defaultValue, let place = field["required"] {
      told = (value, place)
    }
    guard let told else { return nil }
    guard PublishedValues.fits(told.value, attribute.type) else {
      let name = fact("default").split(separator: "/").dropLast().last ?? ""
      reader.report(
        .warning, .schemaForm, at: told.place, of: resource,
        "gives the default \(told.value.compactText) to '\(name)', a field of type "
          + "\(attribute.type.rawValue); it is not read")
      return nil
    }
    if let text = told.value.string, let values = attribute.values, !values.contains(text) {
      reader.report(
        .warning, .schemaForm, at: told.place, of: resource,
        "gives the default '\(text)', which 'enum' does not list; it is not read")
      return nil
    }
    note(fact("default"), told.place)
    return told.value
  }

  /// A number means the same whether it is written with a fraction or without.
  private static func agree(_ one: JSONTree, _ other: JSONTree) -> Bool {
    func number(_ tree: JSONTree) -> Double? {
      switch tree {
      case .integer(let value): Double(value)
      case .number(let value): value
      default: nil
      }
    }
    return one == other || number(one) != nil && number(one) == number(other)
  }

  private func isBounded(_ value: JSONTree) -> Bool {
    value.compactText.utf8.count <= Limits.maximumPublishedValueBytes
  }

  /// The properties of an object, those of its own objects behind a dot.
  private mutating func properties(
    _ place: PublishedPlace, below parent: String = ""
  ) -> [String: (type: AttributeType, place: PublishedPlace)] {
    var out: [String: (type: AttributeType, place: PublishedPlace)] = [:]
    for (name, property) in place.members {
      guard Names.isWireName(name),
        let type = property["type"]?.string.flatMap(AttributeType.init(rawValue:))
      else {
        reader.report(
          .warning, .badName, at: property, of: resource,
          "is not a plainly named property with a known type; it is left out")
        continue
      }
      reader.check(property, .property)
      out[parent + name] = (type, property["type"] ?? property)
      if type == .object, let inner = property["properties"] {
        out.merge(properties(inner, below: "\(parent)\(name).")) { one, _ in one }
      }
    }
    guard out.count <= Limits.maximumPublishedValues else {
      reader.report(
        .warning, .tooLarge, at: place, of: resource,
        "has more than \(Limits.maximumPublishedValues) properties; they are not read")
      return [:]
    }
    return out
  }

  // MARK: Members

  /// The named objects of a member in the order of the source; what cannot be one is reported.
  mutating func named(
    _ member: String, in facts: PublishedPlace
  ) -> [(String, PublishedPlace)] {
    guard let place = facts[member], place.isObject else {
      reader.report(
        .warning, .schemaForm, at: facts[member] ?? facts, of: resource,
        "has no object `\(member)`: none is read")
      return []
    }
    var out: [(String, PublishedPlace)] = []
    for (name, field) in place.members {
      guard Names.isWireName(name), field.isObject else {
        reader.report(
          .warning, .badName, at: field, of: resource,
          "is not a plainly named object; it is left out")
        continue
      }
      guard out.count < Limits.maximumPublishedFields else {
        reader.report(
          .warning, .tooLarge, at: field, of: resource,
          "is one of more than \(Limits.maximumPublishedFields) \(member); the rest is left out")
        break
      }
      out.append((name, field))
    }
    return out
  }

  /// A flag; nil when it is missing, null or, with a diagnostic, not a boolean.
  mutating func flag(_ name: String, in field: PublishedPlace) -> Bool? {
    guard let place = field[name], !place.isNull else { return nil }
    guard let flag = place.bool else {
      reportKind(place, expected: "a boolean; it is not read")
      return nil
    }
    return flag
  }

  /// True with its evidence, or nil: a flag that is false is left out.
  mutating func marked(
    _ name: String, in field: PublishedPlace, as fact: String
  ) -> Bool? {
    guard flag(name, in: field) == true, let place = field[name] else { return nil }
    note(fact, place)
    return true
  }

  /// A flag of which false says more than nothing, with its evidence.
  mutating func told(_ name: String, in field: PublishedPlace, as fact: String) -> Bool? {
    guard let flag = flag(name, in: field), let place = field[name] else { return nil }
    note(fact, place)
    return flag
  }

  /// The types a member lists, sorted; nil when it lists none.
  mutating func targets(_ name: String, in field: PublishedPlace) -> [String]? {
    texts(name, in: field)?.filter(Names.isWireName).sorted()
  }

  /// A list of texts with its evidence.
  mutating func texts(
    _ name: String, in field: PublishedPlace, as fact: String
  ) -> [String]? {
    guard let out = texts(name, in: field), let place = field[name] else { return nil }
    note(fact, place)
    return out
  }

  /// A list of texts; what is not a text is left out with a diagnostic.
  private mutating func texts(_ name: String, in field: PublishedPlace) -> [String]? {
    guard let place = field[name], !place.isNull else { return nil }
    guard place.isArray else {
      reportKind(place, expected: "a list; it is not read")
      return nil
    }
    var out: [String] = []
    for element in place.elements {
      guard let text = element.string, text.utf8.count <= Limits.maximumPublishedValueBytes else {
        reportKind(
          element,
          expected: "a text of at most \(Limits.maximumPublishedValueBytes) bytes; "
            + "the value is left out")
        continue
      }
      guard out.count < Limits.maximumPublishedValues else {
        reader.report(
          .warning, .tooLarge, at: element, of: resource,
          "is one of more than \(Limits.maximumPublishedValues) values; the rest is left out")
        break
      }
      if !out.contains(text) { out.append(text) }
    }
    return out.isEmpty ? nil : out
  }

  // MARK: Diagnostics

  mutating func reportKind(_ place: PublishedPlace, expected: String) {
    reader.report(
      .warning, .schemaForm, at: place, of: resource, "is \(Self.shown(place)), not \(expected)")
  }

  static func shown(_ place: PublishedPlace) -> String {
    switch place.value.value {
    case .string(let text): "'\(text.prefix(60))'"
    case .number(let text): String(text.prefix(60))
    case .object, .array, .bool, .null: place.value.kindName
    }
  }
}
