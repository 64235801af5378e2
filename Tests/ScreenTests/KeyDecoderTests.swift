import Canvas
import Screen
import Testing

@Suite struct KeyDecoderTests {
  private func keys(_ text: String) -> [InputEvent] {
    var decoder = KeyDecoder()
    let events = decoder.feed(text.utf8, at: 0)
    return events + decoder.expire(at: 10_000)
  }

  @Test(
    "The forms that terminals send are one key",
    arguments: [
      ("\u{1b}[A", Key.up), ("\u{1b}OA", .up), ("\u{1b}[1;5A", .up), ("\u{1b}[H", .home),
      ("\u{1b}[1~", .home), ("\u{1b}[7~", .home), ("\u{1b}[5~", .pageUp), ("\u{1b}[3~", .delete),
      ("\u{1b}[Z", .backTab), ("\u{1b}OP", .function(1)), ("\u{1b}[1;2R", .function(3)),
      ("\u{1b}[11~", .function(1)),
      ("\u{1b}[[A", .function(1)), ("\u{1b}[24~", .function(12)), ("\r", .enter), ("\n", .enter),
      ("\t", .tab), ("\u{7f}", .backspace), ("\u{8}", .backspace), ("\u{3}", .control("c")),
      ("é", .character("é")), ("漢", .character("漢")), ("\u{1b}x", .alt("x")),
      ("\u{1b}", .escape),
    ])
  func forms(_ text: String, _ key: Key) { #expect(keys(text) == [.key(key)]) }

  @Test("An arrow torn anywhere within 250 ms is one arrow")
  func torn() {
    var decoder = KeyDecoder()
    #expect(decoder.feed([0x1b], at: 0).isEmpty)
    #expect(decoder.deadline == 250)
    #expect(decoder.feed([UInt8(ascii: "[")], at: 120).isEmpty)
    #expect(decoder.feed([UInt8(ascii: "A")], at: 240) == [.key(.up)])
    #expect(decoder.deadline == nil)
  }

  @Test("Later than 250 ms they are what they look like")
  func late() {
    var decoder = KeyDecoder()
    #expect(decoder.feed([0x1b], at: 0).isEmpty)
    #expect(decoder.expire(at: 249).isEmpty)
    #expect(decoder.expire(at: 250) == [.key(.escape)])
    #expect(decoder.feed("[A".utf8, at: 300) == [.key(.character("[")), .key(.character("A"))])
  }

  @Test("Esc and then a key is two keys, not Alt")
  func escapeThenKey() {
    var decoder = KeyDecoder()
    #expect(decoder.feed([0x1b], at: 0).isEmpty)
    #expect(decoder.feed("j".utf8, at: 80) == [.key(.escape), .key(.character("j"))])
    #expect(decoder.feed([0x1b, 0x1b], at: 500) == [.key(.escape)])
    #expect(decoder.expire(at: 750) == [.key(.escape)])
  }

  @Test("What a terminal answers late never turns into keys")
  func answers() {
    for answer in [
      "\u{1b}[?62;22c", "\u{1b}[24;80;5n", "\u{1b}[24;80R", "\u{1b}[1;80R", "\u{1b}[<0;10;10M",
      "\u{1b}[?1;2$y", "\u{1b}[I",
    ] {
      #expect(keys(answer) == [], "\(answer.debugDescription)")
    }
    for answer in [
      "\u{1b}]11;rgb:0000/0000/0000\u{1b}\\", "\u{1b}P1+r5463\u{1b}\\", "\u{1b}]0;q\u{7}",
    ] {
      #expect(keys(answer) == [], "\(answer.debugDescription)")
    }
    // Torn in two, its rest lost.
    var decoder = KeyDecoder()
    #expect(decoder.feed("\u{1b}[?62;".utf8, at: 0).isEmpty)
    #expect(decoder.expire(at: 2000).isEmpty)
  }

  @Test("A late answer torn anywhere by a slow link turns into no key")
  func tornAnswers() {
    for answer in [
      "\u{1b}[?62;22c", "\u{1b}]11;rgb:1e1e/q:/?\u{7}", "\u{1b}]10;rgb:ffff\u{1b}\\",
      "\u{1b}P1+r5463=q\u{1b}\\", "\u{1b}P>|xterm(390)\u{1b}\\",
    ] {
      let bytes = Array(answer.utf8)
      for cut in 1..<bytes.count {
        for pause: Int64 in [5, 200] {
          var decoder = KeyDecoder()
          var events = decoder.feed(bytes[..<cut], at: 0)
          events += decoder.expire(at: pause) + decoder.feed(bytes[cut...], at: pause)
          events += decoder.expire(at: 10_000) + decoder.feed("j".utf8, at: 10_001)
          #expect(events == [.key(.character("j"))], "\(answer.debugDescription) cut at \(cut)")
        }
      }
    }
    // A link slower still: a piece every 900 ms.
    var decoder = KeyDecoder()
    var events: [InputEvent] = []
    for (turn, piece) in ["\u{1b}]11;", "rgb:1e", "1e/q", ":/?", "\u{7}"].enumerated() {
      events += decoder.feed(piece.utf8, at: Int64(turn) * 900)
    }
    #expect(events == [])
  }

  @Test("A sign that may open an answer is an Alt key once nothing follows")
  func altOfOpeners() {
    #expect(keys("\u{1b}]") == [.key(.alt("]"))])
    #expect(keys("\u{1b}P") == [.key(.alt("P"))])
    #expect(keys("\u{1b}]j") == [.key(.alt("]")), .key(.character("j"))])
    var decoder = KeyDecoder()
    let events =
      decoder.feed([0x1b], at: 0) + decoder.feed("]".utf8, at: 100) + decoder.expire(at: 10_000)
    #expect(events == [.key(.escape), .key(.character("]"))], "typed one after the other")
  }

  @Test("A paste is one event wherever it is torn, and keys inside it are text")
  func paste() {
    let bytes = Array("a\u{1b}[200~q\u{1b}[Ax\r\u{1b}[201~b".utf8)
    for cut in 0...bytes.count {
      var decoder = KeyDecoder()
      let events = decoder.feed(bytes[..<cut], at: 0) + decoder.feed(bytes[cut...], at: 5)
      #expect(
        events == [.key(.character("a")), .paste("q\u{1b}[Ax\r"), .key(.character("b"))],
        "cut at \(cut)")
    }
  }

  @Test("A paste whose end is lost is over after a silence")
  func pasteWithoutEnd() {
    var decoder = KeyDecoder()
    #expect(decoder.feed("\u{1b}[200~text".utf8, at: 0).isEmpty)
    #expect(decoder.expire(at: 3000) == [.paste("text")])
    #expect(decoder.feed("j".utf8, at: 3001) == [.key(.character("j"))])
  }

  @Test("A character torn between its bytes is one; bytes that are none are dropped")
  func utf8() {
    var decoder = KeyDecoder()
    let bytes = Array("漢".utf8)
    #expect(decoder.feed(bytes[..<1], at: 0).isEmpty)
    #expect(decoder.feed(bytes[1...], at: 10) == [.key(.character("漢"))])
    #expect(decoder.feed([0xff, 0xc3, 0x28, 0x80], at: 20) == [.key(.character("("))])
  }
}
