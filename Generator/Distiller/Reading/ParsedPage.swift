/// One page, whatever it was written in: the model that all readers end in and that one set of
/// rules distils.
struct ParsedPage: Sendable, Equatable {
  /// The page's name.
  var file: String
  /// What it was read from.
  var kind: ContentKind
  /// The blocks in reading order, nesting dissolved into each block's context.
  var blocks: [Block] = []
  /// Features of the source that tell its age.
  var marks: Set<FormMark> = []
  /// What the reader had to say.
  var diagnostics: [PageDiagnostic] = []
}

/// A feature of a page's source that tells when it was written.
enum FormMark: String, Sendable, Hashable {
  case frontMatter, apiMethodBlock, pageReference, alignedDelimiters, emptyItalicInHost
  case boldPathByTag, boldPathByStars, targetLinks, escapedUnderscores, autolinkedRequest
  case agentAppendix, tableByRole, tableByTag, templateID
  case keyedSpans, contentEditor, titleInHeader
  /// A converter of documents wrote the page.
  case converted
}

/// One block of a page.
struct Block: Sendable, Equatable {
  /// What the block is.
  enum Content: Sendable, Equatable {
    case heading(level: Int, Inline)
    case paragraph(Inline)
    case table(Table)
    case list([ListItem])
    case code(String)
  }

  var content: Content
  /// The line it starts on; for code, the line of the first code line.
  var line: Int
  /// For code, the line of each of its lines where they do not simply follow each other.
  var lineMap: [Int] = []
  /// The title of the tab it is in.
  var tab: String?
  /// The style of the hint box it is in.
  var hint: String?
}

extension Block {
  /// The lines of the code.
  var codeLines: CodeLines { CodeLines(first: line, map: lineMap) }
}

/// Where the lines of a piece of code stand in their file.
struct CodeLines: Equatable {
  private var first: Int
  private var map: [Int] = []
  private var skipped = 0

  init(first: Int, map: [Int] = []) {
    self.first = first
    self.map = map
  }

  /// The line in the file of a line of the code, counted from 0.
  subscript(offset: Int) -> Int {
    let index = offset + skipped
    if map.isEmpty { return first + index }
    return index < map.count ? map[index] : map[map.count - 1]
  }

  /// The lines behind the first ones.
  func dropping(_ count: Int) -> CodeLines {
    var rest = self
    rest.skipped += count
    return rest
  }
}

/// A table: rows of cells, each row with its line.
struct Table: Sendable, Equatable {
  struct Row: Sendable, Equatable {
    var cells: [Inline]
    var line: Int
  }

  var header: [Inline]
  var rows: [Row]
}

/// One item of a list.
struct ListItem: Sendable, Equatable {
  var text: Inline
  var line: Int
}

/// Text with what its runs are marked as.
struct Inline: Sendable, Equatable {
  struct Run: Sendable, Equatable {
    var text: String
    var isCode = false
    var isStrong = false
  }

  var runs: [Run] = []

  init(_ runs: [Run] = []) { self.runs = runs }

  /// Plain text without marks.
  init(text: String) { runs = text.isEmpty ? [] : [Run(text: text)] }

  /// The text alone.
  var text: String { runs.map(\.text).joined() }

  /// The texts of the code runs, neighbours joined.
  var codes: [String] {
    var out: [String] = []
    var open = false
    for run in runs {
      if run.isCode {
        if open, let last = out.popLast() {
          out.append(last + run.text)
        } else {
          out.append(run.text)
        }
      }
      open = run.isCode
    }
    return out
  }

  var isEmpty: Bool { text.allSatisfy(\.isWhitespace) }

  /// The text cut at its line ends.
  var lines: [Inline] {
    var out = [Inline()]
    for run in runs {
      for (index, piece) in run.text.split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      {
        if index > 0 { out.append(Inline()) }
        var part = run
        part.text = String(piece)
        out[out.count - 1].runs.append(part)
      }
    }
    return out
  }

  /// Blanks collapsed, ends trimmed, zero-width characters removed.
  var normalized: Inline {
    var out: [Run] = []
    var pendingBlank = false
    var started = false
    for run in runs {
      var text = ""
      for scalar in run.text.unicodeScalars {
        if Invisible.scalars.contains(scalar) { continue }
        if scalar.properties.isWhitespace { pendingBlank = true; continue }
        if pendingBlank, started {
          // A blank between runs belongs to the one that is not code.
          if text.isEmpty, run.isCode, let last = out.indices.last {
            out[last].text += " "
          } else {
            text += " "
          }
        }
        pendingBlank = false
        started = true
        text.unicodeScalars.append(scalar)
      }
      if !text.isEmpty { out.append(Run(text: text, isCode: run.isCode, isStrong: run.isStrong)) }
    }
    return Inline(out)
  }
}

/// Characters that pages hold between letters and that nobody sees.
enum Invisible {
  static let scalars: Set<Unicode.Scalar> = [
    "\u{AD}", "\u{200B}", "\u{200C}", "\u{200D}", "\u{2060}", "\u{FEFF}",
  ]

  /// A line without them; nearly all lines have none.
  static func removed(from line: Substring) -> Substring {
    guard line.unicodeScalars.contains(where: scalars.contains) else { return line }
    return Substring(
      String(
        String.UnicodeScalarView(
          line.unicodeScalars.filter { !scalars.contains($0) })))
  }
}
