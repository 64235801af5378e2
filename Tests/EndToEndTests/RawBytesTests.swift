import Foundation
import TerminalTesting
import Testing

/// What services say, looked for in the bytes that reach a terminal.
@Suite("Raw bytes", .serialized)
struct RawBytesTests {
  /// Marks with what must never stand before them raw, all as JSON and YAML escapes.
  private static let hostile =
    #"\u001b[31mESC \u009b31mCSI A\rCR \u202eBIDI \u2066ISO \u200bZW \u001b]0;owned\u0007OSC"#
    + #" e\u0301\u0302\u0303\u0304\u0305MARKS 👩‍🚀👍🏽❤️EMOJI"#

  /// A fleet of services whose names, versions, messages, checks and fallbacks are hostile.
  private func fleet(at url: String) throws -> URL {
    let names = [
      #"\e[31mESCNAME"#, #"c1\x9b31mNAME"#, #"cr\rCRNAME"#, #"bidi\u202eNAME"#, "n👩‍🚀NAME",
      #"nul\0NULNAME"#, #"漢字שלום"#,
    ]
    let services = names.enumerated().map {
      "  - {name: \"\($1)\", owner: {team: \"\($1)\"}, instances: [\"\(url)/\($0)\"]}"
    }
    let file = FileManager.default.temporaryDirectory
      .appendingPathComponent("damcon-\(UUID().uuidString).yaml")
    try
      ("version: 1\nfleet: \"f\\e]0;owned\\a\"\npoll: {interval: 1s}\nservices:\n"
      + services.joined(separator: "\n") + "\n").write(to: file, atomically: true, encoding: .utf8)
    return file
  }

  private func listener() throws -> Listener {
    let text = Self.hostile
    return try Listener.service { path in
      guard path.hasSuffix("/healthz") || path.hasSuffix("/readyz") else { return nil }
      return (
        503, "application/json",
        #"{"status":"fail","message":"\#(text)","hint":"\#(text)","version":"\u001b[31m1\u0000.0","#
          + #""checks":[{"name":"\#(text)","status":"fail","required":true,"message":"\#(text)"}],"#
          + #""breakers":[{"name":"\#(text)","state":"open"}],"#
          + #""fallbacks":[{"name":"\#(text)","active":true,"reason":"\#(text)"}]}"#
      )
    }
  }

  /// Scalars that no terminal may get, whoever sends them.
  private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x00...0x06, 0x10...0x1a, 0x1c...0x1f, 0x7f...0x9f, 0x200b...0x200f, 0x202a...0x202e,
      0x2060...0x206f, 0xfe00...0xfe0f, 0xfeff:
      true
    default: false
    }
  }

  @Test("nothing hostile is in them raw, on any pane", arguments: ["C.UTF-8", "C"])
  func panes(_ locale: String) throws {
    let listener = try listener()
    let file = try fleet(at: listener.url)
    defer { try? FileManager.default.removeItem(at: file) }
    let terminal = try PseudoTerminal(
      Damcon.path, ["watch", "--config", file.path], columns: 220, rows: 60,
      environment: ["TERM": "xterm-256color", "LANG": locale])
    try terminal.wait(forOutput: "ESCNAME")
    try terminal.wait(forOutput: "CSI")
    for row in 0..<7 {
      terminal.type("\r")
      terminal.readToRest(60)
      terminal.type("\u{1b}[6~")
      terminal.readToRest(60)
      terminal.type("1" + String(repeating: "j", count: row + 1))
      terminal.readToRest(60)
    }
    terminal.type("3")
    terminal.readToRest()
    terminal.type("\u{3}")
    #expect(try terminal.waitForEnd() == .exited(0))
    let text = terminal.text
    #expect(text.contains("INSTANCES"), "the pane of a service was seen")
    for raw in ["\u{1b}[31mESC", "\rCR", "\u{1b}]", "\u{7}"] {
      #expect(!text.contains(raw), "\(raw.debugDescription)")
    }
    let forbidden = Set(text.unicodeScalars.filter(Self.isForbidden).map(\.value))
    #expect(forbidden.isEmpty, "\(forbidden.map { String($0, radix: 16) })")
    for mark in locale == "C" ? ["^[[31mESC", "<U+202E>"] : ["␛[31mESC", "<U+202E>BIDI"] {
      #expect(text.contains(mark), "\(mark)")
    }
    if locale == "C" { #expect(terminal.output.allSatisfy { $0 < 0x80 }) }
  }
}
