import struct Foundation.Date

@_spi(Generated) @testable import CommerceLayerRuntime

/// A resource in the shape that the generator emits, for tests of the runtime alone.
struct Widget: Resource {
  let storage: ResourceStorage
  init(storage: ResourceStorage) { self.storage = storage }

  static let schema = ResourceSchema(
    table: """
      {"resource":"widgets","singular":"widget",
       "operations":{"create":{"method":"POST","path":"/api/widgets","success":201},
         "list":{"method":"GET","path":"/api/widgets","success":200},
         "retrieve":{"method":"GET","path":"/api/widgets/:id","success":200},
         "update":{"method":"PATCH","path":"/api/widgets/:id","success":200},
         "delete":{"method":"DELETE","path":"/api/widgets/:id","success":204}},
       "attributes":{"id":{"type":"string","filter":true,"sort":true},
         "name":{"type":"string","create":"required","update":"optional","filter":true,"sort":true},
         "size":{"type":"integer","filter":true},"price":{"type":"float"},
         "active":{"type":"boolean"},"made_at":{"type":"datetime","filter":true},
         "tags":{"type":"array"},"metadata":{"type":"object","update":"optional"},
         "format":{"type":"string","create":"optional"},
         "status":{"type":"string","values":["pending","done"]},
         "rows":{"type":"array","create":"optional","transient":true,"rows":true},
         "_stop":{"type":"boolean","update":"optional","trigger":true,"idempotent":true}},
       "relationships":{"parts":{"cardinality":"many","resource":"parts","include":true},
         "owner":{"cardinality":"one","resource":"owners","include":true}},
       "lifecycle":{"attribute":"status","terminal":["done"],"progress":["size"]}}
      """)

  var name: String? { storage.string("name") }
  var size: Int? { storage.integer("size") }
  var price: Double? { storage.double("price") }
  var active: Bool? { storage.boolean("active") }
  var madeAt: Date? { storage.date("made_at") }
  var metadata: JSONValue? { storage.value("metadata") }
  var parts: [AnyResource]? { storage.resources("parts") }
  var owner: AnyResource? { storage.resource("owner") }

  struct Create: CreateRequest {
    var storage: RequestStorage
    init(name: String, rows: BulkInputs? = nil, format: String? = nil) {
      storage = RequestStorage(type: "widgets")
      storage.set("name", name)
      storage.set("rows", rows)
      storage.set("format", format)
    }
  }

  struct Update: UpdateRequest {
    var storage: RequestStorage
    init(
      name: String? = nil, metadata: JSONObject? = nil, null: [UpdateNull<Widget>] = []
    ) {
      storage = RequestStorage(type: "widgets")
      storage.set("name", name)
      storage.set("metadata", metadata)
      storage.setNull(null)
    }
  }
}

extension Widget: CreatableResource, ListableResource, UpdatableResource, DeletableResource,
  LifecycleResource
{}

extension Filter where Root == Widget {
  static var name: FilterField<Widget, String> { .init(wire: "name") }
  static var size: FilterField<Widget, Int> { .init(wire: "size") }
}
extension FilterField where Root == Widget {
  static var name: FilterField<Widget, String> { .init(wire: "name") }
}
extension UpdateNull where Root == Widget {
  static var name: Self { .init(wire: "name") }
  static var owner: Self { .init(wire: "owner") }
}
extension SortKey where Root == Widget {
  static var name: Self { .init(wire: "name") }
}
extension FieldName where Root == Widget {
  static var name: Self { .init(wire: "name") }
  static var size: Self { .init(wire: "size") }
}
extension Include where Root == Widget {
  static var parts: Self { .init(wire: "parts") }
}
