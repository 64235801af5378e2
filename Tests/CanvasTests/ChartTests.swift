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
        361+                   9
           |-----------------999
           |               999
        181+             999
           |          9999
           |55555 99999555555555
          0+9999999

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
            HeatMap([[1, 2, 3], nil, [0, 0, 9]]).draw(on: canvas)
          }
          if glyphs.isASCII { #expect(frame.text.utf8.allSatisfy { $0 < 0x80 }) }
        }
      }
    }
  }

  @Test("A heat map puts the lowest bucket at the bottom and the newest step at the right")
  func heatMap() {
    let frame = Frame(Size(4, 3)) { HeatMap([[9, 1, 0], nil, [0, 4, 9]]).draw(on: $0) }
    #expect(frame.text == "   █\n ░ ▒\n █\n")
  }
}
