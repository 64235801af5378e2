import Screen
import Testing

/// What a terminal makes of bytes, as far as looks go: every drawn character or erasure with the
/// rendition it was drawn in. Written without a thought of the filter: one dictionary of what is set.
private struct Reader {
  private(set) var drawn: [String] = []
  private var set: [String: String] = [:]
  private var charset = "B"

  init(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while let byte = rest.popFirst() {
      guard byte == 0x1b else {
        if byte >= 0x20 || byte == 0x0a { note(String(byte), isBlank: byte == 0x20) }
        continue
      }
      switch rest.popFirst() {
      case UInt8(ascii: "("): charset = rest.popFirst().map { String($0) } ?? ""
      case UInt8(ascii: "["):
        let body = rest.prefix { !(0x40...0x7e).contains($0) }
        rest = rest.dropFirst(body.count)
        let text = String(decoding: body, as: UTF8.self)
        switch rest.popFirst() {
        case UInt8(ascii: "m"): select(text)
        case UInt8(ascii: "K"): note("K" + text, isBlank: true)
        case UInt8(ascii: "J"): note("J" + text, isBlank: true)
        default: break
        }
      default: break
      }
    }
  }

  /// In a blank the ink and its weight are not seen, unless it is underlined, struck or reversed.
  private mutating func note(_ what: String, isBlank: Bool) {
    var seen = set
    let lines = ["attribute 4", "attribute 5", "attribute 7", "attribute 9"]
    if isBlank, lines.allSatisfy({ seen[$0] == nil }) { seen = seen.filter { $0.key == "ground" } }
    let look = seen.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    drawn.append("\(what) \(isBlank ? "" : charset) \(look.joined(separator: " "))")
  }

  private mutating func select(_ text: String) {
    var numbers = text.split(separator: ";", omittingEmptySubsequences: false).map { Int($0) ?? 0 }
    while !numbers.isEmpty {
      let n = numbers.removeFirst()
      switch n {
      case 0: set = [:]
      case 1, 2: set["weight \(n)"] = "on"
      case 3...9: set["attribute \(n)"] = "on"
      case 22:
        set["weight 1"] = nil
        set["weight 2"] = nil
      case 23...29: set["attribute \(n - 20)"] = nil
      case 30...37, 90...97: set["ink"] = "\(n)"
      case 40...47, 100...107: set["ground"] = "\(n - 10)"
      case 39: set["ink"] = nil
      case 49: set["ground"] = nil
      case 38, 48:
        let count = numbers[0] == 5 ? 2 : 4
        set[n == 38 ? "ink" : "ground"] = "\(numbers.prefix(count))"
        numbers.removeFirst(count)
      default: break
      }
    }
  }
}

@Suite("The filter of renditions")
struct RenditionFilterTests {
  private func filtered(_ text: String, turnsOff: Bool = true) -> String {
    var filter = RenditionFilter(turnsOff: turnsOff)
    var output: [UInt8] = []
    filter.pass(text.utf8, into: &output)
    return String(decoding: output, as: UTF8.self)
  }

