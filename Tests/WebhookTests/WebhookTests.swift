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
        #expect(throws: WebhookError.wrongSignature) {
          try WebhookSignature.verify(body: other, signature: signature, secret: secret)
        }
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
    #expect(throws: WebhookError.malformedSignature) {
      try WebhookSignature.verify(body: body, signature: text, secret: secret)
    }
  }

  @Test func whatIsNotSetUpOrNotSignedIsRefused() {
    #expect(throws: WebhookError.emptySecret) {
      try WebhookSignature.verify(body: body, signature: signature, secret: "")
    }
    #expect(throws: WebhookError.emptySecret) {
      try WebhookSignature.sign(body: body, secret: "")
    }
    #expect(throws: WebhookError.missingSignature) {
      try WebhookSignature.verify(body: body, signature: nil, secret: secret)
    }
  }

  @Test func readsTheResourceAfterTheSignature() throws {
    let secret: Secret = "hushcanary-webhook"
    let body = Array(#"{"data":{"type":"imports","id":"x1","attributes":{"status":"done"}}}"#.utf8)
    let signature = try WebhookSignature.sign(body: body, secret: secret)
    let resource = try WebhookSignature.resource(
      AnyResource.self, body: body, signature: signature, secret: secret)
    #expect(resource.type == "imports" && resource["status"] == "done")
    for text in ["", "[]", "{}", #"{"data":null}"#, #"{"data":{"id":1}}"#] {
      let bytes = Array(text.utf8)
      let signature = try WebhookSignature.sign(body: bytes, secret: secret)
      #expect(throws: WebhookError.unexpectedBody) {
        try WebhookSignature.resource(
          AnyResource.self, body: bytes, signature: signature, secret: secret)
      }
    }
    #expect(throws: WebhookError.wrongSignature) {
      try WebhookSignature.resource(
        AnyResource.self, body: body, signature: signature, secret: "hushcanary-other")
    }
  }
}
