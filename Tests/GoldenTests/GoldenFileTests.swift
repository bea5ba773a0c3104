import Foundation
import GeneratorCore
import Spec
import Testing

/// The goldens are what the generator writes today, byte for byte.
@Suite struct GoldenFileTests {
  @Test func goldensAreWhatIsGenerated() throws {
    let goldens = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Goldens")
    let client = goldens.appending(path: "Client")
    let files = try Generator.files(
      for: SpecFolder.load(goldens.appending(path: "Spec")), withClient: true)
    for file in files {
      let golden = try? String(contentsOf: client.appending(path: file.name), encoding: .utf8)
      let line = zip(file.text.split(separator: "\n"), (golden ?? "").split(separator: "\n"))
        .first { $0 != $1 }
      #expect(
        golden == file.text,
        "\(file.name): run scripts/update-goldens and read the difference; first: \(String(describing: line))"
      )
    }
    let there = try FileManager.default.contentsOfDirectory(atPath: client.path)
      .filter { $0.hasSuffix(".generated.swift") }
    #expect(there.sorted() == files.map(\.name).sorted())
  }
}
