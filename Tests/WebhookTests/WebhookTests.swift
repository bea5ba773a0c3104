import CommerceLayerRuntime
import CommerceLayerWebhooks
import Testing

@Suite struct WebhookTests {
  private let secret: Secret = "key"  // no secret: the key of the known code below
  private let body = Array("The quick brown fox jumps over the lazy dog".utf8)
  /// The well-known code of this key and text, in base64.
  private let signature = "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg="

  @Test func signsAsHMACSaysItShould() throws {
    #expect(try WebhookSignature.sign(body: body, secret: secret) == signature)
    try WebhookSignature.verify(body: body, signature: signature, secret: secret)
  }

  @Test func everyBitOfTheBodyAndTheSignatureCounts() throws {
    for index in body.indices {
      for bit in 0..<8 {
        var other = body
        other[index] ^= 1 << bit
        let error = error {
          try WebhookSignature.verify(body: other, signature: signature, secret: secret)
        }
        #expect(error?.kind == .wrongSignature)
      }
    }
    let letters = Array(signature.utf8)
    for index in letters.indices {
      for bit in 0..<7 {
        var other = letters
        other[index] ^= 1 << bit
        #expect(throws: WebhookError.self) {
          try WebhookSignature.verify(
            body: body, signature: String(decoding: other, as: UTF8.self), secret: secret)
        }
      }
    }
  }

  @Test(arguments: [
    "", " ", "97yD", "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg",
    " 97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg=",
    "97yD9DBThCSxMpjmqm-xQ-9NWaFJRhdZl0edvC0aPNg=", "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNh=",
    "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg=\n", String(repeating: "A", count: 100_000),
    "sha256=97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edv", "f7bc83f430538424b13298e6aa6fb143ef4d59a1494",
  ])
  func onlyOneFormOfBase64IsTaken(text: String) {
    let error = error { try WebhookSignature.verify(body: body, signature: text, secret: secret) }
    #expect(error?.kind == .malformedSignature)
  }

  @Test func whatIsNotSetUpOrNotSignedIsRejected() {
    let unset = error { try WebhookSignature.verify(body: body, signature: signature, secret: "") }
    #expect(unset?.kind == .emptySecret)
    #expect(error { _ = try WebhookSignature.sign(body: body, secret: "") }?.kind == .emptySecret)
    let unsigned = error { try WebhookSignature.verify(body: body, signature: nil, secret: secret) }
    #expect(unsigned?.kind == .missingSignature)
  }

  @Test func readsTheResourceAfterTheSignature() throws {
    let body = Array(#"{"data":{"type":"imports","id":"x1","attributes":{"status":"done"}}}"#.utf8)
    let resource = try WebhookSignature.resource(
      AnyResource.self, body: body, signature: try sign(body), secret: shared)
    #expect(resource.type == "imports" && resource["status"] == "done")
    let other = error {
      _ = try WebhookSignature.resource(
        AnyResource.self, body: body, signature: try sign(body), secret: "hushcanary-other")
    }
    #expect(other?.kind == .wrongSignature)
  }

  // MARK: - Events

  private let shared: Secret = "hushcanary-webhook"

  private func sign(_ body: [UInt8]) throws(WebhookError) -> String {
    try WebhookSignature.sign(body: body, secret: shared)
  }

  private func event(_ text: String, topic: String? = "orders.place") throws -> WebhookEvent {
    let body = Array(text.utf8)
    return try WebhookEvent(body: body, topic: topic, signature: try sign(body), secret: shared)
  }

  private func error(_ work: () throws -> Void) -> WebhookError? {
    do {
      try work()
      return nil
    } catch {
      return error as? WebhookError
    }
  }

  private let order = #"""
    {"data":{"type":"orders","id":"o1","attributes":{"number":"7","total_amount_cents":9007199254740993},
     "relationships":{"customer":{"data":{"type":"customers","id":"c1"}}}},
     "included":[{"type":"customers","id":"c1","attributes":{"email":"ada@example.com"}}]}
    """#

  /// Numbers beyond a double's precision stay what they are, and what is included is behind its relationship.
  @Test func readsNumbersExactlyAndIncludedResources() throws {
    let event = try event(order)
    #expect(event.topic == "orders.place" && event.topic.resourceType == "orders")
    #expect(event.topic == .init(resourceType: "orders", event: "place"))
    #expect((event.resourceType, event.id) == ("orders", "o1"))
    let resource = try event.resource(AnyResource.self)
    #expect(resource["total_amount_cents"] == 9_007_199_254_740_993)
    guard case .one(let customer) = resource.linkage("customer") else {
      Issue.record("the customer was included: \(resource.linkage("customer"))")
      return
    }
    #expect(customer["email"] == "ada@example.com")
    #expect(event.diagnostics.isEmpty)
  }

  /// The signature does not cover the topic: one of another resource is somebody's mistake, or an attack.
  @Test(arguments: [
    nil, "", "orders", "orders.", ".place", "orders.place.now", "skus.create", "Orders.place",
    "orders. place",
    "orders\r\n.place", String(repeating: "a", count: 200) + ".b",
  ])
  func aTopicThatIsNotOfTheBodyIsRejected(topic: String?) throws {
    #expect(error { _ = try event(order, topic: topic) }?.kind == .unexpectedTopic)
  }

  @Test(arguments: [
    "", "[]", "{}", "null", #"{"data":null}"#, #"{"data":[]}"#, #"{"data":{"id":1}}"#,
    #"{"data":{"type":"orders"}}"#,
    #"{"errors":[{"title":"no"}]}"#, #"{"data":{"type":"orders","id":"o1"}"#,
    String(repeating: "[", count: 100_000),
  ])
  func aSignedBodyThatIsNoResourceIsRejected(text: String) throws {
    let found = error { _ = try event(text) }
    #expect(found?.kind == .unexpectedBody, "\(found?.message ?? "")")
  }

  @Test func whatIsOddIsADiagnosticAndNotTheLossOfTheEvent() throws {
    let event = try event(#"{"data":{"type":"orders","id":"o1"},"included":{}}"#)
    #expect(event.diagnostics.map(\.pointer) == ["/included"])
    #expect(event.id == "o1")
  }
}
