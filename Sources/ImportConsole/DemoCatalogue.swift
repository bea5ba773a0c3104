/// An invented catalogue: the same SKUs every time, some of them deliberately bad in ways that only
/// the service notices.
package enum DemoCatalogue {
  /// The rows.
  package static let count = 3000
  /// Every so many rows one is bad: far below the 10 % at which the service interrupts.
  private static let badEvery = 211

  private static let makes = [
    "Alder", "Birch", "Cedar", "Fjord", "Harbour", "Juniper", "Linden", "Meadow", "Quarry", "Tarn",
  ]
  private static let things = [
    "Rain Jacket", "Wool Hat", "Canvas Bag", "Tea Kettle", "Desk Lamp", "Trail Shoe",
    "Linen Shirt", "Notebook, dotted", "Mug \"Morning\"", "Travel Blanket",
  ]
  private static let sizes = ["XS", "S", "M", "L", "XL"]

  /// The header row.
  package static let header =
    "code,name,description,weight,unit_of_weight,pieces_per_pack,do_not_ship,shipping_category_id"

  /// One record, without its line end.
  package static func record(_ index: Int) -> String {
    let make = makes[index % makes.count]
    let thing = things[index / makes.count % things.count]
    let size = sizes[index / (makes.count * things.count) % sizes.count]
    let code = "DEMO-\(make.uppercased())-\(String(100_000 + index).dropFirst())"
    var cells = [
      code, "\(make) \(thing), \(size)", "Invented for the demo.\nNumber \(index + 1) of \(count).",
      String(100 + index * 7 % 900), "gr", String(1 + index % 6),
      index % 40 == 0 ? "true" : "false",
      index.isMultiple(of: 3) ? "scatDemoLG" : "scatDemoSM",
    ]
    if index % badEvery == badEvery - 1 {
      switch index / badEvery % 3 {
      case 0: cells[1] = ""
      case 1: cells[7] = ""
      default: cells[4] = "stone"
      }
    }
    return cells.map(quoted).joined(separator: ",")
  }

  /// By RFC 4180: quotes where a cell needs them.
  private static func quoted(_ cell: String) -> String {
    guard cell.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return cell }
    return "\"" + cell.replacing("\"", with: "\"\"") + "\""
  }

  /// The whole file.
  package static var csv: String {
    ([header] + (0..<count).map(record)).joined(separator: "\n") + "\n"
  }
}
