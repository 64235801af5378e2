import Canvas
import Testing

@Suite struct FrameTests {
  @Test("Nothing is drawn outside of a canvas, at any size")
  func clipping() {
    for width in 0...12 {
      for height in 0...4 {
        let frame = Frame(Size(12, 4)) { canvas in
          canvas.fill(with: ".")
          let part = canvas.sub(Rect(x: 3, y: 1, width: width, height: height))
          part.fill(with: "#")
          part.put("a漢字 long text of a service", at: Point(-2, 0))
          part.put("more", at: Point(0, 9))
          part.put("above", at: Point(0, -1))
          part.box(title: "title")
          part.rule(y: height)
        }
        for y in 0..<4 {
          for x in 0..<12
          where !Rect(x: 3, y: 1, width: width, height: height).contains(Point(x, y)) {
            #expect(frame[x, y].glyph == Glyph("."), "\(x),\(y) with \(width)x\(height)")
          }
        }
      }
    }
  }

  @Test("A wide glyph that is cut in half leaves a blank and shifts nothing")
  func halves() {
    let frame = Frame(Size(8, 1)) { canvas in
      canvas.put("漢字漢字", at: Point(0, 0))
      canvas.put("x", at: Point(3, 0))
      canvas.put("界", at: Point(5, 0))
    }
    #expect(frame.text == "漢 x 界\n")
    var column = 0
    for cell in frame.row(0) where cell.width > 0 { column += Int(cell.width) }
    #expect(column == 8)
    for x in 0..<8 where frame[x, 0].width == 2 { #expect(frame[x + 1, 0].glyph.isContinuation) }
  }

  @Test(
    "What does not fit ends in an ellipsis, within the room given",
    arguments: [
      ("checkout", 8, "checkout"), ("checkout", 7, "checko…"), ("checkout", 1, "…"),
      ("漢字漢字", 7, "漢字漢…"), ("漢字漢字", 6, "漢字…"), ("漢", 1, ""), ("", 5, ""),
    ])
  func ellipsis(_ text: String, _ room: Int, _ expected: String) {
    let frame = Frame(Size(10, 1)) { canvas in
      let used = canvas.put(text, at: Point(0, 0), maxWidth: room)
      #expect(used <= room)
    }
    #expect(frame.line(0) == expected)
  }

  @Test("Runs share one room and one ellipsis")
  func runs() {
    let frame = Frame(Size(12, 2)) { canvas in
      canvas.put([Run("checkout ", .strong), Run("needs pricing")], at: Point(0, 0))
      canvas.put([Run("exactly12chr"), Run("")], at: Point(0, 1))
    }
    #expect(frame.text == "checkout ne…\nexactly12chr\n")
  }

  @Test("An ASCII canvas lets nothing else through")
  func ascii() {
    let frame = Frame(Size(20, 4), glyphs: .ascii) { canvas in
      canvas.box(title: "a › b")
      canvas.put("●◐▲✖⊘◌?↻▽ … 漢é🚀", at: Point(1, 1))
      canvas.put(
        Sparkline([0, 1, 2, 3, 4, 5, 6, nil, 7]).text(width: 9, glyphs: .ascii), at: Point(1, 2))
    }
    #expect(frame.text.utf8.allSatisfy { $0 < 0x80 })
    #expect(
      frame.text
        == "+- a > b ----------+\n|o~^x!.?+v ~ ????? |\n|_.-==+* #         |\n+------------------+\n"
    )
  }

  @Test("Equal drawings are equal frames, and a cursor counts")
  func equality() {
    func draw(_ text: String, cursor: Point?) -> Frame {
      Frame(Size(20, 3)) { canvas in
        canvas.put(text, at: Point(0, 0))
        if let cursor { canvas.showCursor(at: cursor) }
      }
    }
    #expect(draw("a", cursor: nil) == draw("a", cursor: nil))
    #expect(draw("a", cursor: nil) != draw("b", cursor: nil))
    #expect(draw("a", cursor: nil) != draw("a", cursor: Point(1, 1)))
  }

  @Test("Without colour the ANSI text is the plain text where no rendition is used")
  func ansi() {
    let frame = Frame(Size(10, 2)) { canvas in
      canvas.put("pricing", at: Point(0, 0))
      canvas.put("bad", at: Point(0, 1), Style(.unhealthy))
    }
    #expect(
      frame.ansi(theme: .dark, depth: .indexed).hasPrefix(
        "\u{1b}[0;38;5;253;48;5;233mpricing   \u{1b}[0m\n"))
    #expect(
      frame.ansi(theme: .dark, depth: .none)
        == "\u{1b}[0mpricing   \n\u{1b}[0;1;4mbad\u{1b}[0m       \n")
  }

  @Test("The SVG holds each piece of text to its columns and escapes what it must")
  func svg() {
    let frame = Frame(Size(20, 2)) { canvas in
      canvas.put("a<b & \"c\" 漢", at: Point(1, 0), Style(.unhealthy))
      canvas.rule(y: 1)
    }
    let svg = frame.svg(theme: .dark, label: "two rows")
    #expect(svg.contains("a&lt;b\u{a0}&amp;\u{a0}&quot;c&quot;</text>"))
    #expect(svg.contains("textLength=\"72\""))
    #expect(svg.contains("textLength=\"16\" lengthAdjust=\"spacingAndGlyphs\">漢</text>"))
    #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"160\" height=\"36\""))
    #expect(!svg.contains("─"))
  }
}
