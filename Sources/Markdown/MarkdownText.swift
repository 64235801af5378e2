/// A text in GitHub's Markdown, as blocks.
package struct MarkdownText: Sendable, Hashable {
  package var blocks: [Block]
  /// Something lay deeper in lists and quotes than anybody reads, and is left out.
  package var isCut: Bool

  /// - Parameter linesBefore: of the file that the text is from.
  package init(_ text: String, linesBefore: Int = 0) {
    (blocks, isCut) = CmarkReader.read(text, linesBefore: linesBefore)
  }

  package init(_ blocks: [Block]) {
    self.blocks = blocks
    isCut = false
  }
}

extension MarkdownText {
  /// Headings in their order, however deep they lie.
  package var headings: [(level: Int, words: String, line: Int)] {
    var found: [(level: Int, words: String, line: Int)] = []
    forEachBlock { block in
      if case .heading(let level, let words) = block.content {
        found.append((level, words.plain, block.line))
      }
    }
    return found
  }

  /// What a link may name with `#`: headings as GitHub spells them, each once.
  package var anchors: [String] {
    var counts: [String: Int] = [:]
    return headings.map { heading in
      let anchor = MarkdownText.anchor(of: heading.words)
      let count = counts[anchor, default: 0]
      counts[anchor] = count + 1
      return count == 0 ? anchor : "\(anchor)-\(count)"
    }
  }

  /// `## Slow Read Requests!` is `slow-read-requests`.
  package static func anchor(of heading: String) -> String {
    String(
      heading.lowercased().compactMap { character -> Character? in
        if character == " " { return "-" }
        return character.isLetter || character.isNumber || character == "-" || character == "_"
          ? character : nil
      })
  }

  /// Where its links and images lead, with the line of the block that each is in.
  package var links: [(destination: String, line: Int)] {
    var found: [(destination: String, line: Int)] = []
    forEachInline { part, line in
      switch part {
      case .link(let destination, _), .image(let destination, _):
        found.append((destination, line))
      default: break
      }
    }
    return found
  }

  /// Each run of plain words, and each code in a line, with the line of its block.
  package func forEachText(_ body: (String, Int) -> Void) {
    forEachInline { part, line in
      switch part {
      case .text(let text), .code(let text): body(text, line)
      default: break
      }
    }
  }

  /// Each part of a line, and those within it after it, with the line of its block.
  package func forEachInline(_ body: (Inline, Int) -> Void) {
    func look(_ parts: [Inline], _ line: Int) {
      for part in parts {
        body(part, line)
        switch part {
        case .link(_, let inner), .image(_, let inner), .emphasis(let inner), .strong(let inner),
          .struck(let inner):
          look(inner, line)
        case .text, .code, .html, .softBreak, .lineBreak: break
        }
      }
    }
    forEachBlock { block in
      switch block.content {
      case .heading(_, let words), .paragraph(let words): look(words, block.line)
      case .table(let table):
        for cell in table.header + table.rows.flatMap({ $0 }) { look(cell, block.line) }
      case .list, .code, .quote, .admonition, .details, .html, .rule: break
      }
    }
  }

  /// Each block, and those within it after it.
  package func forEachBlock(_ body: (Block) -> Void) {
    func walk(_ blocks: [Block]) {
      for block in blocks {
        body(block)
        switch block.content {
        case .list(let list): for item in list.items { walk(item.blocks) }
        case .quote(let inner), .admonition(_, let inner), .details(_, let inner): walk(inner)
        case .heading, .paragraph, .code, .table, .html, .rule: break
        }
      }
    }
    walk(blocks)
  }
}
