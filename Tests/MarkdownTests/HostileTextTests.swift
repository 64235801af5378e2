import Markdown
import Testing

@Suite("Markdown that anybody may have written")
struct HostileTextTests {
  @Test(
    "costs a moment and never the program",
    arguments: [
      "> ", "- ", "1. ", "[", "[a](", "![", "*a_ ", "**a ", "`", "<", "<a ", "|", "|a\n|-\n", "~",
      "&", "\\", "[a]: b\n", "# ", "http://", "<!--", "<![CDATA[", "<?", "\u{0}", "\t", "\u{202e}",
      "- \n ", "* * ", "[^1]", "~~~\n", "www.", "a@b.", "_a__", "[[", "](", "\r", "((((",
    ])
  func repeated(part: String) {
    let text = MarkdownText(String(repeating: part, count: 20_000))
    var count = 0
    text.forEachBlock { _ in count += 1 }
    #expect(count <= 80_000)
    _ = text.links.count + text.anchors.count
  }

  @Test("ten megabytes are read too", arguments: ["a@b.", "*a_ ", "> ", "word "])
  func large(part: String) {
    let text = MarkdownText(String(repeating: part, count: 10_000_000 / part.utf8.count))
    #expect(!text.blocks.isEmpty)
  }

  @Test("lists in lists in lists are cut, and say so")
  func nested() {
    var lines = ""
    for depth in 0..<2_000 { lines += String(repeating: " ", count: 2 * depth) + "- \(depth)\n" }
    let text = MarkdownText(lines)
    #expect(text.isCut)
    #expect(!text.blocks.isEmpty)
    #expect(!MarkdownText("- a\n  - b\n").isCut)
  }
}
