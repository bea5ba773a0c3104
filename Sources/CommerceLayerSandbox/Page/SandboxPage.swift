import CommerceLayerRuntime
import Foundation
import HTTPTypes

/// The page at `/`: records, requests as they come, imports, faults and how to connect, in one document that
/// refers to nothing else.
///
/// It holds the token of this start, which its requests to the control endpoints are known by, and the client
/// secret, which is of this sandbox alone. No page of another origin can read it: it has no CORS headers.
struct SandboxPage: Sendable {
  let clientID: String
  let clientSecret: Secret
  let organization: String
  let pageToken: String

  func response() -> SandboxResponse {
    let nonce = (0..<2).map { _ in String(UInt64.random(in: 0 ... .max), radix: 36) }.joined()
    let start: JSONValue = [
      "token": .string(pageToken), "clientID": .string(clientID),
      "clientSecret": .string(clientSecret.exposed), "organization": .string(organization),
    ]
    let html = String(decoding: PackageResources.page_html, as: UTF8.self)
      .replacing("{{NONCE}}", with: nonce)
      // Nothing in a script of data ends it.
      .replacing("{{START}}", with: start.text.replacing("<", with: "\\u003c"))
    var response = SandboxResponse(
      status: 200, contentType: "text/html; charset=utf-8", body: Array(html.utf8))
    let policy =
      "default-src 'none'; script-src 'nonce-\(nonce)'; style-src 'nonce-\(nonce)'; "
      + "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    for (name, value) in [
      ("Content-Security-Policy", policy), ("Cache-Control", "no-store"),
      ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
      ("Cross-Origin-Resource-Policy", "same-origin"), ("Vary", "Accept"),
      ("Cross-Origin-Opener-Policy", "same-origin"), ("X-Frame-Options", "DENY"),
    ] {
      if let name = HTTPField.Name(name) { response.headers[name] = value }
    }
    return response
  }
}
