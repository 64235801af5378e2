import Foundation
import Testing

/// `damcon demo` as it is, near its incident: real services, real HTTP, and what it says of them.
@Suite("The demo's incident", .serialized)
struct DemoIncidentTests {
  /// What a run of `damcon demo --linear` has said so far.
  private final class Watching {
    let child: Child
    private let file: URL

    init(port: Int) throws {
      file = FileManager.default.temporaryDirectory
        .appendingPathComponent("damcon-\(UUID().uuidString)")
      child = try Child(
        Damcon.path, ["demo", "--linear", "--port", "\(port)", "--for", "90s"], output: file.path)
    }

    /// Whole lines only.
    var lines: [String] {
      let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
      return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(
        String.init)
    }

    func first(_ words: String...) -> String? {
      lines.first { line in words.allSatisfy { line.contains($0) } }
    }

    func stop() {
      child.signal(SIGTERM)
      _ = child.wait(10)
      try? FileManager.default.removeItem(at: file)
    }
  }

  /// Seconds of the day that a line begins with.
  private func time(_ line: String?) -> Int? {
    guard let parts = line?.prefix(8).split(separator: ":"), parts.count == 3,
      let hour = Int(parts[0]), let minute = Int(parts[1]), let second = Int(parts[2])
    else { return nil }
    return hour * 3600 + minute * 60 + second
  }

  private func seconds(from first: String?, to second: String?) -> Int? {
    guard let first = time(first), let second = time(second) else { return nil }
    return (second - first + 86_400) % 86_400
  }

  @Test(
    "the origin is pricing and named first within 15 s of the first symptom, fallbacks appear within one poll of being told, and capabilities say what users get"
  )
  func incident() throws {
    let port = 21_400 + Int.random(in: 0..<400) * 16
    let watching = try Watching(port: port)
    defer { watching.stop() }
    // The services themselves, asked beside Damcon: pricing has the first three ports.
    var toldAt: Date?
    var shownAt: Date?
    let hasFallen = waitUntil(60) {
      if toldAt == nil {
        let told = (3...4).contains { instance in
          HTTPGet.body(port: UInt16(port + instance), path: "/ready").map {
            String(decoding: $0, as: UTF8.self).filter { $0 != " " }
              .contains(#""name":"cached-prices","active":true"#)
          } ?? false
        }
        if told { toldAt = Date() }
      }
      if shownAt == nil, watching.first("checkout fallback cached-prices") != nil {
        shownAt = Date()
      }
      return toldAt != nil && shownAt != nil
    }
    #expect(hasFallen, "\(watching.lines.joined(separator: "\n"))")
    if let toldAt, let shownAt {
      // A poll a second, a second for it to be answered, half of one until lines are written.
      #expect(shownAt.timeIntervalSince(toldAt) < 2.5)
    }

    let isNamed = waitUntil(60) { watching.first("origin: ") != nil }
    let all = watching.lines.joined(separator: "\n")
    #expect(isNamed, "\(all)")
    let origin = watching.lines.first {
      $0.contains("origin: ") || $0.contains("possible origin: ")
    }
    #expect(origin?.contains("origin: pricing turned") == true, "\(all)")
    // The first word of anything that is wrong with anybody.
    let symptom = watching.lines.first { line in
      [" healthy -> ", " engaged", " breaker "].contains { line.contains($0) }
    }
    let late = seconds(from: symptom, to: origin)
    #expect(late.map { $0 <= 15 } == true, "\(all)")

    let usersKnow = waitUntil(60) { watching.first("users: Buy degraded: ") != nil }
    #expect(usersKnow, "\(watching.lines.joined(separator: "\n"))")
    #expect(
      watching.first("users: Buy degraded: prices may be up to 15 minutes old") != nil)
  }
}
