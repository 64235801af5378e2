import Canvas
import Screen
import Testing

@Suite("A link of known speed")
struct LinkTests {
  @Test("has room for a tenth of a second at once, then for its rate")
  func rate() {
    var budget = LinkBudget(bytesPerSecond: 960, at: 0)
    #expect(budget.take(5000, at: 0) == 96)
    #expect(budget.take(5000, at: 0) == 0)
    var sent = 0
    for now in stride(from: Int64(10), through: 10_000, by: 10) {
      sent += budget.take(5000, at: now)
    }
    #expect((9590...9610).contains(sent))
  }

  @Test(
    "silence saves no more than a tenth of a second, and a clock that stands still gives nothing")
  func burst() {
    var budget = LinkBudget(bytesPerSecond: 960, at: 0)
    _ = budget.take(5000, at: 0)
    #expect(budget.take(5000, at: 60_000) == 96)
    #expect(budget.take(5000, at: 60_000) == 0)
    #expect(budget.take(5000, at: 59_000) == 0)
  }

  @Test("says how long to wait, and then there is room")
  func pause() {
    var budget = LinkBudget(bytesPerSecond: 960, at: 0)
    _ = budget.take(5000, at: 0)
    let pause = budget.pause(for: 5000, at: 0)
    #expect(pause == 50)
    #expect(budget.take(5000, at: pause) == 48)
    #expect(budget.pause(for: 0, at: 51) == 0)
  }
}

@Suite("Reports of the mouse")
struct MouseReportTests {
  private func events(_ text: String, hearsMouse: Bool = true) -> [InputEvent] {
    var decoder = KeyDecoder(hearsMouse: hearsMouse)
    return decoder.feed(text.utf8, at: 0) + decoder.expire(at: 10_000)
  }

  @Test("a press and the wheel are told with their cell, releases and movement are not")
  func reports() {
    #expect(events("\u{1b}[<0;10;3M") == [.mouse(.press(Point(9, 2)))])
    #expect(events("\u{1b}[<4;1;1M") == [.mouse(.press(Point(0, 0)))])
    #expect(
      events("\u{1b}[<64;5;6M\u{1b}[<65;5;6M") == [
        .mouse(.wheel(-3, Point(4, 5))), .mouse(.wheel(3, Point(4, 5))),
      ])
    #expect(events("\u{1b}[<0;10;3m\u{1b}[<35;10;3M\u{1b}[<2;10;3Mj") == [.key(.character("j"))])
  }

  @Test("a report torn in two is one, a wrong one no key")
  func torn() {
    var decoder = KeyDecoder(hearsMouse: true)
    #expect(decoder.feed("\u{1b}[<0;1".utf8, at: 0) == [])
    #expect(decoder.feed("0;3M".utf8, at: 30) == [.mouse(.press(Point(9, 2)))])
    #expect(events("\u{1b}[<0;0;3M") == [])
    #expect(events("\u{1b}[<99999999999999999999;1;1Mq") == [.key(.character("q"))])
    #expect(events("\u{1b}[<0;1X") == [])
  }

  @Test("where nobody asked for the mouse its reports are swallowed")
  func unasked() { #expect(events("\u{1b}[<0;10;10M", hearsMouse: false) == []) }
}
