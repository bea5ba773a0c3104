#if canImport(SwiftUI)
  public import SwiftUI

  /// The list of products, over its model.
  public struct CatalogView: View {
    @State private var model: CatalogModel

    /// Creates the view.
    /// - Parameter model: What it shows.
    public init(model: CatalogModel) { _model = State(initialValue: model) }

    /// The products, and what went wrong below them.
    public var body: some View {
      List {
        ForEach(model.products) { product in
          LabeledContent(product.name, value: product.price ?? "–")
            .task { if product.id == model.products.last?.id { await model.loadMore() } }
        }
        if case .failed(let failure) = model.phase {
          VStack(alignment: .leading) {
            Text(failure.message)
            if failure.canRetry { Button("Try again") { Task { await model.retry() } } }
          }
        }
      }
      .overlay { if model.phase == .loading { ProgressView() } }
      .searchable(text: $model.text)
      // A new text cancels the task of the old one: nothing is sent until typing pauses.
      .task(id: model.text) {
        do { try await Task.sleep(for: .milliseconds(300)) } catch { return }
        await model.search()
      }
    }
  }
#endif
