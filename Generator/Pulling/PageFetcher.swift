internal import CommerceLayerRuntime
internal import HTTPTypes

/// Fetches one page after another over one connection: slowly, with conditions, patiently, and never
/// from anywhere but the site it was sent to.
struct PageFetcher: Sendable {
  /// What the server said a page's content is known by.
  struct Validators: Sendable, Hashable, Codable {
    var etag: String?
    var lastModified: String?

    var isEmpty: Bool { etag == nil && lastModified == nil }
  }

  /// What came of a fetch.
  enum Outcome: Sendable {
    /// The page, and where it was at last.
    case page([UInt8], Validators)
    /// It is as it was.
    case notModified
    /// There is no such page.
    case missing(Int)
    /// It could not be had; others may.
    case failed(PullFailure)
    /// The site wants to be left alone, or is not there.
    case stop(PullFailure)
  }

  let transport: any ClientTransport
  let time: TimeSource
  let options: PullOptions
  let random: @Sendable () -> Double
  /// Told before waiting for longer than usual.
  let onWait: @Sendable (String) -> Void

  /// Fetches a page, asking only for news where the content is known by `validators`.
  func fetch(_ address: PageAddress, known validators: Validators = .init()) async throws -> Outcome
  {
    var place = address
    var seen: Set<PageAddress> = [address]
    while true {
      let (head, bytes): (HTTPResponse, [UInt8])
      switch try await response(place, known: validators) {
      case .ended(let outcome): return outcome
      case .response(let someHead, let someBytes): (head, bytes) = (someHead, someBytes)
      }
      switch head.status.code {
      case 200: return .page(bytes, Self.validators(head))
      case 304:
        return validators.isEmpty
          ? .failed(.init(.protocolViolation, "HTTP 304 to a question without a condition"))
          : .notModified
      case 404, 410: return .missing(head.status.code)
      case 401, 403:
        return .failed(
          .init(.rejected, "HTTP \(head.status.code): the site does not let us read it"))
      case 301, 302, 303, 307, 308:
        switch Self.redirect(head, from: place, seen: seen) {
        case .failure(let failure): return .failed(failure)
        case .success(let next):
          place = next
          seen.insert(next)
        }
      default:
        return .failed(.init(.unavailable, "HTTP \(head.status.code)"))
      }
    }
  }

  /// Where a redirect leads, within the same origin and not in circles.
  private static func redirect(
    _ head: HTTPResponse, from place: PageAddress, seen: Set<PageAddress>
  ) -> Result<PageAddress, PullFailure> {
    guard let location = head.headerFields[.location] else {
      return .failure(.init(.protocolViolation, "HTTP \(head.status.code) without a Location"))
    }
    do throws(PageAddress.Rejection) {
      let next = try place.following(location)
      guard next.origin == place.origin else {
        return .failure(
          .init(
            .protocolViolation, "redirects to another origin, \(next.scheme)://\(next.authority)"))
      }
      guard !seen.contains(next) else {
        return .failure(.init(.protocolViolation, "redirects in a circle"))
      }
      guard seen.count <= PullOptions.maximumRedirects else {
        return .failure(
          .init(.protocolViolation, "redirects more than \(PullOptions.maximumRedirects) times"))
      }
      return .success(next)
    } catch {
      return .failure(.init(.protocolViolation, "redirects to where it must not: \(error)"))
    }
  }

  private static func validators(_ head: HTTPResponse) -> Validators {
    func value(_ name: HTTPField.Name) -> String? {
      head.headerFields[name].flatMap { $0.utf8.count <= PullOptions.maximumValidator ? $0 : nil }
    }
    return Validators(etag: value(.eTag), lastModified: value(.lastModified))
  }

  // MARK: - One address, several attempts

  private enum Attempt {
    case response(HTTPResponse, [UInt8])
    case ended(Outcome)
  }

  private func response(_ address: PageAddress, known: Validators) async throws -> Attempt {
    var attempt = 1
    while true {
      try await time.sleep(attempt == 1 ? options.delay : .zero)
      let failure: AttemptResult
      let what: String
      do {
        let (head, bytes) = try await exchange(address, known: known)
        let status = head.status.code
        guard status == 408 || status == 429 || status >= 500 else { return .response(head, bytes) }
        failure = .status(status, retryAfter: RetryAfter.read(head.headerFields))
        what = "HTTP \(status)"
      } catch let error as TransportError {
        if error.kind == .tooLarge {
          return .ended(.failed(.init(.protocolViolation, error.message)))
        }
        failure = .failed(error.kind)
        what = error.message
      }
      let decision = options.retry.decide(reading: failure, attempt: attempt, random: random())
      guard let delay = decision.delay else {
        let text = "\(what) (\(decision.reason))"
        switch failure {
        case .status(429, _), .status(_, .some): return .ended(.stop(.init(.temporary, text)))
        case .failed(.connect): return .ended(.stop(.init(.unavailable, text)))
        default: return .ended(.failed(.init(.temporary, text)))
        }
      }
      onWait("\(address): \(what); next attempt in \(Self.rounded(delay)) s")
      try await time.sleep(delay)
      attempt += 1
    }
  }

  /// Seconds and tenths.
  private static func rounded(_ delay: Duration) -> String {
    let tenths = delay / .milliseconds(100)
    return String(tenths.rounded() / 10)
  }

  private func exchange(
    _ address: PageAddress, known: Validators
  ) async throws -> (HTTPResponse, [UInt8]) {
    var request = HTTPRequest(
      method: .get, scheme: address.scheme, authority: address.authority, path: address.target)
    request.headerFields[.userAgent] = PullOptions.userAgent
    request.headerFields[.accept] =
      "text/markdown, text/html;q=0.9, application/json;q=0.9, */*;q=0.5"
    request.headerFields[.ifNoneMatch] = known.etag
    request.headerFields[.ifModifiedSince] = known.lastModified
    let (transport, sent, limit) = (transport, request, options.maximumPage)
    return try await time.limit(options.timeout) {
      let response = try await transport.send(sent, body: nil, timeouts: .init())
      // Only pages are read to their end; what else there is to say stands in the head. The body of
      // a redirect is read all the same: FoundationNetworking on Linux traps where a redirect that
      // is rejected is given up before its end.
      guard response.head.status.code == 200 else {
        if (300..<400).contains(response.head.status.code) {
          _ = try? await response.body.collect(upTo: PullOptions.maximumRedirectBody)
        }
        return (response.head, [])
      }
      return (response.head, try await response.body.collect(upTo: limit))
    }
  }
}
