import Foundation
import Testing

/// A value that somebody types stays one value, from the fleet file's place for it to the last byte at the target.
@Suite("Hostile values, to the bytes at the target", .timeLimit(.minutes(5)))
struct InjectionTests {
  /// Those that are text like any other, and arrive as they are.
  private static let harmless = [
    "plain", "a b", " a ", "; rm -rf /", "$(touch owned)", "`touch owned`", "${HOME}", "$HOME",
    "| tee owned", "&& touch owned", "> owned", "'; touch owned; '", "\"; touch owned; \"",
    "a\"b", "a\\b", "\\", "\\\"", "a\",\"admin\":true,\"b\":\"", "{\"a\":1}", "{value}",
    "{captured}",
    "{{value}}", "../../admin", "..%2f..%2fadmin", "%2e%2e", "%2e%2e%2f", "%00", "%0d%0aX-Evil: 1",
    "a/b", "/", "//evil.example", "http://evil.example/", "?x=1", "&x=1", "#x", "@evil.example",
    ":80", "a=b", "--", "*", "~", "!x", "[a-z]", "+", "%", "%zz",
  ]

  /// Those that some places cannot hold, and others can.
  private static let awkward = [
    "-x", "--output=owned", "-", ".", "..", "é", "e\u{301}", "🚨", "\u{202e}abc", "\u{200b}",
    "\u{2028}X-Evil: 1", "\u{2029}", "\u{feff}", "\u{85}X-Evil: 1", "\u{ff0e}\u{ff0e}\u{ff0f}",
    String(repeating: "x", count: 256), String(repeating: "/", count: 256),
    String(repeating: "\"", count: 256),
  ]

  /// Those that are none.
  private static let impossible = [
    "", "a\r\nX-Evil: 1", "a\nb", "\n", "\r", "a\u{0}b", "\u{0}", "a\tb", "\u{7f}", "\u{1b}[2J",
    "a\r\n\r\nGET /admin HTTP/1.1\r\nHost: a\r\n\r\n", String(repeating: "x", count: 257),
    String(repeating: "é", count: 129),
  ]

  private static let all = harmless + awkward + impossible

