public import Spec

/// The whole spec as an OpenAPI 3.1 document: a pure function of the spec, so that the same spec
/// gives the same bytes.
///
/// Operations of the spec are named `<resource>.<operation>`; following a relationship is
/// `<resource>.related.<relationship>` and marked `x-related`, because the spec lists it among the
/// relationships. What OpenAPI has no word for goes into extensions: `x-trigger`, `x-effect`,
/// `x-idempotent`, `x-transient`, `x-rows`, `x-condition`, `x-monetizable`, `x-confidential` and
/// `x-prohibited` (closed to sales channels) repeat facts of an attribute, `x-targets` says what a
/// relationship may lead to, and `x-extensible-enum` lists values of what is read, where more may
/// come; what is written has a closed `enum`. Alternatives are an `anyOf` of what must be there.
public enum OpenAPIDocument {
  /// The version of OpenAPI that documents are written in.
  public static let openAPIVersion = "3.1.0"

  /// The document of a spec.
  /// - Parameter version: what `info.version` says; the spec itself has no version.
  public static func tree(of spec: SpecFolder, version: String) -> JSONTree {
    var builder = OpenAPIBuilder(spec)
    let resources = spec.resources.sorted { $0.resource < $1.resource }
    for resource in resources { builder.addComponents(of: resource) }
    for resource in resources { builder.addOperations(of: resource) }
    let document: Node = [
      "openapi": .text(openAPIVersion),
      "info": [
        "title": .text("\(spec.profile.name) API"),
        "version": .text(version),
        "description": """
        Written by cl-spec from the facts of the documentation; not an official document. Bodies \
        are JSON:API documents. Any attribute may be absent where it is read: clients choose fields.
        """,
      ],
      "servers": [
        [
          "url": .text(spec.profile.server),
          "variables": .object(
            Dictionary(
              variables(in: spec.profile.server).map { name in
                (
                  name,
                  [
                    "default": .text("your-\(name)"),
                    "description": .text("The \(name) whose API it is."),
                  ]
                )
              }, uniquingKeysWith: { first, _ in first })),
        ]
      ],
      "security": [["token": []]],
      "tags": .list(builder.tags),
      "paths": .object(builder.paths.mapValues(Node.object)),
      "components": [
        "schemas": .object(builder.schemas.merging(JSONAPISchemas.all) { own, _ in own }),
        "parameters": .object(builder.parameters),
        "responses": .object(builder.responses),
        "securitySchemes": [
          "token": [
            "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
            "description": "An access token of the organization.",
          ]
        ],
      ],
    ]
    return document.tree
  }

  /// The names in braces of an address.
  private static func variables(in server: String) -> [String] {
    server.split(separator: "{").dropFirst().compactMap { part in
      part.firstIndex(of: "}").map { String(part[..<$0]) }
    }
  }
}
