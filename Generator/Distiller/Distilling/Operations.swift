internal import Spec

/// The request lines every resource shares: only the collection's name differs.
enum Operations {
  /// The operation of a kind as the service lays it out.
  static func standard(
    _ kind: OperationKind, collection: String, singleton: Bool
  ) -> OperationSpec {
    let collectionPath = Reading.profile.basePath + collection
    let memberPath = singleton ? collectionPath : collectionPath + "/:id"
    let path =
      switch kind {
      case .create, .list: collectionPath
      case .retrieve, .update, .delete: memberPath
      }
    return OperationSpec(method: method(kind), path: path, success: success(kind))
  }

  /// The HTTP method of an operation.
  static func method(_ kind: OperationKind) -> String {
    switch kind {
    case .create: "POST"
    case .list, .retrieve: "GET"
    case .update: "PATCH"
    case .delete: "DELETE"
    }
  }

  /// The HTTP status of success.
  static func success(_ kind: OperationKind) -> Int {
    switch kind {
    case .create: 201
    case .list, .retrieve, .update: 200
    case .delete: 204
    }
  }
}
