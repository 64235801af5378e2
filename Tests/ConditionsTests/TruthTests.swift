import Conditions
import Testing

@Suite("Truth")
struct TruthTests {
  @Test("what is not known decides nothing that a known part has not decided")
  func kleene() {
    #expect(Truth.all([.yes, .unknown, .no]) == .no)
    #expect(Truth.all([.yes, .unknown]) == .unknown)
    #expect(Truth.all([]) == .yes)
    #expect(Truth.any([.no, .unknown, .yes]) == .yes)
    #expect(Truth.any([.no, .unknown]) == .unknown)
    #expect(Truth.any([]) == .no)
    #expect(!Truth.unknown == .unknown)
    #expect(!Truth.yes == .no)
  }
}
