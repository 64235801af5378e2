import Canvas
import Testing

@Suite struct ChartTests {
  @Test("A sparkline tells a gap from zero, and zero from little")
  func sparkline() {
    let line = Sparkline([0, 0.1, 3.5, nil, .nan, 7])
    #expect(line.text(width: 6) == "▁▂▅  █")
    #expect(line.text(width: 6, glyphs: .ascii) == "_.=  #")
    #expect(line.text(width: 8) == "  ▁▂▅  █")
    #expect(line.text(width: 2) == " █")
    #expect(Sparkline([5, 5], scale: 0...10).text(width: 2) == "▅▅")
    #expect(Sparkline([0, 0]).text(width: 2) == "▁▁")
    #expect(Sparkline([]).text(width: 3) == "   ")
    #expect(Sparkline([1, 100], scale: 0...10).text(width: 2) == "▂█")
  }

  private func gauge(_ ratio: Double?, _ glyphs: GlyphSet = .unicode) -> String {
    Frame(Size(8, 1), glyphs: glyphs) { BarGauge(ratio).draw(on: $0, at: Point(0, 0), width: 8) }
      .line(0)
  }

  @Test("A gauge is empty only at 0 and shows what is not known as that")
  func gauges() {
    #expect(gauge(0) == "········")
    #expect(gauge(0.001) == "▏·······")
    #expect(gauge(0.5) == "████····")
    #expect(gauge(7) == "████████")
    #expect(gauge(nil) == "?")
    #expect(gauge(0.5, .ascii) == "####....")
  }

  private func chart(_ glyphs: GlyphSet, _ size: Size = Size(24, 7)) -> Frame {
    let slow = (0..<20).map { Double($0 * $0) }
    let chart = Chart(
      [
        .init("p50", (0..<20).map { $0 == 5 ? nil : 40 }, .series1, letter: "5"),
        .init("p99", slow, .series3, letter: "9"),
      ], threshold: 300, label: { Quantity.number($0) })
    return Frame(size, glyphs: glyphs) { chart.draw(on: $0) }
  }

  @Test("A chart in ASCII, with its axis, its threshold and a gap")
  func asciiChart() {
    #expect(
      chart(.ascii).text == """
        361+               9 p99
           |--------------99
           |            999
        181+           99
           |        9999
           |5555 99995555555 p50
          0+999999

        """, "\n\(chart(.ascii).text)")
  }

  @Test("Charts keep to their canvas at every size and kind")
  func everySize() {
    for glyphs in [GlyphSet.unicode, .braille, .ascii] {
      for width in 0...30 {
        for height in 0...6 {
          let frame = Frame(Size(width, height), glyphs: glyphs) { canvas in
            Chart(
              [.init("a", [1, 2, .infinity, -.infinity, nil, .nan], .series1)], scale: .logarithmic
            )
            .draw(on: canvas)
            HeatMap(
              bounds: [1, 2, .infinity], steps: [[0.1, 0.2, 0.7], nil, [0, 0, 1]],
              lines: [.init("p99", [1, nil, .infinity, .nan], .series3, sign: "━", letter: "*")],
              threshold: 1.5
            ).draw(on: canvas)
          }
          if glyphs.isASCII { #expect(frame.text.utf8.allSatisfy { $0 < 0x80 }) }
        }
      }
    }
  }

  private func heatMap(_ glyphs: GlyphSet, _ size: Size) -> String {
    let slow: [Double] = [0, 0.1, 0.3, 0.6]
    let quick: [Double] = [0.8, 0.15, 0.05, 0]
    let steps: [[Double]?] = (0..<8).map { $0 == 3 ? nil : $0 < 4 ? quick : slow }
    let median = (0..<8).map { $0 == 3 ? nil : $0 < 4 ? 0.003 : 0.6 }
    let p99 = (0..<8).map { $0 == 3 ? nil : $0 < 4 ? 0.3 : Double.infinity }
    let map = HeatMap(
      bounds: [0.005, 0.1, 0.5, .infinity], steps: steps,
      lines: [
        .init("p50", median, .series5, sign: "─", letter: "-"),
        .init("p99", p99, .series3, sign: "━", letter: "*"),
      ], threshold: 0.3, label: { Quantity.bound(seconds: $0) })
    return "\n" + Frame(size, glyphs: glyphs) { map.draw(on: $0) }.text
  }

  @Test("A heat map has its bounds at the side, the slow at the top and the newest at the right")
  func heatMaps() {
    let blocks = heatMap(.unicode, Size(26, 8))
    #expect(
      blocks == """

        >500ms┤      ━━━━━ p99 p50
              │      █████
         500ms┤━━━━━╌▓╌▓╌▓
              │░░░░░ ▓▓▓▓▓
         100ms┤▒▒▒▒▒ ░░░░░
              │▒▒▒▒▒ ░░░░░
           5ms┤─────
              │█████

        """, "\(blocks)")
    let ascii = heatMap(.ascii, Size(26, 5))
    #expect(
      ascii == """

        >500ms+      *#*#* p99 p50
         500ms+*-*-*-%-%-%
         100ms+::::: .....
           5ms+-#-#-


        """, "\(ascii)")
    let braille = heatMap(.braille, Size(12, 4))
    #expect(
      braille == """

              ━⣿━⣿━⣿
        ━╌━╌━╌⣮╌⣮╌⣮╌
        ⢕⢕⢕⢕⢕ ⠌⠌⠌⠌⠌⠌
        ─⣿─⣿─

        """, "\(braille)")
  }

  @Test("Bars and sparklines are made of braille where that is the choice, two values a cell")
  func braille() {
    #expect(
      Sparkline([0, 1, 2, 3, nil, 3], scale: 0...3).text(width: 3, glyphs: .braille) == "⣠⣾⢸")
    #expect(Sparkline.values(in: 3, glyphs: .braille) == 6)
    #expect(gauge(0.5, .braille) == "⣿⣿⣿⣿····")
    #expect(BarGauge(0.55).text(width: 8, glyphs: .ascii) == "####....")
    #expect(BarGauge(0.55).text(width: 8) == "████▍···")
    #expect(BarGauge(.nan).text(width: 8) == "?")
  }
}
