/// The public API as a user of one resource sees it.
///
/// Generated code puts statics and calls into protocols to which the runtime's generic types conform,
/// and what many resources have alike into traits. Where a name is declared is nobody's business, so
/// a snapshot is compared by what can be written: `Filter<Order>.status`, `Order.createdAt`.
struct APIView {
  /// Where a name can be written.
  struct Place: Hashable, Comparable {
    /// A type, with its argument where it is generic: `Order`, `Filter<Order>`.
    var subject: String
    /// The name without labels.
    var name: String

    static func < (left: Place, right: Place) -> Bool {
      (left.subject, left.name) < (right.subject, right.name)
    }
  }

  /// What is declared under one name; overloads are several.
  struct Declared: Hashable, Comparable {
    var declaration: String
    var isDeprecated: Bool
    var source: String

    static func < (left: Declared, right: Declared) -> Bool {
      left.declaration < right.declaration
    }
  }

  private(set) var members: [Place: Set<Declared>] = [:]
  /// The types and, at the top level, whatever else is declared, by path.
  private(set) var types: [String: Declared] = [:]
  /// The protocols that types of the module conform to, by type.
  private(set) var conformances: [String: Set<String>] = [:]

  private var conformers: [String: [String]] = [:]

  private static let typeKinds: Set<String> = [
    "struct", "enum", "class", "actor", "protocol", "typealias",
  ]

  init(_ snapshot: APISnapshot) {
    let protocols = Set(snapshot.declarations.filter { $0.kind == "protocol" }.map(\.path))
    for conformance in snapshot.conformances where conformance.constraint.isEmpty {
      conformers[conformance.protocolName, default: []].append(conformance.subject)
    }
    let hosts = Dictionary(grouping: snapshot.conformances, by: \.protocolName)
    /// Protocols that only carry members: nobody writes their names.
    let carriers = Set(
      snapshot.conformances.filter { !$0.constraint.isEmpty }.map(\.protocolName))
    for conformance in snapshot.conformances
    where conformance.constraint.isEmpty && !carriers.contains(conformance.subject) {
      conformances[conformance.subject, default: []].insert(conformance.protocolName)
    }
    for declaration in snapshot.declarations {
      if Self.typeKinds.contains(declaration.kind) {
        guard !carriers.contains(declaration.path) else { continue }
        types[declaration.path] = Declared(declaration)
      } else if protocols.contains(declaration.container) {
        for host in hosts[declaration.container] ?? [] {
          for root in roots(host.constraint) ?? [""] {
            add(declaration, to: root.isEmpty ? host.subject : "\(host.subject)<\(root)>", root)
          }
        }
        // A trait's members are the resource's own for who uses them; the trait has them as well.
        if !carriers.contains(declaration.container) {
          add(declaration, to: declaration.container, "")
        }
      } else if let roots = roots(declaration.constraint) {
        for root in roots { add(declaration, to: "\(declaration.container)<\(root)>", root) }
      } else {
        let constraint = declaration.constraint.isEmpty ? "" : " where \(declaration.constraint)"
        add(declaration, to: declaration.container + constraint, "")
      }
    }
  }

  /// The resources that a constraint of a generic type's argument fits; nil for other constraints.
  private func roots(_ constraint: String) -> [String]? {
    if constraint.hasPrefix("Root == ") { return [String(constraint.dropFirst(8))] }
    if constraint.hasPrefix("Root: ") { return conformers[String(constraint.dropFirst(6))] ?? [] }
    return nil
  }

  private mutating func add(_ declaration: APIDeclaration, to subject: String, _ root: String) {
    var declared = Declared(declaration)
    declared.declaration = Self.replace(
      in: declared.declaration, ["Self": subject, "Root": root.isEmpty ? "Root" : root]
    )
    // Two spellings of one type: members of a trait cannot name the associated one.
    .replacing(#/\bID<(\w+)>/#) { "\($0.1).ID" }
    let name = declaration.name.prefix { $0 != "(" }
    members[Place(subject: subject, name: String(name)), default: []].insert(declared)
  }

  /// The text with other identifiers.
  static func replace(in text: String, _ names: [String: String]) -> String {
    var out = ""
    var word = ""
    func flush() {
      out += names[word] ?? word
      word = ""
    }
    for character in text {
      if character.isLetter || character.isNumber || character == "_" {
        word.append(character)
      } else {
        flush()
        out.append(character)
      }
    }
    flush()
    return out
  }
}

extension APIView.Declared {
  init(_ declaration: APIDeclaration) {
    // A constant reads as a property without a setter does.
    self.init(
      declaration: declaration.kind == "let"
        ? declaration.declaration.replacing("let ", with: "var ", maxReplacements: 1) + " { get }"
        : declaration.declaration,
      isDeprecated: declaration.availability?.contains("deprecated") == true,
      source: declaration.source)
  }

  /// The type of a property.
  var type: String {
    let typed = declaration.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? ""
    return typed.replacing(" { get }", with: "").replacing(" { get set }", with: "")
  }
}
