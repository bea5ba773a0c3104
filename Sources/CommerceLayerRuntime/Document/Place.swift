/// Where in a document a resource object stands. The pointer is made when somebody wants it.
struct Place: Sendable {
  enum List: String, Sendable { case data, included }
  let list: List
  /// Its place in the list; nil for the one resource of a document.
  let index: Int?

  static let primary = Place(list: .data, index: nil)

  var pointer: String { "/\(list.rawValue)" + (index.map { "/\($0)" } ?? "") }

  /// The pointer of a member, its names escaped.
  func pointer(_ names: String...) -> String {
    names.reduce(pointer) { $0 + "/" + JSONText.pointerToken($1) }
  }
}
