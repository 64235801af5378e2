import Foundation
import Incident
import Testing

@Suite("The same entries give the same state")
struct DeterminismTests {
  /// Hash seeds differ from process to process; the state must not.
  @Test("in two processes, byte for byte") func twoProcesses() throws {
    let first = try Self.probe()
    let second = try Self.probe()
    #expect(first == second)
    let count = try #require(Int(first.split(separator: " ").first ?? ""))
    #expect(count > 10_000, "the story should leave a state worth comparing")
  }

  private static func probe() throws -> String {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    let pipe = popen("'" + folder.appendingPathComponent("StateProbe").path + "'", "r")
    let output = try #require(pipe)
    var text = ""
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), output) != nil {
      text += String(decoding: line.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
    }
    #expect(pclose(output) == 0)
    return text
  }
}
