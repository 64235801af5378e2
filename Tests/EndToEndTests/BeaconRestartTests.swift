import Foundation
import Testing

/// A daemon that takes beats, from one run to the next.
@Suite("Beats from one run to the next", .serialized)
final class BeaconRestartTests {
  private let folder = "/tmp/dcb\(String(UInt32.random(in: 0 ... .max), radix: 36))"
  private static let token = "a-token-of-enough-characters"

  init() throws {
    try FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    try Self.token.write(toFile: folder + "/token", atomically: true, encoding: .utf8)
    try write()
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func write(_ more: String = "") throws {
    try """
    version: 1
    fleet: beaten
    poll: {interval: 1s}
    services:
      - {name: pricing, instances: ["http://127.0.0.1:9"], metrics: none}
      - {name: report, beacon: {token: {file: token}}}
    \(more)
    """.write(toFile: folder + "/damcon.yaml", atomically: true, encoding: .utf8)
  }

  private func serve() throws -> Watcher {
    try Watcher(
      [
        "serve", "--config", folder + "/damcon.yaml", "--socket", folder + "/s.sock", "--beacon",
        "127.0.0.1:0",
      ], state: folder + "/state")
  }

  private func beat(_ port: UInt16) -> Int? {
    HTTPGet.post(
      port: port, path: "/v1/beat/report/run-1", json: #"{"status": "pass"}"#, token: Self.token)
  }

  @Test("who made itself known is known in the next run, and when the fleet file is read again")
  func restart() throws {
    let first = try serve()
    let firstPort = try first.port(after: "beats are taken at")
    #expect(waitUntil(30) { first.said.contains("2 services, 1 target;") }, "\(first.said)")
    #expect(beat(firstPort) == 200)
    #expect(first.end() == 0)

    let second = try serve()
    let secondPort = try second.port(after: "beats are taken at")
    #expect(waitUntil(30) { second.said.contains("2 services, 2 targets;") }, "\(second.said)")
    try write("  - {name: catalog, instances: [\"http://127.0.0.1:19\"], metrics: none}")
    second.child.signal(SIGHUP)
    #expect(waitUntil(30) { second.said.contains("3 services, 3 targets") }, "\(second.said)")
    #expect(beat(secondPort) == 200)

    try FileManager.default.removeItem(atPath: folder + "/token")
    #expect(waitUntil(30) { self.beat(secondPort) == 401 })
    #expect(waitUntil(10) { second.said.contains("beats of report cannot be taken") })
    #expect(second.end() == 0)
  }
}