  @Test(
    "an address, a query and a body: one request, one segment, one value, one string",
    arguments: all)
  func request(value: String) async throws {
    let declared = try Declared()
    defer { declared.remove() }
    let refusal = try await declared.carryOut("request", value)
    let connections = try await declared.target.connections()
    guard refusal == nil else {
      #expect(connections == [], "refused, and something was sent")
      return #expect(!Self.harmless.contains(value), "\(refusal ?? "")")
    }
    #expect(!Self.impossible.contains(value))
    let request = try Self.only(connections)
    let words = request.line.split(separator: 0x20, omittingEmptySubsequences: false)
    try #require(words.count == 3)
    #expect(words[0] == Array("PUT".utf8)[...] && words[2] == Array("HTTP/1.1".utf8)[...])
    #expect(words[1].allSatisfy { (0x21...0x7e).contains($0) })
    let halves = words[1].split(separator: UInt8(ascii: "?"), omittingEmptySubsequences: false)
    try #require(halves.count == 2)
    let segments = halves[0].split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    try #require(segments.count == 4)
    #expect(segments.map(Self.unescaped) == ["", "flags", value, "state"].map { Array($0.utf8) })
    let pairs = halves[1].split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: false)
    #expect(
      pairs.map(Self.unescaped) == ["by=\(value)", "then=end"].map { Array($0.utf8) })
    #expect(pairs.allSatisfy { $0.count { $0 == UInt8(ascii: "=") } == 1 })

    let body = try JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any] ?? [:]
    #expect(body.keys.sorted() == ["list", "note", "value"])
    #expect((body["value"] as? String).map { Array($0.utf8) } == Array(value.utf8))
    #expect((body["note"] as? String).map { Array($0.utf8) } == Array("set \(value)".utf8))
    #expect((body["list"] as? [String])?.map { Array($0.utf8) } == [Array(value.utf8)])
    #expect(Self.names(request) == Self.usual)
  }

  @Test("a header: one line, or refused before anything is sent", arguments: all)
  func header(value: String) async throws {
    let declared = try Declared()
    defer { declared.remove() }
    let refusal = try await declared.carryOut("header", value)
    let connections = try await declared.target.connections()
    guard refusal == nil else {
      #expect(connections == [], "refused, and something was sent")
      return #expect(!Self.harmless.contains(value), "\(refusal ?? "")")
    }
    #expect(!Self.impossible.contains(value))
    let request = try Self.only(connections)
    #expect(request.line == Array("PUT /flags HTTP/1.1".utf8))
    let found = request.headers.filter { $0.name == "X-Reason" }.map(\.value)
    // Blanks around a header's value are no part of it.
    let sent = "because \(value)".reversed().drop { $0 == " " }.reversed()
    #expect(
      found.map { Self.trimmed($0) } == [Array(String(sent).utf8)])
    #expect(Self.names(request) == (Self.usual + ["X-Reason"]).sorted())
    #expect(request.body == Array("{}".utf8))
  }

  @Test("a program: one argument and one variable, or nothing is run", arguments: all)
  func command(value: String) async throws {
    let declared = try Declared()
    defer { declared.remove() }
    let refusal = try await declared.carryOut("command", value)
    let isOption = value.hasPrefix("-")
    guard refusal == nil else {
      #expect(declared.words == [], "refused, and something was run")
      return #expect(!Self.harmless.contains(value) || isOption, "\(refusal ?? "")")
    }
    #expect(!Self.impossible.contains(value) && !isOption)
    #expect(
      declared.words.map { Array($0.utf8) }
        == ["begun", "fixed", value, "--flag=\(value)", "last", "VALUE=\(value)"]
        .map { Array($0.utf8) })
    #expect(Self.leftovers(in: declared.folder) == [])
    #expect(try await declared.target.connections() == [])
  }

  @Test("what a program reads: one word of one line, or nothing is run", arguments: all)
  func input(value: String) async throws {
    let declared = try Declared()
    defer { declared.remove() }
    let refusal = try await declared.carryOut("input", value)
    let isWord =
      !value.isEmpty
      && value.utf8.allSatisfy {
        (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0)
          || "-._~:@%+".utf8.contains($0)
      }
    guard refusal == nil else {
      #expect(declared.words == [], "refused, and something was run")
      return #expect(value != "plain", "\(refusal ?? "")")
    }
    #expect(isWord && !Self.impossible.contains(value))
    #expect(
      declared.words == ["begun", "reads", "VALUE=", "read set server \(value) state drain\n"])
  }

  // MARK: What came

  private static let usual = [
    "Connection", "Content-Length", "Content-Type", "Host", "Idempotency-Key", "User-Agent",
  ]

  private static func names(_ request: RawRequest) -> [String] {
    request.headers.map(\.name).sorted()
  }

  /// The one request that came on the one connection, and nothing behind it.
  private static func only(_ connections: [[UInt8]]) throws -> RawRequest {
    try #require(connections.count == 1)
    let request = try #require(RawRequest(connections[0]))
    #expect(request.rest == [])
    for line in [request.line] + request.headers.map(\.value) {
      #expect(!line.contains { $0 < 0x20 || $0 == 0x7f })
    }
    return request
  }

  private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
    Array(bytes.reversed().drop { $0 == 0x20 }.reversed())
  }

  private static func unescaped(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var result: [UInt8] = []
    var rest = bytes
    while let byte = rest.popFirst() {
      let pair = String(decoding: rest.prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), pair.utf8.count == 2, let value = UInt8(pair, radix: 16) {
        result.append(value)
        rest = rest.dropFirst(2)
      } else {
        result.append(byte)
      }
    }
    return result
  }

  /// Files that nobody was to write.
  private static func leftovers(in folder: String) -> [String] {
    let known = ["log", "script.sh", "spool"]
    let found = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return found.filter { !known.contains($0) }.sorted()
  }
}
