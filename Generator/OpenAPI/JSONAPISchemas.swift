/// What documents of every resource have in common. The names have a dot, which wire names have not.
enum JSONAPISchemas {
  static let all: [String: Node] = [
    "jsonapi.reference": [
      "type": "object", "required": ["type", "id"],
      "properties": ["type": ["type": "string"], "id": ["type": "string"]],
    ],
    "jsonapi.resource": [
      "type": "object", "description": "A resource of any type.", "required": ["type", "id"],
      "properties": [
        "type": ["type": "string"], "id": ["type": "string"],
        "attributes": ["type": "object"], "relationships": ["type": "object"],
        "links": .reference("schemas/jsonapi.links"), "meta": ["type": "object"],
      ],
    ],
    "jsonapi.links": [
      "type": "object",
      "additionalProperties": ["type": ["string", "null"], "format": "uri"],
    ],
    "jsonapi.to_one": [
      "type": "object", "description": "A relationship to one; data is there when it is included.",
      "properties": [
        "links": .reference("schemas/jsonapi.links"),
        "data": ["oneOf": [.reference("schemas/jsonapi.reference"), ["type": "null"]]],
      ],
    ],
    "jsonapi.to_many": [
      "type": "object", "description": "A relationship to many; data is there when it is included.",
      "properties": [
        "links": .reference("schemas/jsonapi.links"),
        "data": ["type": "array", "items": .reference("schemas/jsonapi.reference")],
      ],
    ],
    "jsonapi.included": ["type": "array", "items": .reference("schemas/jsonapi.resource")],
    "jsonapi.list_meta": [
      "type": "object",
      "properties": ["record_count": ["type": "integer"], "page_count": ["type": "integer"]],
    ],
    "jsonapi.any_document": [
      "type": "object", "description": "A document about a resource of any type.",
      "required": ["data"],
      "properties": [
        "data": ["oneOf": [.reference("schemas/jsonapi.resource"), ["type": "null"]]],
        "included": .reference("schemas/jsonapi.included"),
      ],
    ],
    "jsonapi.any_list": [
      "type": "object", "description": "A list of resources of any type.", "required": ["data"],
      "properties": [
        "data": ["type": "array", "items": .reference("schemas/jsonapi.resource")],
        "included": .reference("schemas/jsonapi.included"),
        "meta": .reference("schemas/jsonapi.list_meta"),
        "links": .reference("schemas/jsonapi.links"),
      ],
    ],
  ]

  /// The errors document; every member may be missing.
  /// - Parameter codes: the codes that are known.
  static func errors(codes: [String]) -> Node {
    [
      "type": "object",
      "properties": [
        "errors": [
          "type": "array",
          "items": [
            "type": "object",
            "properties": [
              "title": ["type": "string"], "detail": ["type": "string"],
              "status": ["type": "string"],
              "code": ["type": "string", "x-extensible-enum": .texts(codes)],
              "source": [
                "type": "object",
                "properties": ["pointer": ["type": "string"], "parameter": ["type": "string"]],
              ],
              "meta": ["type": "object"],
            ],
          ],
        ]
      ],
    ]
  }
}
