public import CommerceLayer
public import Observation

/// The list of products of a shop, as a view shows it: what is loaded, what is being loaded, and what went
/// wrong in words for a person. It knows no user interface, so its tests run anywhere.
@MainActor @Observable
public final class CatalogModel {
  /// A product in the list.
  public struct Product: Identifiable, Hashable, Sendable {
    /// The SKU's id.
    public let id: SKU.ID
    /// What the customer calls it.
    public let name: String
    /// What the warehouse calls it.
    public let code: String
    /// The price as the service formats it, such as `€25,00`; nil when there is none.
    public let price: String?
  }

  /// What the list is doing.
  public enum Phase: Hashable, Sendable {
    /// All products are shown, or nothing has been asked for.
    case idle
    /// The first page of a search is awaited.
    case loading
    /// Products are shown, and the page after them is awaited.
    case loadingMore
    /// The last request failed.
    case failed(Failure)
  }

  /// A failure in words for a person.
  public struct Failure: Hashable, Sendable {
    /// What to show.
    public let message: String
    /// Whether a button to try again makes sense.
    public let canRetry: Bool

    /// Creates a failure.
    public init(message: String, canRetry: Bool) {
      self.message = message
      self.canRetry = canRetry
    }
  }

  /// The products that are loaded, in the order of their codes.
  public private(set) var products: [Product] = []
  /// What the list is doing.
  public private(set) var phase = Phase.idle
  /// Whether there are more products than are loaded.
  public private(set) var hasMore = false
  /// The text that names and codes must contain; ``search()`` applies it.
  public var text = ""

  private let client: CommerceLayerClient
  private let pageSize: Int
  /// The text and the page of the products that are shown.
  private var shown = (text: "", page: 0)
  /// The number of the newest search: the response of an older one, which may come later, is left aside.
  private var generation = 0

  /// The longest that a person waits for a page of the list.
  private static let patience: Duration = .seconds(10)

  /// Creates an empty list.
  /// - Parameters:
  ///   - client: Sends the requests. An app has credentials of a sales channel, never of an integration.
  ///   - pageSize: The number of products that are loaded at a time.
  public init(client: CommerceLayerClient, pageSize: Int = 25) {
    self.client = client.with { $0.deadline = Self.patience }
    self.pageSize = pageSize
  }

  /// Loads the first page of what matches ``text``. A search that is under way is abandoned.
  public func search() async {
    generation += 1
    products = []
    hasMore = false
    shown = (text, 0)
    phase = .loading
    await loadPage()
  }

  /// Loads the next page, once per page however often it is called: a list calls it when its last row
  /// appears.
  public func loadMore() async {
    guard hasMore, phase == .idle else { return }
    phase = .loadingMore
    await loadPage()
  }

  /// Repeats the request that failed.
  public func retry() async {
    guard case .failed = phase else { return }
    phase = products.isEmpty ? .loading : .loadingMore
    await loadPage()
  }

  private func loadPage() async {
    let (text, number, generation) = (shown.text, shown.page + 1, generation)
    do {
      let page = try await client.skus.list { [pageSize] in
        if !text.isEmpty { $0.filter(.code.or(.name).cont(text)) }
        $0.sort(.code)
        $0.fields(.code, .name, .prices)
        $0.include(.prices)
        $0.page(number, size: pageSize)
      }
      guard generation == self.generation else { return }
      products += page.map(Self.product)
      shown.page = number
      hasMore = page.hasNext
      phase = .idle
    } catch is CancellationError {
      // The view went away: its task was canceled, and nobody looks at a message.
      if generation == self.generation { phase = .idle }
    } catch {
      if generation == self.generation { phase = .failed(Self.failure(error)) }
    }
  }

  private static func product(_ sku: SKU) -> Product {
    Product(
      id: sku.id, name: sku.name ?? sku.code ?? sku.id.rawValue, code: sku.code ?? "",
      price: sku.prices?.first?.formattedAmount)
  }

  /// What a person can do about an error: try again, wait, or nothing.
  static func failure(_ error: any Error) -> Failure {
    guard let error = error as? CommerceLayerError else {
      return Failure(message: "Something went wrong.", canRetry: false)
    }
    switch error.kind {
    case .transport, .timeout:
      return Failure(message: "The shop cannot be reached. Are you online?", canRetry: true)
    case .rateLimited, .server:
      return Failure(message: "The shop is busy. Try again in a moment.", canRetry: true)
    case .authentication, .permission:
      return Failure(message: "This app is out of date. Please update it.", canRetry: false)
    default:
      // Kinds are open: a newer version of the package may have others.
      return Failure(message: "Something went wrong.", canRetry: false)
    }
  }
}