  @Test("says a colour once, and only when something is drawn in it")
  func once() {
    #expect(
      filtered("\u{1b}[31m\u{1b}[40m\u{1b}[37m\u{1b}[40ma\u{1b}[37m\u{1b}[40mb")
        == "\u{1b}[0;37;40mab")
    #expect(filtered("\u{1b}[31m\u{1b}[5;7H") == "\u{1b}[5;7H")
    #expect(
      filtered("\u{1b}[1;31ma\u{1b}(B\u{1b}[0m\u{1b}[31mb") == "\u{1b}[0;1;31ma\u{1b}(B\u{1b}[22mb")
    #expect(filtered("\u{1b}[1;31ma\u{1b}[0mb") == "\u{1b}[0;1;31ma\u{1b}[0mb")
  }

  @Test("turns a single attribute off only where the terminal knows how")
  func noTurningOff() {
    #expect(
      filtered("\u{1b}[1;4ma\u{1b}[0;4mb", turnsOff: false) == "\u{1b}[0;1;4ma\u{1b}[0;4mb")
  }

  @Test("a blank needs its ground only, unless it is underlined or reversed")
  func blanks() {
    #expect(filtered("\u{1b}[31ma\u{1b}[32m \u{1b}[31mb") == "\u{1b}[0;31ma b")
    #expect(
      filtered("\u{1b}[31ma\u{1b}[32;44m \u{1b}[32mb") == "\u{1b}[0;31ma\u{1b}[44m \u{1b}[32mb")
    #expect(filtered("\u{1b}[31ma\u{1b}[32;4m ") == "\u{1b}[0;31ma\u{1b}[4;32m ")
  }

  @Test("erases in the ground that was asked for")
  func erasure() {
    #expect(filtered("\u{1b}[44m\u{1b}[K\u{1b}[49m\u{1b}[H") == "\u{1b}[0;44m\u{1b}[K\u{1b}[H")
  }

  @Test("lets through what it does not know, and then starts from a reset")
  func unknown() {
    #expect(
      filtered("\u{1b}[31ma\u{1b}[58;5;9mb\u{1b}[31mc")
        == "\u{1b}[0;31ma\u{1b}[58;5;9m\u{1b}[0;31mbc")
    #expect(filtered("\u{1b}[?1049h\u{1b}[?25l") == "\u{1b}[0m\u{1b}[?1049h\u{1b}[0m\u{1b}[?25l")
    #expect(filtered("\u{1b}]0;m\u{7}a").hasSuffix("\u{1b}]0;m\u{7}\u{1b}[0ma"))
  }

  @Test("says 24-bit colours in the form that all terminals with them know")
  func direct() {
    #expect(filtered("\u{1b}[38:2::1:2:3ma") == "\u{1b}[0;38;2;1;2;3ma")
    #expect(filtered("\u{1b}[38;2;1;2;3ma") == "\u{1b}[0;38;2;1;2;3ma")
  }

  @Test("ends as it was asked to when nothing more is drawn")
  func settling() {
    var filter = RenditionFilter(turnsOff: true)
    var output: [UInt8] = []
    filter.pass("\u{1b}[31ma\u{1b}[0m".utf8, into: &output)
    filter.settle(into: &output)
    #expect(String(decoding: output, as: UTF8.self) == "\u{1b}[0;31ma\u{1b}[0m")
  }

  @Test(
    "changes no look of what a terminal draws, however the bytes are cut",
    arguments: [true, false])
  func looks(turnsOff: Bool) {
    var dice = SystemRandomNumberGenerator()
    let parts = [
      "\u{1b}[0m", "\u{1b}[m", "\u{1b}(B", "\u{1b}(0", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[22m",
      "\u{1b}[7m", "\u{1b}[27m", "\u{1b}[4m", "\u{1b}[24m", "\u{1b}[31m", "\u{1b}[97m",
      "\u{1b}[44m", "\u{1b}[39m", "\u{1b}[49m", "\u{1b}[39;49m", "\u{1b}[38;5;208m",
      "\u{1b}[48;5;17m", "\u{1b}[38;2;9;8;7m", "\u{1b}[0;1;4m", "\u{1b}[3;9H", "\u{1b}[2d", "\r",
      "a", " ", " ", "b", "é", "─", "\u{1b}[K", "\u{1b}[1K", "\u{1b}[2J", "\n", "\u{1b}[?25l",
    ]
    for _ in 0..<300 {
      let bytes = (0..<80).flatMap { _ in Array(parts.randomElement(using: &dice)!.utf8) }
      var filter = RenditionFilter(turnsOff: turnsOff)
      var output: [UInt8] = []
      // A reset first, so that both begin alike whatever a terminal was left in.
      filter.pass("\u{1b}[0m".utf8, into: &output)
      var rest = bytes[...]
      while !rest.isEmpty {
        let piece = rest.prefix(Int.random(in: 1...9, using: &dice))
        filter.pass(piece, into: &output)
        rest = rest.dropFirst(piece.count)
      }
      #expect(Reader(output).drawn == Reader(Array("\u{1b}[0m".utf8) + bytes).drawn)
    }
  }
}
