import Distiller
import Spec
import Testing

/// A published schema of invented resources.
enum PublishedFixtures {
  static let schema = """
    [
      {
        "id": "tax_widget", "type": "resources",
        "attributes": {
          "singleton": false, "deprecated": false, "actions": ["list", "retrieve", "create", "update", "delete"],
          "fields": {
            "id": {"format": "id", "type": "string", "required": "required", "creatable": false, "updatable": false, "fetchable": true, "filterable": true, "sortable": true},
            "code": {"type": "string", "required": "required, unless inherited by market", "creatable": true, "updatable": true, "fetchable": true, "filterable": true, "sortable": false, "enum": ["a", "b"]},
            "secret": {"type": "string", "required": "required", "creatable": true, "updatable": false, "fetchable": false, "filterable": false, "sortable": false, "confidential": true},
            "_polish": {"type": "boolean", "trigger": true, "idempotent": true, "creatable": false, "updatable": true, "fetchable": false, "filterable": false, "sortable": false},
            "_add_labels": {"type": "string", "creatable": false, "updatable": true, "fetchable": false, "filterable": false, "sortable": false},
            "made_at": {"type": "datetime", "required": "required", "creatable": false, "updatable": false, "fetchable": true, "filterable": false, "sortable": false, "deprecated": true, "transient": true},
            "hidden": {"type": "string", "creatable": false, "updatable": false, "fetchable": false, "filterable": false, "sortable": false}
          },
          "relationships": {
            "gadget": {"type": "has_one", "class_name": "BigGadget", "required": "required", "creatable": true, "updatable": true, "filterable": true},
            "owner": {"type": "has_one", "class_name": "Owner", "polymorphic": true, "includable": false, "enum": ["people", "firms"]},
            "strays": {"type": "has_many", "class_name": "Stray"}
          }
        }
      },
      {
        "id": "big_gadget", "type": "resources",
        "attributes": {"singleton": true, "deprecated": true, "actions": ["retrieve"], "fields": {}, "relationships": {}}
      }
    ]
    """
}

@Suite struct PublishedSchemaTests {
  private var result: DistillResult {
    Distiller.distil([SourceFile(name: "schema.json", text: PublishedFixtures.schema)])
  }

  @Test func fieldsBecomeAttributes() throws {
    let widgets = try #require(result.resources.first { $0.resource == "tax_widgets" })
    #expect(widgets.singular == "tax_widget")
    #expect(
      widgets.attributes == [
        "id": .init(type: .string, filter: true, sort: true, isID: true),
        "code": .init(
          type: .string, create: .conditional, update: .optional,
          createCondition: .init(text: "unless inherited from the market"), filter: true,
          values: ["a", "b"]),
        "secret": .init(
          type: .string, create: .required, confidential: true, writeOnly: true),
        "_polish": .init(type: .boolean, update: .optional, trigger: true, idempotent: true),
        "_add_labels": .init(type: .string, update: .optional, trigger: true),
        "made_at": .init(type: .datetime, deprecated: true, transient: true),
      ])
    #expect(result.first(.unreachableField)?.message.contains("hidden") == true)
  }

  @Test func classNamesLeadToResources() throws {
    let widgets = try #require(result.resources.first { $0.resource == "tax_widgets" })
    #expect(
      widgets.relationships == [
        "gadget": .init(
          cardinality: .one, resource: "big_gadgets", create: .required, update: .optional,
          filter: true, include: true),
        "owner": .init(cardinality: .one, polymorphic: true, targets: ["firms", "people"]),
        "strays": .init(cardinality: .many, include: true),
      ])
    #expect(result.first(.unknownTarget)?.message.contains("Stray") == true)
  }

  @Test func actionsBecomeOperations() throws {
    let widgets = try #require(result.resources.first { $0.resource == "tax_widgets" })
    #expect(
      widgets.operations.mapValues(\.success) == [
        .create: 201, .list: 200, .retrieve: 200, .update: 200, .delete: 204,
      ])
    #expect(widgets.operations[.delete]?.path == "/api/tax_widgets/:id")
    let gadget = try #require(result.resources.first { $0.resource == "big_gadgets" })
    #expect(gadget.singleton == true)
    #expect(gadget.deprecated == true)
    #expect(gadget.operations[.retrieve]?.path == "/api/big_gadget")
  }

  @Test func onlyWhatIsAskedFor() {
    let some = Distiller.distil(
      [SourceFile(name: "schema.json", text: PublishedFixtures.schema)], only: ["big_gadgets"])
    #expect(some.resources.map(\.resource) == ["big_gadgets"])
    #expect(some.diagnostics.isEmpty)
    let line = Fixtures.line(of: "\"id\": \"big_gadget\"", in: PublishedFixtures.schema) - 1
    #expect(
      some.sources == [
        "big_gadgets": [
          .init(
            page: "schema.json", vintage: "published-schema",
            start: .init(line: line, pointer: "/1"))
        ]
      ])
  }

  @Test func otherJSONIsAnError() {
    let other = Distiller.distil([SourceFile(name: "x.json", text: "[{\"id\": 1}]")])
    #expect(other.codes == [.schemaForm])
    #expect(other.hasErrors)
  }

  @Test func theSpecIsValid() throws {
    for resource in result.resources {
      _ = try ResourceSpec(validating: resource.tree(), file: "x.json")
    }
  }
}
