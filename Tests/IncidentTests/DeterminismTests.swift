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
    let process = Process()
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    process.executableURL = folder.appendingPathComponent("StateProbe")
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return String(decoding: text, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
