import Foundation
import HTTPTypes
import Synchronization

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// The session's delegate: hands each callback to the exchange of its task. Foundation on Linux does
/// not call delegates of single tasks.
final class URLSessionExchanges: NSObject, URLSessionDataDelegate {
  private let running = Mutex<[Int: URLSessionExchange]>([:])

  func add(_ exchange: URLSessionExchange, for task: URLSessionTask) {
    running.withLock { $0[task.taskIdentifier] = exchange }
  }

  private func exchange(_ task: URLSessionTask) -> URLSessionExchange? {
    running.withLock { $0[task.taskIdentifier] }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask,
    willPerformHTTPRedirection response: HTTPURLResponse, newRequest request: URLRequest,
    completionHandler: @escaping (URLRequest?) -> Void
  ) {
    guard let exchange = exchange(task) else { return completionHandler(nil) }
    // First, because whoever gets the head may cancel the task.
    exchange.rejectRedirect(completionHandler)
    // Foundation on Linux may report no other head for a redirect that was rejected.
    exchange.settle(Self.head(response))
  }

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    // On Linux an interim response comes by this way too, before the response itself.
    if let interim = response as? HTTPURLResponse, (100..<200).contains(interim.statusCode) {
      return completionHandler(.allow)
    }
    let head = Self.head(response)
    exchange(dataTask)?.settle(head)
    if case .success = head { completionHandler(.allow) } else { completionHandler(.cancel) }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
    completionHandler: @escaping (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
  ) {
    #if canImport(FoundationNetworking)
      // Asked once a response of status 401 has come as a whole. Default handling would leave the
      // task waiting for ever, and cancelling ends it without its response.
      exchange(task)?.complete(nil)
      completionHandler(.cancelAuthenticationChallenge, nil)
    #else
      // Certificates are for the system to judge; for the rest there are no stored credentials, and
      // the rejection is the response.
      completionHandler(.performDefaultHandling, nil)
    #endif
  }

  private static func head(_ response: URLResponse) -> Result<HTTPResponse, any Error> {
    guard let head = (response as? HTTPURLResponse).flatMap({ HTTPResponse($0) }) else {
      return .failure(TransportError(.broken, "the response is not HTTP"))
    }
    return .success(head)
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    exchange(dataTask)?.receive(data)
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    let ended = running.withLock { $0.removeValue(forKey: task.taskIdentifier) }
    // Foundation on Linux reports no head for a redirect that leads nowhere.
    if error == nil, let response = task.response { ended?.settle(Self.head(response)) }
    ended?.complete(error)
  }
}
