/// Finds the title of copied text among what the site's navigation left around it.
enum TextTitle {
  /// A line that may be the title.
  private struct Candidate {
    var index: Int
    var score: Int
    var isDescribed: Bool
  }

  /// The longest title, in characters.
  private static let maximumLength = 100
  /// How many lines behind a candidate are looked at.
  private static let reach = 400

  /// The line of the title, and whether it is only the likeliest.
  ///
  /// A title reads like one, and a description and the sections of a page follow it; the links of a
  /// navigation follow each other. Pages of prose have the line above their description.
  static func find(in lines: [String]) -> (index: Int, isGuess: Bool)? {
    let titles = lines.indices.filter { isTitle(lines[$0]) }
    var best: Candidate?
    for (place, index) in titles.enumerated() {
      let end = min(
        place + 1 < titles.count ? titles[place + 1] : lines.count, index + 1 + reach)
      let candidate = judge(index, lines, end)
      if best.map({ candidate.score > $0.score }) ?? true { best = candidate }
    }
    if let best { return (best.index, !best.isDescribed) }
    return overview(in: lines)
  }

  private static func isTitle(_ line: String) -> Bool {
    line.count < maximumLength && !line.hasSuffix(".") && !line.hasSuffix(":")
      && line.first?.isUppercase ?? false
      && PageTitle.read(line).kind != .overview && RequestLine.read(line) == nil
      && !line.lowercased().contains("how to")
  }

  private static func judge(_ index: Int, _ lines: [String], _ end: Int) -> Candidate {
    let following = lines[(index + 1)..<end].filter { !$0.isEmpty }
    let isDescribed = following.first.map(isDescription) ?? false
    var score = isDescribed ? 4 : 0
    if following.contains(where: { SectionHeading.read($0) != nil }) { score += 1 }
    if following.contains(where: { TextLine.headerCells($0) != nil }) { score += 1 }
    if following.contains(where: { RequestLine.read($0) != nil || RequestLine.methods.contains($0) }
    )
      || following.prefix(spokenReach).contains(where: { RequestLine.spoken(in: $0) != nil })
    {
      score += 2
    }
    return Candidate(index: index, score: score, isDescribed: isDescribed)
  }

  /// How many lines below a title a sentence may name the request.
  private static let spokenReach = 6

  /// Whether a line tells what a page without a title is about.
  static func standsForOne(_ line: String) -> Bool {
    RequestLine.read(line) != nil || ObjectSentence.subject(of: line) != nil
  }

  private static func isDescription(_ line: String) -> Bool {
    line.hasPrefix("How to") || line.hasPrefix("A comprehensive list") || isOverview(line)
  }

  private static func isOverview(_ line: String) -> Bool {
    line.hasPrefix("The ") && (line.contains("object and") || line.contains("allowed CRUD"))
  }

  /// The line above the description of a page of prose.
  private static func overview(in lines: [String]) -> (index: Int, isGuess: Bool)? {
    let content = lines.indices.filter { !lines[$0].isEmpty && !TextLine.isChrome(lines[$0]) }
    for (above, line) in zip(content, content.dropFirst())
    where isOverview(lines[line]) && lines[above].count < maximumLength {
      return (above, false)
    }
    return nil
  }
}
