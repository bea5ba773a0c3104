import Testing

@_spi(Generated) @testable import CommerceLayerRuntime

/// What a request must give is checked before it is sent, with alternatives and conditions.
@Suite struct RequestConditionTests {
  private static let prices = ResourceSchema(
    table: """
      {"resource":"prices","singular":"price",
       "attributes":{
         "amount":{"type":"integer","create":"required","update":"optional"},
         "sku_code":{"type":"string","create":"optional","update":"optional"},
         "business":{"type":"boolean","create":"optional","update":"optional","default":false},
         "company":{"type":"string","create":"conditional","update":"optional",
           "create_condition":{"text":"if business is true","when":{"business":[true]}}},
         "name":{"type":"string","create":"conditional","update":"conditional",
           "create_condition":{"text":"if business is false","when":{"business":[false]}},
           "update_condition":{"text":"if business is false","when":{"business":[false]}}},
         "scheme":{"type":"string","create":"optional"},
         "min":{"type":"float","create":"optional"},"max":{"type":"float","create":"optional"},
         "unit":{"type":"string","create":"conditional",
           "create_condition":{"text":"if min or max is given","when_given":["max","min"]}},
         "url":{"type":"string","create":"conditional",
           "create_condition":{"text":"if scheme is external or absent","when":{"scheme":["external",null]}}},
         "zip":{"type":"string","create":"conditional","create_condition":{"text":"in some countries"}}},
       "relationships":{"sku":{"cardinality":"one","resource":"skus","create":"required"},
         "list":{"cardinality":"one","resource":"lists","create":"conditional",
           "create_condition":{"text":"if sku is given","when_given":["sku"]}}},
       "alternatives":{"sku":{"members":["sku","sku_code"],"create":"required","update":"optional"}}}
      """)

  /// What is wrong with a request that is right but for `change`.
  private func problems(
    creating: Bool = true, _ change: (inout RequestStorage) -> Void
  ) -> [String] {
    var storage = RequestStorage(type: "prices")
    if creating {
      storage["amount"] = 1
      storage["sku_code"] = "A"
      storage["name"] = "N"
      storage["scheme"] = "flat"
    }
    change(&storage)
    return RequestConditions(storage: storage, schema: Self.prices, creating: creating).violations
  }

  @Test func whatIsRightPasses() {
    #expect(problems { _ in } == [])
    #expect(problems(creating: false) { _ in } == [])
  }

  @Test func oneOfTheAlternativesMustBeGiven() {
    #expect(problems { $0["sku_code"] = nil } == ["'sku' or 'sku_code' is required"])
    #expect(problems { $0["sku_code"] = .null } == ["'sku' or 'sku_code' is required"])
    #expect(problems { $0["sku_code"] = "" } == ["'sku' or 'sku_code' is required"])
    #expect(
      problems {
        $0["sku_code"] = nil
        $0.relate("sku", AnyResourceReference(type: "skus", id: "s"))
        $0.relate("list", AnyResourceReference(type: "lists", id: "l"))
      } == [])
    #expect(problems(creating: false) { $0["sku_code"] = nil } == [])
  }

  @Test func conditionsSeeDefaultsOfWhatIsNotSent() {
    #expect(problems { $0["name"] = nil } == ["'name' is required when 'business' is false"])
    #expect(
      problems {
        $0["name"] = nil
        $0["business"] = true
        $0["company"] = "C"
      } == [])
    #expect(
      problems { $0["business"] = true } == ["'company' is required when 'business' is true"])
    #expect(problems { $0["scheme"] = nil } == ["'url' is required when 'scheme' is null"])
    #expect(
      problems { $0["scheme"] = "external" } == [#"'url' is required when 'scheme' is "external""#])
  }

  @Test func conditionsSeeWhatElseIsGiven() {
    #expect(problems { $0["min"] = 1 } == ["'unit' is required when 'min' is given"])
    #expect(
      problems {
        $0["max"] = 1
        $0["unit"] = "kg"
      } == [])
    #expect(problems { $0["max"] = .null } == [])
    #expect(
      problems { $0.relate("sku", AnyResourceReference(type: "skus", id: "s")) }
        == ["'list' is required when 'sku' is given"])
  }

  @Test func conditionsInWordsAloneAreNotChecked() {
    #expect(problems { $0["zip"] = .null } == [])
  }

  @Test func anUpdateMustNotClearWhatItsOwnConditionAsksFor() {
    #expect(problems(creating: false) { $0["business"] = false } == [])
    #expect(problems(creating: false) { $0["name"] = .null } == [])
    #expect(
      problems(creating: false) {
        $0["business"] = false
        $0["name"] = .null
      } == ["'name' is required when 'business' is false"])
  }

  @Test func hostileValuesAreCutInMessages() {
    let schema = ResourceSchema(
      table: """
        {"resource":"a","attributes":{"b":{"type":"string","create":"optional"},
          "c":{"type":"string","create":"conditional",
            "create_condition":{"text":"t","when":{"b":["\\u001b[31m\(String(repeating: "x", count: 500))"]}}}}}
        """)
    var storage = RequestStorage(type: "a")
    storage["b"] = .string("\u{1B}[31m" + String(repeating: "x", count: 500))
    let problems = RequestConditions(storage: storage, schema: schema, creating: true).violations
    #expect(problems.count == 1)
    #expect(problems.first.map { $0.count < 120 && !$0.contains("\u{1B}") } == true)
  }
}

/// What is printed of a request.
@Suite struct RequestDescriptionTests {
  @Test func requestsArePrintedWithoutValues() {
    var create = Widget.Create(name: "hushcanary", rows: .csv("code\nhushcanary\n"), format: "csv")
    create.storage.relate("owner", AnyResourceReference(type: "owners", id: "hushcanary"))
    var dumped = ""
    dump(create, to: &dumped)
    for text in ["\(create)", String(reflecting: create), dumped, "\([create.storage])"] {
      #expect(!text.contains("hushcanary"), "\(text)")
    }
    #expect("\(create.storage)" == "widgets(name, format, rows, owner)")
  }
}
