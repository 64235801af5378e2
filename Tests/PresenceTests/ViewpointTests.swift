import Presence
import Testing

@Suite struct ViewpointTests {
  @Test("what is told to everybody has a limit")
  func limit() {
    #expect(Viewpoint.fleet.isSayable)
    #expect(!Viewpoint(pane: "fleet", filter: String(repeating: "x", count: 5000)).isSayable)
    #expect(!Viewpoint(pane: "fleet", subject: Array(repeating: "x", count: 9)).isSayable)
  }
}
