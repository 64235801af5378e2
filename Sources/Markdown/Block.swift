/// A block of a text, and where it begins.
package struct Block: Sendable, Hashable {
  package var content: Content
  /// From 1.
  package var line: Int

  package indirect enum Content: Sendable, Hashable {
    /// Level 1 to 6.
    case heading(level: Int, [Inline])
    case paragraph([Inline])
    case list(BlockList)
    case code(CodeFence)
    case quote([Block])
    case admonition(Admonition, [Block])
    /// What is folded away under a summary.
    case details(summary: String, [Block])
    case table(Table)
    /// Kept as it is written; never run, never fetched.
    case html(String)
    case rule
  }

  package init(_ content: Content, line: Int) {
    self.content = content
    self.line = line
  }
}

/// The callouts of GitHub: `> [!WARNING]`.
package enum Admonition: String, Sendable, Hashable, CaseIterable {
  case note, tip, important, warning, caution
}

/// Items in their order.
package struct BlockList: Sendable, Hashable {
  /// The number of the first; nil where they have bullets.
  package var start: Int?
  /// No empty lines between them.
  package var isTight: Bool
  package var items: [Item]

  package struct Item: Sendable, Hashable {
    package var blocks: [Block]
    /// `[x]` and `[ ]`; nil where it has no box.
    package var isChecked: Bool?
    /// From 1.
    package var line: Int
  }
}

package struct Table: Sendable, Hashable {
  package enum Alignment: Sendable, Hashable { case none, left, center, right }

  /// By column.
  package var alignments: [Alignment]
  package var header: [[Inline]]
  /// Each as wide as the header.
  package var rows: [[[Inline]]]

  package init(alignments: [Alignment], header: [[Inline]], rows: [[[Inline]]]) {
    self.alignments = alignments
    self.header = header
    self.rows = rows
  }
}
