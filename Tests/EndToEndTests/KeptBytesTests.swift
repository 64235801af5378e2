import Foundation
import Synchronization
import Testing

/// The fleet file in force and the bodies of answers, from the program's own recording of them.
@Suite("Kept word for word", .serialized)
struct KeptBytesTests {
  private static let health =
    #"{"status":"pass","message":"ask mira@shop.example at 10.9.8.7 \u001b[31m","token":"s3cr3t-tok"}"#

  /// What a fleet file of this test says of its services.
  private func lines(_ listener: Listener, extra: String = "") -> String {
    """
    services:
      - name: pay
        instances: \(listener.url)
        owner: {team: payments, primary: "@mira"}
        bearer_token: very-secret-value
    \(extra)
    """
  }

  /// A fleet that is recorded until its file was read again, and the file's two texts.
  private func record(keepingRaw: Bool) throws -> (
    file: String, folder: FleetFolder, texts: [String], bodies: [String]
  ) {
    let scrapes = Mutex<[String]>([])
    let asked = Mutex<[String]>([])
    let listener = try Listener { request, connection in
      asked.withLock { $0.append(request) }
      let path = request.split(separator: " ").dropFirst().first.map(String.init) ?? "/"
      var status = 200
      var body = ""
      switch path {
      case "/healthz", "/ready": body = Self.health
      case "/metrics":
        body = scrapes.withLock { scrapes in
          let body = "# TYPE requests_total counter\nrequests_total \(scrapes.count)\n"
          scrapes.append(body)
          return body
        }
      default: (status, body) = (404, "no")
      }
      Listener.send(
        "HTTP/1.1 \(status) -\r\nContent-Type: text/plain\r\nX-Hidden: header-value\r\n"
          + "Content-Length: \(body.utf8.count)\r\n\r\n" + body, to: connection)
    }
    let folder = try FleetFolder("kept", lines(listener))
    let first = try String(contentsOfFile: folder.file, encoding: .utf8)
    let file = folder.folder.appendingPathComponent("kept.damcon").path
    let watch = try Child(
      Damcon.path,
      ["watch", "--linear", "--config", folder.file, "--record", file]
        + (keepingRaw ? ["--keep-raw"] : []))
    try #require(waitUntil(30) { scrapes.withLock(\.count) >= 4 })
    let second = first + "# the same, read again\n"
    try second.write(toFile: folder.file, atomically: true, encoding: .utf8)
    let before = scrapes.withLock(\.count)
    try #require(waitUntil(30) { scrapes.withLock(\.count) >= before + 5 })
    watch.signal(SIGTERM)
    try #require(watch.wait(20) == 0)
    #expect(
      asked.withLock { $0.contains { $0.contains("very-secret-value") } }, "it was sent as it is")
    return (file, folder, [first, second], scrapes.withLock(\.self))
  }

  private func raw(_ file: String) throws -> [[String: String]] {
    let exported = try Damcon.run("export", file, "--format", "raw")
    #expect(exported.status == 0, "\(exported.errors)")
    return try exported.output.split(separator: "\n").map {
      let line = try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
      return try #require(line).compactMapValues { $0 as? String }
    }
  }

  /// When a line of a JSON export is of.
  private func time(_ line: Substring?) throws -> Date {
    let text = try #require(line?.firstMatch(of: /"at":"([^"]+)"/)?.1)
    return try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(String(text))
  }

  @Test("the fleet file in force at any instant is in the recording, without the secrets in it")
  func fleetFile() throws {
    let (file, folder, texts, _) = try record(keepingRaw: false)
    let masked = texts.map { $0.replacing("very-secret-value", with: "\"<masked>\"") }
    let last = try Damcon.run("export", file, "--format", "fleet")
    #expect(last.status == 0, "\(last.errors)")
    #expect(last.output == masked[1])
    #expect(last.errors.contains("secrets were written in damcon.yaml; masked: 1"))
    let copy = folder.folder.appendingPathComponent("copy.yaml").path
    let events = try Damcon.run("export", file, "--format", "jsonl").output
      .split(separator: "\n").filter { $0.contains(#""type":"documents""#) }
    #expect(events.count == 2)
    let reread = try time(events.last)
    let end = try time(
      try Damcon.run("export", file, "--format", "jsonl").output.split(separator: "\n").last)
    let before = Int(end.timeIntervalSince(reread)) + 2
    let early = try Damcon.run(
      "export", file, "--format", "fleet", "--at", "-\(before)s", "-o", copy)
    #expect(early.status == 0, "\(early.errors)")
    #expect(try String(contentsOfFile: copy, encoding: .utf8) == masked[0])
    // Nothing of the secret is anywhere in the file, nor are bodies that nobody asked for.
    let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
    #expect(bytes.range(of: Data("very-secret".utf8)) == nil)
    #expect(try raw(file).isEmpty)
    #expect(try Damcon.run("export", file, "--format", "jsonl", "--at", "-1s").status == 2)

    // A cut has it though it came into force before; redacted it says the same by other words.
    let cut = folder.folder.appendingPathComponent("cut.damcon").path
    let made = try Damcon.run(
      "cut", file, "--from", "-1s", "--baseline", "1s", "-o", cut)
    #expect(made.status == 0, "\(made.errors)")
    #expect(try Damcon.run("verify", cut).status == 0)
    #expect(try Damcon.run("export", cut, "--format", "fleet").output == masked[1])
    let redacted = folder.folder.appendingPathComponent("redacted.damcon").path
    #expect(try Damcon.run("cut", file, "--from", "-2s", "-o", redacted, "--redact").status == 0)
    #expect(try Damcon.run("verify", redacted).status == 0)
    let text = try Damcon.run("export", redacted, "--format", "fleet").output
    #expect(!text.contains("127.0.0.1") && !text.contains("@mira"))
    #expect(text.contains("team: payments") && text.contains("person-"))
    #expect(text.contains("# the same, read again"))
  }

  @Test("bodies are kept as they were sent, a cut carries them, and a redacted one does not")
  func bodies() throws {
    let (file, folder, _, sent) = try record(keepingRaw: true)
    #expect(try Damcon.run("verify", file).status == 0)
    let lines = try raw(file)
    let health = lines.filter { $0["kind"] != "metrics" }
    #expect(Set(health.compactMap(\.["route"])) == ["/healthz", "/ready"])
    #expect(health.count > 8 && health.allSatisfy { $0["body"] == Self.health })
    #expect(Set(health.map(\.["sha256"])).count == 1)
    let metrics = lines.filter { $0["kind"] == "metrics" }.compactMap(\.["body"])
    // The first was asked for to find out what is there; the last may not have been heard.
    #expect(metrics.count >= 6)
    #expect(
      Array(sent.dropFirst().prefix(metrics.count)) == metrics
        || Array(sent.prefix(metrics.count)) == metrics)
    #expect(lines.allSatisfy { $0["service"] == "pay" && $0["at"]?.hasSuffix("Z") == true })
    let whole = try Data(contentsOf: URL(fileURLWithPath: file))
    for header in ["header-value", "very-secret"] {
      #expect(whole.range(of: Data(header.utf8)) == nil, "headers are never kept")
    }
    // Each once: the health body and one for each scrape, and the two fleet files.
    let verified = try Damcon.run("verify", file).output
    #expect(verified.contains("\(1 + Set(metrics).count + 2) kept values"), "\(verified)")

    let cut = folder.folder.appendingPathComponent("cut.damcon").path
    #expect(try Damcon.run("cut", file, "--from", "-3s", "--baseline", "1s", "-o", cut).status == 0)
    #expect(try Damcon.run("verify", cut).status == 0)
    let carried = try raw(cut)
    #expect(!carried.isEmpty && carried.count < lines.count)
    #expect(carried == lines.suffix(carried.count))
    let redacted = folder.folder.appendingPathComponent("redacted.damcon").path
    let made = try Damcon.run("cut", file, "--from", "-2s", "-o", redacted, "--redact")
    #expect(made.output.contains(/not in it: the bodies of [0-9]+ answers/))
    let told = try Damcon.run("verify", redacted)
    #expect(told.status == 0)
    #expect(
      told.output.contains(/removed: the bodies of [0-9]+ answers, which no rule redacts safely/))
    #expect(try raw(redacted).isEmpty)
    #expect(
      try Damcon.run("render", redacted, "--size", "80x24").output.contains("pay"),
      "it is still a recording")
  }

  @Test("a fleet of addresses has no file, and a body needs a recording to be kept in")
  func none() throws {
    let listener = try CountingService().listen()
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-\(UUID().uuidString).damcon").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    let watch = try Child(Damcon.path, ["watch", listener.url, "--linear", "--record", file])
    try #require(waitUntil(20) { (try? Damcon.run("verify", file).status) == 0 })
    watch.signal(SIGTERM)
    try #require(watch.wait(20) == 0)
    let refused = try Damcon.run("export", file, "--format", "fleet")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("no fleet file was in force then, or none was recorded"))
    #expect(try Damcon.run("demo", "--for", "1s", "--keep-raw").status == 2)
  }
}
