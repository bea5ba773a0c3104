import Spec
import Testing

@testable import Distiller

/// Tables in the forms of pandoc and reStructuredText, columns of what is optional, and tables that
/// are not recognized.
@Suite struct ConvertedPageTests {
  private func page(_ table: String, isRestructured: Bool = false) -> SourceFile {
    let text =
      isRestructured
      ? """
      Create a widget
      ===============

      Request
      -------

      **POST** https://host.example**/api/widgets*\\*

      Arguments
      ~~~~~~~~~

      \(table)

      Example
      ~~~~~~~
      """
      : """
      # Create a widget

      ## Request

      **POST** https://host.example\\*\\*/api/widgets\\*\\*

      ### Arguments

      \(table)

      ### Example
      """
    return SourceFile(name: "a.md", text: text)
  }

  private func widget(_ file: SourceFile) throws -> (ResourceSpec, [PageDiagnostic]) {
    let result = Distiller.distil([file])
    return (try #require(result.widgets, "\(result.diagnostics)"), result.diagnostics)
  }

  // MARK: Forms of tables

  @Test(arguments: [
    """
      Body Parameter         Type      Required
      ---------------------- --------- -------------------------
      **type**               `string`  Required
      attributes.**size**    `float`   Required, unless in scope
      attributes.**shade**   `string`  Optional, one of 'a|b'
    """,
    """
      ---------------------- --------- -------------------------
      **type**               `string`  Required
      attributes.**size**    `float`   Required, unless in scope
      attributes.**shade**   `string`  Optional, one of 'a|b'
      ---------------------- --------- -------------------------
    """,
    """
      -------------------------------------------------
      Body Parameter    Type      Required
      ----------------- --------- ---------------------
      **type**          `string`  Required

      attributes.       `float`   Required, unless in
      **size**                    scope

      attributes.       `string`  Optional, one of
      **shade**                   'a|b'
      -------------------------------------------------
    """,
    """
    +----------------+-----------+----------------+
    | Body Parameter | Type      | Required       |
    +:===============+:==========+:===============+
    | **type**       | `string`  | Required       |
    +----------------+-----------+----------------+
    | attributes.    | `float`   | Required,      |
    | **size**       |           | unless in      |
    |                |           | scope          |
    +----------------+-----------+----------------+
    | attr           | `str      | Optional, one  |
    | ibutes.**shade | ing`      | of 'a|b'       |
    | **             |           |                |
    +----------------+-----------+----------------+
    """,
    """
      ✅ Body Parameter       Type      ✅ Required
      ---------------------- --------- -------------------------
      **type**               `string`  Required
      attributes.**size**    `float`   Required, unless in scope
      attributes.**shade**   `string`  Optional
    """,
  ])
  func tablesInColumns(table: String) throws {
    let (spec, _) = try widget(page(table))
    #expect(spec.attributes["size"]?.type == .float)
    #expect(spec.attributes["size"]?.createCondition?.text == "unless in scope")
    #expect(spec.attributes["shade"]?.type == .string)
    #expect(spec.attributes["shade"]?.create == .optional)
  }

  @Test func linesAreThoseOfTheFile() throws {
    let file = page(
      """
        --------------------------------------
        Body Parameter    Type      Required
        ----------------- --------- ----------
        **type**          `string`  Required

        attributes.       `word`    Optional
        **size**
        --------------------------------------
      """)
    let found = try widget(file).1.first { $0.code == .unknownType }
    #expect(found?.line == 14)
  }

  @Test func restructuredPages() throws {
    let (spec, diagnostics) = try widget(
      page(
        """
        ============================ =========== ==========
        Body Parameter               Type        Required
        ============================ =========== ==========
        **type**                     ``string``  Required
        attributes.\\ **size**        ``float``   Required,
                                                 unless old
        attributes.\\ **\\_polish**    ``boolean`` Optional
        ============================ =========== ==========

        .. note::

           ``size`` is a number.

        .. code-block:: json
           :caption: what is sent

           { "data": { "type": "widgets", "attributes": { "size": 1.5 } } }
        """, isRestructured: true))
    #expect(spec.attributes["size"]?.createCondition?.text == "unless old")
    #expect(spec.attributes["_polish"]?.trigger == true)
    #expect(!diagnostics.contains { $0.code == .unclosedFence || $0.code == .typeMissing })
  }

  @Test func aLineOfCodeKeepsItsPlaceInRestructuredPages() throws {
    let text = """
      Create a widget
      ~~~~~~~~~~~~~~~

      **POST** https://host.example/api/widgets

      Example
      -------

      .. code:: json

         { "data": {
             "type": "widgets",
             "attributes": { "size": 1.5, }
         } }

      """
    let found = Distiller.distil([SourceFile(name: "a.rst", text: text)]).first(.repairedJSON)
    #expect(found?.line == 13)
  }

  /// A break between paragraphs, a heading's underline and a sentence above dashes are not tables.
  @Test(arguments: ["- - -", "---", "-- words --", "=== ===", "- --"])
  func noTables(line: String) {
    #expect(ColumnTable.at(0, in: [line, "text", "", "more"]) == nil)
    #expect(ColumnTable.at(0, in: ["Text", line, ""])?.rows.isEmpty ?? true)
  }

  /// Rules without an end cost no more than their lines.
  @Test(arguments: [
    "--- ---\n", "=== ===\n", "-----\na b\n--- ---\n\n", "+---+---+\n|", "::\n:::\n", "::: {a}\n",
    ".. code::\n", "a\n--- ---\n",
  ])
  func hostileRulesEndSoon(piece: String) {
    let text = "# Create a widget\n\n" + String(repeating: piece, count: 20_000)
    _ = Distiller.distil([SourceFile(name: "a.md", text: text)])
    _ = ReStructuredText.markdown(text)
  }

  // MARK: Columns of what is optional

  @Test(arguments: [
    ("true", "false"), ("✓", "✗"), ("yes", "no"), ("[x]", "[ ]"), ("Yes, default is 2", "No"),
    ("Optional", "Required"), ("✅", ""),
  ])
  func optionalIsTheOppositeOfRequired(optional: String, required: String) throws {
    let (spec, diagnostics) = try widget(
      page(
        """
        | Body Parameter | Type | Optional |
        | --- | --- | --- |
        | attributes.size | `float` | \(required) |
        | attributes.shade | `string` | \(optional) |
        """))
    #expect(spec.attributes["size"]?.create == .required)
    #expect(spec.attributes["shade"]?.create == .optional)
    #expect(
      diagnostics.contains { $0.code == .noRequiredColumn && $0.message.contains("opposite") })
  }

