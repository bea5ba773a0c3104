import Foundation

/// Documents in the size of real responses: a list page of imports that echoes its rows, as older
/// versions of the API do.
enum Fixtures {
  static let rowsPerImport = 640

  /// 1.4 MB: 25 imports with 640 rows each.
  static let listPage = page(rows: rowsPerImport)

  /// The same imports without rows.
  static let pageWithoutRows = page(rows: 0)

  private static func page(rows count: Int) -> [UInt8] {
    let row = #"{"code":"SKU-0000001","name":"A name of usual length","weight":12.5,"pieces":3}"#
    let rows = Array(repeating: row, count: count).joined(separator: ",")
    let items = (0..<25).map { index in
      #"""
      {"id":"aBcDeFgH\#(index)","type":"imports","links":{"self":"https://x.example/api/imports/1"},
      "attributes":{"resource_type":"skus","format":"json","parent_resource_id":null,
      "status":"completed","started_at":"2026-01-01T12:00:00.000Z",
      "completed_at":"2026-01-01T12:00:09.000Z","interrupted_at":null,"inputs":[\#(rows)],
      "inputs_size":\#(count),"errors_count":1,"warnings_count":0,"processed_count":639,
      "errors_log":{"SKU-1":{"name":["is too long"]}},"warnings_log":{},
      "attachment_url":null,"created_at":"2026-01-01T11:59:00.000Z",
      "updated_at":"2026-01-01T12:00:09.000Z","reference":"run-\#(index)","reference_origin":"x",
      "metadata":{"a":1}},"relationships":{"events":{"links":{"self":"a","related":"b"}}},
      "meta":{"mode":"test"}}
      """#
    }
    let meta = #"{"record_count":25,"page_count":1}"#
    let text = #"{"data":[\#(items.joined(separator: ","))],"meta":\#(meta),"links":{}}"#
    return Array(text.utf8)
  }

  /// Ten thousand rows as Foundation's own objects.
  static var foundationRows: [[String: Any]] {
    (0..<10_000).map { index in
      ["code": "SKU-\(index)", "name": "A name of usual length", "weight": 12.5]
    }
  }

  /// The same page through Foundation, typed the conventional way.
  struct Conventional: Codable {
    struct Row: Codable {
      var code: String?
      var name: String?
      var weight: Double?
      var pieces: Int?
    }
    struct Attributes: Codable {
      var resource_type: String?
      var format: String?
      var parent_resource_id: String?
      var status: String?
      var started_at: Date?
      var completed_at: Date?
      var interrupted_at: Date?
      var inputs: [Row]?
      var inputs_size: Int?
      var errors_count: Int?
      var warnings_count: Int?
      var processed_count: Int?
      var errors_log: [String: [String: [String]]]?
      var attachment_url: String?
      var created_at: Date?
      var updated_at: Date?
      var reference: String?
      var reference_origin: String?
      var metadata: [String: Int]?
    }
    struct Item: Codable {
      var id: String
      var type: String
      var attributes: Attributes
    }
    var data: [Item]
  }

  static let decoder: JSONDecoder = {
    let decoder = JSONDecoder()
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    decoder.dateDecodingStrategy = .custom {
      try style.parse($0.singleValueContainer().decode(String.self))
    }
    return decoder
  }()
}
