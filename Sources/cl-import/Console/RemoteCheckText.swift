import CommerceLayer
import CommerceLayerImporter
import ImportConsole

/// What a comparison with the service says, and how long things take at least.
struct RemoteCheckReport: Sendable {
  let check: RemoteCheck
  let plan: ImportPlan
  let mode: ServiceMode?
  let service: ServiceDescription

  /// The least time that sending the rows takes.
  var sending: Duration {
    RequestPace.minimumForSending(plan.chunks, mode: mode, service: service)
  }

  /// Requests that looking up all rows takes, and the least time for them.
  var lookingUpAll: (requests: Int, time: Duration) {
    let requests = RemoteChecker.requests(rows: check.named)
    return (
      requests,
      RequestPace.minimum(
        requests, of: RequestPace.classOfReads(plan.type, service: service), mode: mode,
        service: service)
    )
  }
}

/// The same for people and as JSON. Pure.
enum RemoteCheckText {
  static func lines(_ report: RemoteCheckReport) -> [String] {
    let check = report.check
    var lines = [""]
    let mode = report.mode.map { " (\($0.rawValue) data)" } ?? ""
    if check.isComplete {
      lines.append("compared with the service\(mode): all \(ImportPlan.rows(check.rows))")
    } else {
      lines.append(
        "compared with the service\(mode): \(check.checked) of \(ImportPlan.rows(check.named)), evenly spread"
      )
    }
    var table = TextTable(("", .left), ("", .left))
    table.add("create", count(check.creates, check, and: check.unnamed))
    table.add("update", count(check.updates, check))
    table.add("change nothing", count(check.unchanged, check))
    if check.unknown > 0 {
      table.add("not known", count(check.unknown, check) + ": \(check.unknownReason ?? "")")
    }
    let sending = report.sending
    table.add(
      "time",
      (sending > .zero
        ? "at least \(sending.inWords) by the rate limits for \(ImportPlan.imports(report.plan.chunks))"
        : "the rate limits do not hold \(ImportPlan.imports(report.plan.chunks)) back")
        + "; how fast the service processes rows shows when it does")
    lines += table.lines.dropFirst()
    if check.missingIDs > 0 {
      let places = check.missingIDLines.map { String($0) }.joined(separator: ", ")
      lines.append(
        "  warning: \(ImportPlan.rows(check.missingIDs)) \(check.missingIDs == 1 ? "names an id" : "name ids") that no record has, on lines \(places)"
          + (check.missingIDs > check.missingIDLines.count ? ", …" : ""))
    }
    if check.ambiguous > 0 {
      lines.append(
        "  warning: of \(ImportPlan.rows(check.ambiguous)) the key stands for more than one record")
    }
    if !check.isComplete {
      let all = report.lookingUpAll
      lines.append(
        "  --check-remote=all looks up all rows: \(all.requests) requests or more"
          + (all.time > .zero ? ", at least \(all.time.inWords)" : ""))
    }
    return lines
  }

  /// `12`, or `12 of the sample: about 24 %, 180 to 310 rows`.
  private static func count(_ count: Int, _ check: RemoteCheck, and certain: Int = 0) -> String {
    guard !check.isComplete, check.checked > 0 else { return "\(count + certain)" }
    let range = check.range(count)
    let share = Int((100 * Double(count) / Double(check.checked)).rounded())
    var text = "\(count) of the sample, \(share) %: "
    text +=
      range.lowerBound == range.upperBound
      ? "\(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    text += " of \(check.named)"
    if certain > 0 { text += ", and \(certain) without key or id" }
    return text
  }

  static func json(_ report: RemoteCheckReport) -> JSONObject {
    let check = report.check
    var json: JSONObject = [
      "extent": .string(check.extent.rawValue), "rows": .number(JSONNumber(check.rows)),
      "checked": .number(JSONNumber(check.checked)),
      "complete": .bool(check.isComplete), "unnamed": .number(JSONNumber(check.unnamed)),
      "creates": .number(JSONNumber(check.creates)),
      "updates": .number(JSONNumber(check.updates)),
      "unchanged": .number(JSONNumber(check.unchanged)),
      "unknown": .number(JSONNumber(check.unknown)),
      "missing_ids": .number(JSONNumber(check.missingIDs)),
      "ambiguous": .number(JSONNumber(check.ambiguous)),
      "requests": .number(JSONNumber(check.requests)),
      "seconds_at_least": .number(JSONNumber(seconds(report.sending))),
    ]
    if let reason = check.unknownReason { json["unknown_reason"] = .string(reason) }
    if let mode = report.mode { json["mode"] = .string(mode.rawValue) }
    if !check.isComplete {
      func range(_ count: Int) -> JSONValue {
        let range = check.range(count)
        return .array([
          .number(JSONNumber(range.lowerBound)), .number(JSONNumber(range.upperBound)),
        ])
      }
      json["estimated"] = .object([
        "creates": range(check.creates), "updates": range(check.updates),
        "unchanged": range(check.unchanged), "unknown": range(check.unknown),
      ])
      json["requests_for_all"] = .number(JSONNumber(report.lookingUpAll.requests))
      json["seconds_for_all_at_least"] = .number(JSONNumber(seconds(report.lookingUpAll.time)))
    }
    return json
  }

  private static func seconds(_ duration: Duration) -> Int { Int(duration.components.seconds) }
}
