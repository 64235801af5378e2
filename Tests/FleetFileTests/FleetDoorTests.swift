import FleetFile
import Foundation
import Testing
import YAMLText

@Suite("Where to find who watches a fleet")
struct FleetDoorTests {
  private func door(_ text: String) throws -> FleetDoor {
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("door-\(UUID().uuidString).yaml")
    try text.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    return try FleetDoor(path: file.path)
  }

  @Test("A file that is wrong elsewhere still says where its session is")
  func wrongElsewhere() throws {
    let door = try door(
      "version: 9\nfleet: shop\nsocket: /run/damcon/shop.sock\nservices: nonsense\nactions: [{file: gone.yaml}]\n"
    )
    #expect(door.name == "shop" && door.socket == "/run/damcon/shop.sock")
    #expect(try self.door("services: []\n").name == "fleet")
  }

  @Test("What is no YAML, or no path, is told with its place")
  func unread() {
    #expect(throws: FileProblems.self) { try door("fleet: [") }
    let problems = #expect(throws: FileProblems.self) { try door("fleet: shop\nsocket: s.sock\n") }
    #expect(problems?.description.contains(":2:9:") == true)
  }
}
