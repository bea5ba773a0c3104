public import Spec

/// The warnings that were looked at and accepted, each with the reason: what `cl-spec distill --strict`
/// does not fail on.
///
/// A text file, one warning a line, its parts between bars; `-` stands for a part that the warning does
/// not have, and lines that start with `#` are comments:
///
///     widgets/create.md | typo | - | sprockets | the quote is missing on the page, the type is right
///
/// An entry accepts every warning of its file, code, resource and fact, wherever it stands in the file.
public struct AcceptedWarnings: Sendable, Hashable {
  /// What a warning is known by.
  public struct Key: Sendable, Hashable, CustomStringConvertible {
    /// The page's name; empty for a warning about no page.
    public var file: String
    /// The kind of warning.
    public var code: String
    /// The resource it is about, where one file speaks of many.
    public var resource: String
    /// The fact, or the name that the message quotes first.
    public var fact: String

    /// What a diagnostic is known by.
    public init(_ diagnostic: PageDiagnostic) {
      file = diagnostic.file
      code = diagnostic.code.rawValue
      resource = diagnostic.resource ?? ""
      fact = diagnostic.subject ?? ""
    }

    fileprivate init(_ parts: [String]) {
      (file, code, resource, fact) = (parts[0], parts[1], parts[2], parts[3])
    }

    /// The parts as the file has them.
    public var description: String {
      [file, code, resource, fact].map { $0.isEmpty ? "-" : $0 }.joined(separator: " | ")
    }
  }

  /// One accepted warning.
  public struct Entry: Sendable, Hashable {
    /// What it is known by.
    public var key: Key
    /// Why it is accepted.
    public var reason: String
    /// The line it stands on.
    public var line: Int
  }

  /// The entries in the order of the file.
  public private(set) var entries: [Entry] = []

  /// Accepts nothing.
  public init() {}

  /// Reads the file.
  /// - Throws: ``SpecError`` for a line that is not an entry, names an unknown kind of warning, has no
  ///   reason or repeats another.
  public init(_ text: String, file: String) throws(SpecError) {
    var seen: Set<Key> = []
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      let words = line.drop(while: \.isWhitespace)
      if words.isEmpty || words.first == "#" { continue }
      func fail(_ message: String) -> SpecError {
        SpecError(file: "\(file):\(index + 1)", pointer: "", message)
      }
      let parts = line.split(separator: "|", maxSplits: 4, omittingEmptySubsequences: false)
        .map(Self.part)
      guard parts.count == 5 else {
        throw fail("an entry is 'file | code | resource | fact | reason'")
      }
      guard DiagnosticCode(rawValue: parts[1]) != nil else {
        throw fail("'\(parts[1])' is not a kind of warning")
      }
      guard !parts[4].isEmpty else { throw fail("an accepted warning needs a reason") }
      let key = Key(parts)
      guard seen.insert(key).inserted else { throw fail("'\(key)' is listed twice") }
      entries.append(Entry(key: key, reason: parts[4], line: index + 1))
    }
  }

  private static func part(_ text: Substring) -> String {
    let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
    return String(trimmed) == "-" ? "" : String(trimmed)
  }

  /// What a run's warnings and the entries have not in common.
  public struct Verdict: Sendable, Hashable {
    /// The warnings that no entry accepts.
    public var unexpected: [PageDiagnostic]
    /// The entries of files of this run whose warning does not occur any more.
    public var stale: [Entry]
  }

  /// Compares the warnings of a run with the entries.
  /// - Parameters:
  ///   - diagnostics: what the run found; notes do not count.
  ///   - files: the names of the files that were read: entries of other files say nothing here.
  public func judge(_ diagnostics: [PageDiagnostic], files: Set<String>) -> Verdict {
    let warnings = diagnostics.filter { $0.severity > .note }
    let found = Set(warnings.map(Key.init))
    let accepted = Set(entries.map(\.key))
    return Verdict(
      unexpected: warnings.filter { !accepted.contains(Key($0)) },
      stale: entries.filter { entry in
        (entry.key.file.isEmpty || files.contains(entry.key.file)) && !found.contains(entry.key)
      })
  }
}

extension PageDiagnostic {
  /// What a diagnostic is about within its file: its fact, or else the first name that its message
  /// quotes; nil when it has neither.
  public var subject: String? {
    if let fact { return fact }
    guard let open = message.firstIndex(of: "'") else { return nil }
    let rest = message[message.index(after: open)...]
    guard let close = rest.firstIndex(of: "'"), close > rest.startIndex else { return nil }
    return String(rest[..<close]).replacing("|", with: "/")
  }
}
