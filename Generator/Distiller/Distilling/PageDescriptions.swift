internal import Spec

/// The sentences that sources say of a resource, kept only on request.
enum PageDescriptions {
  /// The newest source's words for everything described.
  static func merge(
    published: ResourceDescriptions?, pages: [PageFacts]
  ) -> ResourceDescriptions {
    published ?? ResourceDescriptions()
  }
}
