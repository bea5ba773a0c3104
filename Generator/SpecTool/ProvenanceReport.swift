internal import Distiller
internal import Spec

/// Provenance and contradictions as text and as JSON.
enum ProvenanceReport {
  /// One line a fact.
  static func text(_ traces: [FactTrace]) -> String {
    ReportTable.text(
      ["fact", "value", "where", "how"],
      traces.map { [$0.fact, value($0), place($0.source), how($0.source)] })
  }

  /// The pages whose dates are known, with what tells them and when each was last seen; nil for none.
  static func text(_ pages: [Provenance.Entry]) -> String? {
    let rows = pages.compactMap { entry in
      entry.dates.map { dates in
        [
          entry.page, dates.modified?.description ?? "", dates.source?.rawValue ?? "",
          dates.verified?.description ?? "",
        ]
      }
    }
    return rows.isEmpty ? nil : ReportTable.text(["page", "changed", "told by", "verified"], rows)
  }

  /// The widest value shown; --json has all of it.
  private static let maximumWidth = 40

  private static func value(_ trace: FactTrace) -> String {
    let text = trace.value?.shown ?? "(removed)"
    return text.count > maximumWidth ? text.prefix(maximumWidth - 1) + "…" : text
  }

  private static func place(_ source: FactTrace.Source) -> String {
    switch source {
    case .page(let evidence, _): "\(evidence.page):\(evidence.line)"
    case .named(let source): source
    case .correction(let place): "\(place.file):\(place.line)"
    case .unknown: "(not recorded)"
    }
  }

  private static func how(_ source: FactTrace.Source) -> String {
    switch source {
    case .page(let evidence, _): evidence.rule.map { "\($0.rawValue): \($0.text)" } ?? ""
    case .correction(let place): "\(place.reason) (\(place.source))"
    case .named, .unknown: ""
    }
  }

  /// One member a fact.
  static func tree(_ traces: [FactTrace]) -> JSONTree {
    .object(Dictionary(traces.map { ($0.fact, tree($0)) }) { first, _ in first })
  }

  private static func tree(_ trace: FactTrace) -> JSONTree {
    var members: [String: JSONTree] = [:]
    switch trace.source {
    case .page(let evidence, let vintage):
      members["page"] = .string(evidence.page)
      members["line"] = .integer(evidence.line)
      members["vintage"] = .string(vintage)
      if let pointer = evidence.pointer { members["pointer"] = .string(pointer) }
      if let rule = evidence.rule { members["rule"] = .string(rule.rawValue) }
    case .named(let source): members["source"] = .string(source)
    case .correction(let place):
      members["correction"] = .string(place.file)
      members["line"] = .integer(place.line)
      members["reason"] = .string(place.reason)
      members["source"] = .string(place.source)
      if trace.value == nil { members["removed"] = .bool(true) }
    case .unknown: members["unknown"] = .bool(true)
    }
    return .object(members)
  }

  /// What the pages disagreed on, each claim on its line.
  static func text(_ contradictions: [Contradiction]) -> String {
    if contradictions.isEmpty { return "no contradictions" }
    return contradictions.map { contradiction in
      let rows = contradiction.claims.map { claim in
        [
          claim.stands ? "  stands" : "", claim.says ?? "none", claim.vintage,
          "\(claim.page):\(claim.line)",
        ]
      }
      return "\(contradiction.fact): \(contradiction.rule.rawValue), \(contradiction.rule.text)\n"
        + ReportTable.text(rows)
    }.joined(separator: "\n")
  }

  /// One contradiction as JSON.
  static func tree(_ contradiction: Contradiction) -> JSONTree {
    .object([
      "fact": .string(contradiction.fact), "rule": .string(contradiction.rule.rawValue),
      "claims": .array(
        contradiction.claims.map { claim in
          .object([
            "page": .string(claim.page), "line": .integer(claim.line),
            "vintage": .string(claim.vintage), "says": claim.says.map(JSONTree.string) ?? .null,
            "stands": .bool(claim.stands),
          ])
        }),
    ])
  }
}

/// Columns of text.
enum ReportTable {
  static func text(_ header: [String], _ rows: [[String]]) -> String { text([header] + rows) }

  /// Rows whose columns line up; each has as many cells as the first.
  static func text(_ rows: [[String]]) -> String {
    let columns = rows.first?.count ?? 0
    let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        line += cell + String(repeating: " ", count: widths[column] - cell.count + 2)
      }
      while line.hasSuffix(" ") { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}