  @Test(arguments: [
    ("No, unless in scope", "unless in scope"), ("Yes, unless in scope", "if in scope"),
    ("✓ (if in scope)", "unless in scope"),
  ])
  func conditionsOfWhatIsOptional(cell: String, condition: String) throws {
    let (spec, _) = try widget(
      page(
        "| Parameter | Type | Optional |\n| --- | --- | --- |\n| attributes.size | `float` | \(cell) |"
      ))
    #expect(spec.attributes["size"]?.create == .conditional)
    #expect(spec.attributes["size"]?.createCondition?.text == condition)
  }

  @Test(arguments: ["Nullable", "Read only", "Deprecated"])
  func ticksOfOtherColumnsAreNoRequirements(title: String) throws {
    let (spec, diagnostics) = try widget(
      page(
        """
        | Body Parameter | Type | \(title) |
        | --- | --- | --- |
        | attributes.size | `float` | ✓ |
        | attributes.shade | `string` | ✓ |
        """))
    #expect(spec.attributes["size"]?.create == .optional)
    #expect(diagnostics.contains { $0.code == .noRequiredColumn && $0.severity == .warning })
  }

  @Test func theColumnOfRequirementsCountsBesideOneOfWhatIsOptional() throws {
    let (spec, _) = try widget(
      page(
        """
        | Body Parameter | Type | Optional | Required |
        | --- | --- | --- | --- |
        | attributes.size | `float` | no | yes |
        | attributes.shade | `string` | yes | no |
        """))
    #expect(spec.attributes["size"]?.create == .required)
    #expect(spec.attributes["shade"]?.create == .optional)
  }

  // MARK: What is not recognized

  @Test(arguments: [
    "attributes.size: how big it is, attributes.shade: its color",
    "- attributes.size is a float\n- attributes.shade is a string",
    "    attributes.size   float\n    attributes.shade  string",
    ".. attributes.size float attributes.shade string",
  ])
  func argumentsOutsideOfTablesAreAWarning(text: String) {
    let result = Distiller.distil([page(text)])
    let found = result.diagnostics.first {
      $0.code == .otherTable && $0.message.contains("stand in no table")
    }
    #expect(found?.severity == .warning)
    #expect(found?.line == 9)
  }

  @Test func sentencesThatNameListedArgumentsAreNoTables() throws {
    let (_, diagnostics) = try widget(
      page(
        """
        | Body Parameter | Type | Required |
        | --- | --- | --- |
        | attributes.size | `float` | Required |
        | attributes.shade | `string` | Optional |

        Either attributes.size or attributes.shade is shown.
        """))
    #expect(!diagnostics.contains { $0.message.contains("stand in no table") })
  }

  @Test func aHeaderWhoseCellsStandOnLinesOfTheirOwnStartsTheTableOfFields() throws {
    let text = """
      The widget object

      Field

      Type

      Description

      attributes.size

      float

      How big it is

      attributes.shade

      string

      Its color
      """
    let result = Distiller.distil([SourceFile(name: "a.txt", text: text)])
    #expect(result.widgets?.attributes["size"]?.type == .float)
    #expect(result.widgets?.attributes["shade"]?.type == .string)
  }
}
