import Canvas
import Screen
import Testing

@Suite struct TerminalTests {
  private static let entries: [String: Terminal.Capabilities] = [
    "xterm-256color": .init(colors: 256, isDirect: false, placesCursor: true),
    "xterm-direct": .init(colors: 1 << 24, isDirect: true, placesCursor: true),
    "tmux-256color": .init(colors: 256, isDirect: false, placesCursor: true),
    "linux": .init(colors: 8, isDirect: false, placesCursor: true),
    "vt100": .init(colors: -1, isDirect: false, placesCursor: true),
    "dumb": .init(colors: -1, isDirect: false, placesCursor: false),
  ]

  private func detect(
    _ environment: [String: String], flag: ColorDepth? = nil
  ) throws -> Terminal {
    try Terminal.detect(environment: environment, flag: flag, isUTF8: true) { Self.entries[$0] }
  }

  @Test("The depth comes from the flag, NO_COLOR, COLORTERM and terminfo, in that order")
  func order() throws {
    let all = ["TERM": "xterm-256color", "NO_COLOR": "1", "COLORTERM": "truecolor"]
    #expect(try detect(all, flag: .sixteen).depth == .sixteen)
    #expect(try detect(all).depth == .none)
    #expect(try detect(all.merging(["NO_COLOR": ""]) { $1 }).depth == .truecolor)
    #expect(try detect(["TERM": "xterm-256color"]).depth == .indexed)
    #expect(try detect(["TERM": "linux"]).depth == .eight)
    #expect(try detect(["TERM": "vt100"]).depth == .none)
  }

  @Test("24-bit colour needs a direct entry that is installed; without one it is 256")
  func direct() throws {
    let wanted = ["COLORTERM": "truecolor"]
    #expect(try detect(wanted.merging(["TERM": "xterm-256color"]) { $1 }).entry == "xterm-direct")
    let tmux = try detect(wanted.merging(["TERM": "tmux-256color"]) { $1 })
    #expect(tmux == Terminal(entry: "tmux-256color", depth: .indexed, isUTF8: true))
    let fewer = try detect(["TERM": "xterm-direct"], flag: .indexed)
    #expect(fewer == Terminal(entry: "xterm-256color", depth: .indexed, isUTF8: true))
    #expect(try detect(["TERM": "linux"], flag: .truecolor).depth == .eight)
  }

  @Test("A terminal that cannot do it is refused with one sentence")
  func refused() {
    #expect(throws: ScreenError.termUnset) { try detect([:]) }
    #expect(throws: ScreenError.termUnknown("who^[")) { try detect(["TERM": "who\u{1b}"]) }
    #expect(throws: ScreenError.termCannot("dumb")) { try detect(["TERM": "dumb"]) }
    #expect(
      ScreenError.termUnset.description
        == "TERM is not set, so Damcon cannot know what this terminal understands: set it (such as "
        + "TERM=xterm-256color); `damcon snapshot` prints the same facts as plain text, "
        + "and `--linear` prints a line for each change")
  }
}
