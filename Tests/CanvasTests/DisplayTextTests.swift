import Canvas
import Testing

@Suite struct DisplayTextTests {
  @Test(
    "What a terminal must not get is made visible",
    arguments: [
      ("\u{1b}[31m", "␛[31m", "^[[31m"), ("a\u{0}b", "a␀b", "a^@b"), ("\r\n\t", "␍␊␉", "^M^J^I"),
      ("\u{7f}", "␡", "^?"), ("\u{9b}0m", "<U+009B>0m", "<U+009B>0m"),
      ("\u{202e}abc", "<U+202E>abc", "<U+202E>abc"), ("\u{2067}x", "<U+2067>x", "<U+2067>x"),
      ("a\u{200b}b", "a<U+200B>b", "a<U+200B>b"), ("\u{feff}", "<U+FEFF>", "<U+FEFF>"),
      ("\u{e000}", "<U+E000>", "<U+E000>"), ("\u{10ffff}", "<U+10FFFF>", "<U+10FFFF>"),
      ("\u{378}", "<U+0378>", "<U+0378>"), ("\u{2028}", "<U+2028>", "<U+2028>"),
      ("\u{e0041}", "<U+E0041>", "<U+E0041>"), ("\u{301}x", "<U+0301>x", "?x"),
      ("a\u{fe0f}", "a<U+FE0F>", "a<U+FE0F>"), ("\u{3164}", "<U+3164>", "<U+3164>"),
    ])
  func hostile(_ text: String, _ unicode: String, _ ascii: String) {
    #expect(DisplayText.sanitised(text) == unicode)
    #expect(DisplayText.sanitised(text, glyphs: .ascii) == ascii)
  }

  @Test(
    "Each text has the width it is drawn with",
    arguments: [
      ("checkout", 8), ("漢字", 4), ("한글", 4), ("ｆｕｌｌ", 8), ("e\u{301}", 1), ("é", 1),
      ("العربية", 7), ("ไทย", 3), ("กำ", 2), ("नि", 2), ("🚀", 2), ("❤\u{fe0f}", 1), ("👍🏽", 2),
      ("👩‍🚀", 2),
      ("👨‍👩‍👧‍👦", 2), ("🇩🇪", 2), ("1\u{fe0f}\u{20e3}", 1), ("▁▂█", 3), ("⣿", 1), ("\u{3000}", 2),
      ("\u{1b}", 1), ("\u{202e}", 8), ("\u{1f3fd}", 1), ("각", 2),
    ])
  func widths(_ text: String, _ width: Int) {
    #expect(DisplayText.width(of: text) == width, "\(text)")
    let frame = Frame(Size(30, 1)) { #expect($0.put(text, at: Point(0, 0)) == width) }
    #expect(frame.row(0).reduce(0) { $0 + Int($1.width) } == 30)
  }

  @Test("Joined, toned and dressed emoji are their base alone; flags are their letters")
  func emoji() {
    #expect(DisplayText.sanitised("👩‍🚀x") == "👩x")
    #expect(DisplayText.sanitised("👍🏽x") == "👍x")
    #expect(DisplayText.sanitised("❤\u{fe0f}x") == "❤x")
    #expect(DisplayText.sanitised("🏴󠁧󠁢󠁥󠁮󠁧󠁿x") == "🏴x")
    #expect(DisplayText.sanitised("🇩🇪") == "DE")
    #expect(DisplayText.sanitised("1\u{fe0f}\u{20e3}") == "1")
  }

  @Test("Marks beyond two are left out, and a row of them stays as wide as its letters")
  func marks() {
    let text = "a" + String(repeating: "\u{301}", count: 50) + "b"
    #expect(DisplayText.width(of: text) == 2)
    let frame = Frame(Size(4, 1)) { _ = $0.put(text, at: Point(0, 0)) }
    #expect(frame.line(0).unicodeScalars.count == 4)
  }

  @Test("No scalar whatever is drawn raw where it is a control, and all widths add up")
  func everyScalar() {
    for value in UInt32(0)...0x10ffff {
      guard let scalar = Unicode.Scalar(value) else { continue }
      var shown: [UInt32] = []
      var width = 0
      var expected = 0
      DisplayText.forEachGlyph(of: String(scalar)) { glyph, w in
        shown.append(glyph.base)
        width += w
        expected += 1
        return true
      }
      guard
        scalar.properties.generalCategory == .control
          || scalar.properties.generalCategory == .format
          || scalar.properties.generalCategory == .privateUse
          || scalar.properties.generalCategory == .surrogate
      else { continue }
      #expect(!shown.contains(value), "\(value)")
      #expect(width == expected)
    }
  }
}
