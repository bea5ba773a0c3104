import CommerceLayerRuntime
import CommerceLayerTransportLaws
import Testing

@Suite struct Laws {
  @Test(arguments: Subjects.all, TransportLaw.all)
  func keeps(_ subject: TransportSubject, _ law: TransportLaw) async throws {
    try await checkTransport(subject, law)
  }
}
