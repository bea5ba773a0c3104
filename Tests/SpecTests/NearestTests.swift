import Spec
import Testing

@Suite struct NearestTests {
  @Test func namesThatMayHaveBeenMeant() {
    let names = ["imports", "exports", "skus"]
    #expect(Nearest.suggestions(for: "import", among: names) == ["imports"])
    #expect(Nearest.suggestions(for: "imprts", among: names).first == "imports")
    #expect(Nearest.suggestions(for: "zzzzzzz", among: names).isEmpty)
  }
}
