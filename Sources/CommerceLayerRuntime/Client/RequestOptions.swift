/// What one call may have different from the client's configuration.
///
///     let options = RequestOptions(deadline: .seconds(10), tags: ["job": "nightly"])
///     let sku = try await client.skus.retrieve(skuID, options: options)
///
/// The same for many calls: ``APIClient/with(_:)``.
public struct RequestOptions: Sendable, Hashable {
  /// The time limit of one attempt.
  public var timeout: Duration?
  /// The time limit of the call as a whole: waiting for a token and for the rate limit, all attempts
  /// and the pauses between them. None unless said; what then holds is the retry policy's end.
  public var deadline: Duration?
  /// Attempts after the first.
  public var maximumRetries: Int?
  /// When failed attempts are repeated; ``maximumRetries`` has the last word.
  public var retry: RetryPolicy?
  /// Headers to send as well. Those the client sets by itself are rejected, and so are values with
  /// control characters or blanks at their ends.
  public var headers: [String: String]
  /// What middleware, events and spans should know of the call; never sent.
  public var tags: [String: String]
  /// How strictly the response is read.
  public var responseReading: ResponseReading?

  /// Whether the request is sent again by nobody: a rejected access token is renewed, but for the next
  /// call. For a write that is looked for before it is retried.
  package var isSentOnce = false

  /// Nothing different unless it is said.
  public init(
    timeout: Duration? = nil, maximumRetries: Int? = nil, deadline: Duration? = nil,
    retry: RetryPolicy? = nil, headers: [String: String] = [:], tags: [String: String] = [:],
    responseReading: ResponseReading? = nil
  ) {
    self.timeout = timeout
    self.maximumRetries = maximumRetries
    self.deadline = deadline
    self.retry = retry
    self.headers = headers
    self.tags = tags
    self.responseReading = responseReading
  }

  /// These options, and those of `other` where it has any.
  func merged(with other: RequestOptions) -> RequestOptions {
    var merged = RequestOptions(
      timeout: other.timeout ?? timeout, maximumRetries: other.maximumRetries ?? maximumRetries,
      deadline: other.deadline ?? deadline, retry: other.retry ?? retry,
      headers: headers.merging(other.headers) { $1 }, tags: tags.merging(other.tags) { $1 },
      responseReading: other.responseReading ?? responseReading)
    merged.isSentOnce = isSentOnce || other.isSentOnce
    return merged
  }

  /// - Throws: an error of kind `invalidInput` before anything is sent.
  func validate() throws(CommerceLayerError) {
    for (name, limit) in [("timeout", timeout), ("deadline", deadline)] {
      guard let limit else { continue }
      guard limit > .zero, limit <= TimeSource.longest else {
        throw CommerceLayerError(
          .invalidInput, "a \(name) is more than nothing and at most a year, not \(limit)")
      }
    }
    if let maximumRetries, maximumRetries < 0 {
      throw CommerceLayerError(.invalidInput, "retries cannot be \(maximumRetries)")
    }
    try retry?.validate()
    for (name, value) in headers { try HeaderRules.check(name: name, value: value) }
  }
}
