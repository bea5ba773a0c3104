internal import Spec

/// What a page is about, told by its title.
enum PageKind: Hashable, Comparable {
  case operation(OperationKind)
  case object
  case overview

  /// The order in which pages of one age are asked: arguments before objects before prose.
  private var rank: Int {
    switch self {
    case .operation(.create): 0
    case .operation(.update): 1
    case .operation(.list): 2
    case .operation(.retrieve): 3
    case .operation(.delete): 4
    case .object: 5
    case .overview: 6
    }
  }

  static func < (left: PageKind, right: PageKind) -> Bool { left.rank < right.rank }
}

/// A page's title, taken apart.
struct PageTitle: Equatable {
  var kind: PageKind
  /// The words that name the resource, as written: `tax categories`.
  var subject: String
  /// Whether the words may also name a thing: `List prices`.
  var isAmbiguous = false

  /// Reads a title. Articles may be missing, doubled blanks occur.
  static func read(_ text: String) -> PageTitle {
    let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
    let lower = words.map { $0.lowercased() }
    func subject(dropping count: Int) -> String {
      var rest = words.dropFirst(count)
      while let first = rest.first?.lowercased(),
        ["a", "an", "the", "all", "existing", "of"].contains(first)
      {
        rest = rest.dropFirst()
      }
      return rest.joined(separator: " ")
    }
    if words.count > 1 {
      switch lower[0] {
      case "create": return .init(kind: .operation(.create), subject: subject(dropping: 1))
      case "retrieve", "fetch", "get":
        if lower[1] == "all" {
          return .init(kind: .operation(.list), subject: subject(dropping: 1))
        }
        return .init(kind: .operation(.retrieve), subject: subject(dropping: 1))
      case "update": return .init(kind: .operation(.update), subject: subject(dropping: 1))
      case "delete": return .init(kind: .operation(.delete), subject: subject(dropping: 1))
      case "list":
        return .init(
          kind: .operation(.list), subject: subject(dropping: 1), isAmbiguous: lower[1] != "all")
      default: break
      }
    }
    if words.count > 2, lower[0] == "the", lower.last == "object" {
      return .init(kind: .object, subject: words.dropFirst().dropLast().joined(separator: " "))
    }
    return .init(kind: .overview, subject: words.joined(separator: " "))
  }
}

/// Which heading of a page is its title.
struct TitleChoice {
  var title: PageTitle
  var line: Int
  /// Where it stands among the page's blocks.
  var block: Int
  /// Why it is only a guess, where it is not a heading of the first level.
  var guess: String?

  /// The first heading of the first level that reads like a title; failing that the first one that
  /// names no section; failing that one of a lower level that reads like a title.
  ///
  /// The site's frame has a heading of the first level too: its name.
  static func read(_ page: ParsedPage) -> TitleChoice? {
    var headings: [(level: Int, choice: TitleChoice)] = []
    for (index, block) in page.blocks.enumerated() {
      guard case .heading(let level, let text) = block.content, !text.isEmpty,
        SectionHeading.read(text.text) == nil
      else { continue }
      headings.append(
        (level, TitleChoice(title: PageTitle.read(text.text), line: block.line, block: index)))
    }
    let tops = headings.filter { $0.level == 1 }.map(\.choice)
    if let first = tops.first { return tops.first { $0.title.kind != .overview } ?? first }
    guard var guess = headings.map(\.choice).first(where: { $0.title.kind != .overview }) else {
      return headings.isEmpty || headings.allSatisfy({ $0.level > 1 }) ? untitled(page) : nil
    }
    guess.guess = "a heading below the first level is taken for the title"
    return guess
  }

  /// What a page without a title is about: a line above its content that reads like one, the sentence
  /// that names its object, or its request line.
  private static func untitled(_ page: ParsedPage) -> TitleChoice? {
    let paragraphs = page.blocks.enumerated().compactMap { index, block -> (Int, Block, String)? in
      guard case .paragraph(let text) = block.content, block.tab == nil else { return nil }
      return (index, block, text.text)
    }
    for (index, block, text) in paragraphs.prefix(maximumParagraphs) {
      let title = PageTitle.read(text)
      guard title.kind != .overview, text.count < maximumLength, !text.hasSuffix("."),
        !text.hasSuffix(":"), RequestLine.read(text) == nil
      else { continue }
      return TitleChoice(
        title: title, line: block.line, block: index, guess: "a paragraph is taken for the title")
    }
    let hasTable = page.blocks.contains { block in
      if case .table = block.content { true } else { false }
    }
    for (_, block, text) in paragraphs {
      if hasTable, let subject = ObjectSentence.subject(of: text) {
        return TitleChoice(
          title: PageTitle(kind: .object, subject: subject), line: block.line, block: -1,
          guess: "has no title; a sentence names the object")
      }
      if RequestLine.read(text) != nil {
        return TitleChoice(
          title: PageTitle(kind: .overview, subject: ""), line: block.line, block: -1,
          guess: "has no title; the request line tells what it is about")
      }
    }
    return nil
  }

  /// How many paragraphs may stand above one that reads like a title.
  private static let maximumParagraphs = 5
  /// The longest title, in characters.
  private static let maximumLength = 100
}
