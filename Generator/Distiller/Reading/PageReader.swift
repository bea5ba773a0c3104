internal import Spec

/// Reads one file into the page model by the reader its content asks for.
enum PageReader {
  /// The outcome of reading one file.
  enum Outcome {
    case page(ParsedPage)
    case schema
    case skipped(PageDiagnostic)
  }

  /// Decides what a file is and reads it.
  static func read(_ file: SourceFile) -> Outcome {
    func skip(
      _ severity: PageDiagnostic.Severity, _ code: DiagnosticCode, _ message: String
    ) -> Outcome {
      .skipped(PageDiagnostic(severity, code, file: file.name, line: 1, message))
    }
    guard file.bytes.count <= Limits.maximumBytes else {
      return skip(
        .error, .tooLarge,
        "has \(file.bytes.count) bytes; pages are read up to \(Limits.maximumBytes)")
    }
    guard !ContentKind.isBinary(file.bytes) else {
      return skip(.warning, .notText, "is not text and is left out")
    }
    let text = clean(String(decoding: file.bytes, as: UTF8.self))
    let (kind, reason) = ContentKind.detect(text)
    if kind == .markdown || kind == .text, file.bytes.count > Limits.maximumTextBytes {
      return skip(
        .error, .tooLarge,
        "has \(file.bytes.count) bytes; \(kind.rawValue) pages are read up to "
          + "\(Limits.maximumTextBytes)")
    }
    do {
      switch kind {
      case .markdown: return .page(try MarkdownReader.read(text, file: file.name))
      case .html: return .page(try HTMLReader.read(text, file: file.name))
      case .text: return .page(TextReader.read(text, file: file.name))
      case .publishedSchema: return .schema
      case .other:
        return skip(
          .warning, text.allSatisfy(\.isWhitespace) ? .emptyFile : .notReference,
          "\(reason) and is left out")
      }
    } catch {
      return .skipped(error)
    }
  }

  /// Line ends as `\n`, no NUL: C parsers stop at one.
  private static func clean(_ text: String) -> String {
    var out = String.UnicodeScalarView()
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\r": out.append("\n")
      case "\n" where previous == "\r": break
      case "\0": out.append("\u{FFFD}")
      case "\u{FEFF}" where out.isEmpty: break
      default: out.append(scalar)
      }
      previous = scalar
    }
    return String(out)
  }
}

/// What the pages that are being read are known to do in their own way.
///
/// It holds for one run of the distiller and is read where a single word or path decides, deep below
/// it: a task-local value, so that runs beside each other do not meet.
enum Reading {
  /// The service whose pages are read.
  @TaskLocal static var profile = Profile.commerceLayer
  /// Words that follow an attribute in lists of instructions and are not fields: the predicates of
  /// filters and the directions of sorting.
  @TaskLocal static var instructions: Set<String> = instructions(of: .commerceLayer)

  static func instructions(of service: ServiceSpec) -> Set<String> {
    Set(service.predicates.map(\.name)).union(["asc", "desc"])
  }

  /// What a name without a prefix belongs to in a table of arguments; nil where every name has one.
  static var bareNamespace: PageFacts.Row.Namespace? {
    profile.pages.hasPrefixedArguments ? nil : .attributes
  }

  /// Whether a name is a trigger's.
  static func isTrigger(_ name: String) -> Bool { profile.isTrigger(name) }
}
