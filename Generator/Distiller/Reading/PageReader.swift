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
      return skip(.warning, .notText, "is no text and is left out")
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
