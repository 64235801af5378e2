import Markdown
import Testing

@Suite("Markdown is read")
struct ReadingTests {
  @Test("by blocks, each with the line it begins on")
  func blocks() {
    let text = MarkdownText(
      """
      # Pricing times out

      Users see *old* prices, **15 min** at most: ~~not~~ `cached`.

      1. page [the owner](https://chat.example/x "x")
      2. cap concurrency

         at 32

      - [x] told
      - [ ] asked

      ```sh {"name":"drain"}
      kubectl drain node
      ```

      | signal | limit |
      |:-------|------:|
      | p99    | 800ms |

      ---
      """, linesBefore: 10)
    #expect(
      text.blocks.map(\.line) == [11, 13, 15, 20, 23, 27, 31])
    #expect(text.blocks[0].content == .heading(level: 1, [.text("Pricing times out")]))
    #expect(
      text.blocks[1].content
        == .paragraph([
          .text("Users see "), .emphasis([.text("old")]), .text(" prices, "),
          .strong([.text("15 min")]), .text(" at most: "), .struck([.text("not")]), .text(" "),
          .code("cached"), .text("."),
        ]))
    guard case .list(let steps) = text.blocks[2].content else {
      Issue.record("no list: \(text.blocks[2])")
      return
    }
    #expect(steps.start == 1)
    #expect(steps.items.map(\.line) == [15, 16])
    #expect(steps.items[1].blocks.count == 2)
    #expect(
      steps.items[0].blocks[0].content
        == .paragraph([
          .text("page "), .link(destination: "https://chat.example/x", [.text("the owner")]),
        ]))
    guard case .list(let tasks) = text.blocks[3].content else {
      Issue.record("no list: \(text.blocks[3])")
      return
    }
    #expect(tasks.start == nil)
    #expect(tasks.items.map(\.isChecked) == [true, false])
    #expect(
      text.blocks[4].content
        == .code(CodeFence(info: "sh {name=drain}", text: "kubectl drain node\n")))
    #expect(
      text.blocks[5].content
        == .table(
          Table(
            alignments: [.left, .right], header: [[.text("signal")], [.text("limit")]],
            rows: [[[.text("p99")], [.text("800ms")]]])))
    #expect(text.blocks[6].content == .rule)
    #expect(!text.isCut)
  }

  @Test("callouts and what is folded away are blocks of their own; comments are nothing")
  func folded() {
    let text = MarkdownText(
      """
      > [!WARNING]
      > It drops *all* carts.
      >
      > Ask first.

      > [!none]
      > a quote

      <!-- not for readers -->

      <details>
      <summary>Full <b>context</b></summary>

      Deep in it.

      <details><summary>More</summary>

      Deeper.

      </details>
      </details>

      <details>
      never closed
      """)
    #expect(text.blocks.count == 4)
    guard case .admonition(.warning, let said) = text.blocks[0].content else {
      Issue.record("no callout: \(text.blocks[0])")
      return
    }
    #expect(said.count == 2)
    #expect(
      said[0].content
        == .paragraph([.text("It drops "), .emphasis([.text("all")]), .text(" carts.")]))
    guard case .quote = text.blocks[1].content else {
      Issue.record("no quote: \(text.blocks[1])")
      return
    }
    guard case .details("Full context", let inner) = text.blocks[2].content else {
      Issue.record("nothing folded: \(text.blocks[2])")
      return
    }
    #expect(inner.first?.content == .paragraph([.text("Deep in it.")]))
    guard case .html = text.blocks[3].content else {
      Issue.record("what never closes is no fold: \(text.blocks[3])")
      return
    }
  }

  @Test(
    "a heading is an anchor as GitHub spells it, each once; links are found wherever they stand")
  func anchors() {
    let text = MarkdownText(
      """
      # Slow Read Requests!

      ## p99 > 800_ms, über

      > # Slow read requests

      | a |
      |---|
      | [b](../b.md#c) |

      - ![d](d.png) www.example.org
      """)
    #expect(
      text.anchors == ["slow-read-requests", "p99--800_ms-über", "slow-read-requests-1"])
    #expect(text.links.map(\.destination) == ["../b.md#c", "d.png", "http://www.example.org"])
  }

  @Test(
    "a fence has a language and the name that its author gave it",
    arguments: [
      ("", nil, nil), ("sh", "sh", nil), ("sh {name=a interactive=false}", "sh", "a"),
      ("bash {\"name\":\"b\",\"cwd\":\"..\"}", "bash", "b"), ("{name=c}", nil, "c"),
      ("go{name=}", "go", nil), ("console title=x", "console", nil),
    ] as [(String, String?, String?)])
  func fences(info: String, language: String?, name: String?) {
    let fence = CodeFence(info: info, text: "")
    #expect(fence.language == language)
    #expect(fence.name == name)
  }

  @Test("the head is apart from the text, and both know their lines")
  func head() {
    let file = FrontMatter("\u{feff}---\r\nid: a\r\n---\r\n# A\r\n")
    #expect(file.head?.contains("id: a") == true)
    #expect(file.body.hasPrefix("# A"))
    #expect(file.linesBeforeHead == 1)
    #expect(file.linesBeforeBody == 3)
    #expect(FrontMatter("# A\n---\nb\n").head == nil)
    #expect(FrontMatter("---\nnever closed\n").head == nil)
    #expect(FrontMatter("---\nnever closed\n").body == "---\nnever closed\n")
    #expect(FrontMatter("").body.isEmpty)
  }
}
