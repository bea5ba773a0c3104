public import GeneratorCore
public import Spec

/// The complete public API of a generated client, as text: one line a declaration or conformance, in
/// a stable order.
///
/// It is read from what the generator prints, so it cannot say anything else.
public struct APISnapshot: Sendable, Hashable {
  let declarations: [APIDeclaration]
  let conformances: [APIConformance]

  /// Reads the API of generated files.
  public init(_ files: [Generator.File]) {
    var declarations: [APIDeclaration] = []
    var conformances: [APIConformance] = []
    for file in files {
      let scanner = DeclarationScanner(file.text, source: file.stem)
      // What is unavailable is not there, as the compiler lists it: its message is all that is left.
      declarations += scanner.declarations.filter {
        $0.availability?.hasPrefix("@available(*, unavailable") != true
      }
      conformances += scanner.conformances
    }
    self.declarations = declarations
    self.conformances = conformances
  }

  /// The API that a spec gives, the client's own type and the vocabulary included.
  /// - Throws: ``SpecError`` when nothing can be generated.
  public init(of spec: SpecFolder) throws(SpecError) {
    self.init(try Generator.files(for: spec.selfContained, withClient: true))
  }

  /// The lines, sorted, with a newline at the end.
  public var text: String {
    lines.joined(separator: "\n") + "\n"
  }

  /// One line for each declaration and each conformance, sorted.
  public var lines: [String] {
    Set(declarations.map(\.line) + conformances.map(\.line)).sorted()
  }
}

extension APISnapshot {
  private init(_ declarations: [APIDeclaration], _ conformances: [APIConformance]) {
    (self.declarations, self.conformances) = (declarations, conformances)
  }

  /// The same with types under other names.
  func renaming(_ types: [String: String]) -> APISnapshot {
    guard !types.isEmpty else { return self }
    func now(_ text: String) -> String { APIView.replace(in: text, types) }
    return APISnapshot(
      declarations.map { declaration in
        var declaration = declaration
        declaration.container = now(declaration.container)
        declaration.constraint = now(declaration.constraint)
        declaration.name = now(declaration.name)
        declaration.declaration = now(declaration.declaration)
        return declaration
      },
      conformances.map { conformance in
        var conformance = conformance
        conformance.subject = now(conformance.subject)
        conformance.protocolName = now(conformance.protocolName)
        conformance.constraint = now(conformance.constraint)
        return conformance
      })
  }

  /// The same without these types at the top level.
  func without(_ types: Set<String>) -> APISnapshot {
    APISnapshot(
      declarations.filter { !($0.container.isEmpty && types.contains($0.name)) }, conformances)
  }
}

extension Generator.File {
  /// `imports` of `imports.generated.swift`.
  var stem: String { name.split(separator: ".").first.map(String.init) ?? name }
}

/// One public declaration.
struct APIDeclaration: Sendable, Hashable {
  /// The type it is a member of, as a path; empty at the top level.
  var container: String
  /// The `where` clause of the extension that it is in.
  var constraint: String
  /// `struct`, `var`, `init` and so on.
  var kind: String
  /// The name, with the labels of its arguments: `eq(_:)`.
  var name: String
  /// The whole declaration in one line, without access and attributes.
  var declaration: String
  /// The `@available` attribute; nil when there is none.
  var availability: String?
  /// The file that it is in, without endings: the resource's name.
  var source: String

  /// The path of what is declared.
  var path: String { container.isEmpty ? name : "\(container).\(name)" }

  var line: String {
    "\(path): \(availability.map { $0 + " " } ?? "")\(declaration)"
      + (constraint.isEmpty ? "" : " where \(constraint)")
  }
}

/// One conformance to a protocol.
struct APIConformance: Sendable, Hashable {
  var subject: String
  var protocolName: String
  var constraint: String
  /// The file that it is in, without endings: the resource's name.
  var source: String

  var line: String {
    "\(subject): extension \(subject): \(protocolName)"
      + (constraint.isEmpty ? "" : " where \(constraint)")
  }
}

/// One parameter of a function or an initializer.
struct APIParameter: Sendable, Hashable {
  var label: String
  var type: String
  var hasDefault: Bool

  /// The parameters of a declaration.
  static func list(in declaration: some StringProtocol) -> [APIParameter] {
    guard let open = declaration.firstIndex(of: "(") else { return [] }
    var parts: [String] = [""]
    var depth = 0
    var previous: Character = " "
    scan: for character in declaration[open...] {
      switch character {
      case "(", "[", "<", "{": depth += 1
      case ")", "]", "}": depth -= 1
      case ">" where previous != "-": depth -= 1
      default: break
      }
      previous = character
      if depth == 0 { break scan }
      if depth == 1, character == "," {
        parts.append("")
      } else if depth > 1 || character != "(" {
        parts[parts.count - 1].append(character)
      }
    }
    return parts.compactMap(APIParameter.init)
  }

  private init?(_ text: String) {
    let parts = text.split(separator: ":", maxSplits: 1)
    guard parts.count == 2, let label = parts[0].split(separator: " ").first else { return nil }
    let typed = parts[1].split(separator: " = ", maxSplits: 1)
    self.label = String(label.replacing("`", with: ""))
    type = typed.first.map { $0.split(separator: " ").joined(separator: " ") } ?? ""
    hasDefault = typed.count > 1
  }
}
