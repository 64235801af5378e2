import CCmark

/// Turns the nodes of libcmark-gfm into values.
struct CmarkReader {
  private let linesBefore: Int
  private var isCut = false

  /// Deeper than anybody reads; a stack is not without end, and a text may come from anywhere.
  private static let deepest = 48

  /// The table of extensions is one for the process, and filled once.
  private static let extensions: [String] = {
    cmark_gfm_core_extensions_ensure_registered()
    return ["table", "strikethrough", "autolink", "tasklist"]
  }()

  /// Bytes up to which bare addresses are looked for: for many of them in one paragraph that takes the
  /// square of their number.
  private static let longestLinked = 1 << 18

  static func read(_ text: String, linesBefore: Int) -> (blocks: [Block], isCut: Bool) {
    let parser = cmark_parser_new(CMARK_OPT_VALIDATE_UTF8)
    defer { cmark_parser_free(parser) }
    for name in extensions where name != "autolink" || text.utf8.count <= longestLinked {
      cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension(name))
    }
    var text = text
    text.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) {
        cmark_parser_feed(parser, $0.baseAddress, $0.count)
      }
    }
    guard let document = cmark_parser_finish(parser) else { return ([], false) }
    defer { cmark_node_free(document) }
    var reader = CmarkReader(linesBefore: linesBefore)
    let blocks = reader.blocks(in: document, depth: 0)
    return (blocks, reader.isCut)
  }

  private init(linesBefore: Int) { self.linesBefore = linesBefore }

  // MARK: Nodes

  private typealias Node = OpaquePointer

  private func children(of node: Node) -> some Sequence<Node> {
    sequence(state: cmark_node_first_child(node)) { next in
      defer { next = next.flatMap { cmark_node_next($0) } }
      return next
    }
  }

  private func type(of node: Node) -> String {
    cmark_node_get_type_string(node).map { String(cString: $0) } ?? ""
  }

  private func literal(_ node: Node) -> String {
    cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
  }

  private func line(_ node: Node) -> Int { Int(cmark_node_get_start_line(node)) + linesBefore }

  // MARK: Blocks

  private mutating func blocks(in node: Node, depth: Int) -> [Block] {
    guard depth < CmarkReader.deepest else {
      isCut = isCut || cmark_node_first_child(node) != nil
      return []
    }
    var blocks: [Block] = []
    for child in children(of: node) {
      guard let content = content(of: child, depth: depth) else { continue }
      blocks.append(Block(content, line: line(child)))
    }
    return Details.folded(blocks)
  }

  private mutating func content(of node: Node, depth: Int) -> Block.Content? {
    switch type(of: node) {
    case "heading":
      return .heading(level: Int(cmark_node_get_heading_level(node)), inlines(in: node, depth: 0))
    case "paragraph": return .paragraph(inlines(in: node, depth: 0))
    case "block_quote": return quote(blocks(in: node, depth: depth + 1))
    case "list": return .list(list(node, depth: depth))
    case "code_block":
      let info = cmark_node_get_fence_info(node).map { String(cString: $0) } ?? ""
      return .code(CodeFence(info: info, text: literal(node)))
    case "html_block":
      let text = literal(node)
      return CmarkReader.isComment(text) ? nil : .html(text)
    case "table": return .table(table(node))
    case "thematic_break": return .rule
    default: return nil
    }
  }

  private static func isComment(_ html: String) -> Bool {
    let text = html.trimmingSpaces
    return text.hasPrefix("<!--") && text.hasSuffix("-->")
  }

  private mutating func list(_ node: Node, depth: Int) -> BlockList {
    let isOrdered = cmark_node_get_list_type(node) == CMARK_ORDERED_LIST
    var items: [BlockList.Item] = []
    for child in children(of: node) {
      let isTask = type(of: child) == "tasklist"
      items.append(
        BlockList.Item(
          blocks: blocks(in: child, depth: depth + 1),
          isChecked: isTask ? cmark_gfm_extensions_get_tasklist_item_checked(child) : nil,
          line: line(child)))
    }
    return BlockList(
      start: isOrdered ? Int(cmark_node_get_list_start(node)) : nil,
      isTight: cmark_node_get_list_tight(node) != 0, items: items)
  }

  /// `> [!NOTE]` on a line of its own makes a quote a callout.
  private func quote(_ blocks: [Block]) -> Block.Content {
    guard let first = blocks.first, case .paragraph(let words) = first.content,
      case .text(let mark)? = words.first
    else { return .quote(blocks) }
    let marks = words.prefix { $0 != .softBreak && $0 != .lineBreak }
    let label = marks.plain.trimmingSpaces
    guard mark.hasPrefix("["), label.hasPrefix("[!"), label.hasSuffix("]"),
      let kind = Admonition(rawValue: label.dropFirst(2).dropLast().lowercased())
    else { return .quote(blocks) }
    let rest = Array(words.dropFirst(marks.count + 1))
    let said = rest.isEmpty ? [] : [Block(.paragraph(rest), line: first.line + 1)]
    return .admonition(kind, said + blocks.dropFirst())
  }

  private mutating func table(_ node: Node) -> Table {
    let columns = Int(cmark_gfm_extensions_get_table_columns(node))
    let alignments = cmark_gfm_extensions_get_table_alignments(node)
    var table = Table(
      alignments: (0..<columns).map { column in
        switch alignments?[column] {
        case UInt8(ascii: "l"): .left
        case UInt8(ascii: "c"): .center
        case UInt8(ascii: "r"): .right
        default: .none
        }
      }, header: [], rows: [])
    for row in children(of: node) {
      var cells: [[Inline]] = []
      for cell in children(of: row) { cells.append(inlines(in: cell, depth: 0)) }
      if type(of: row) == "table_header" { table.header = cells } else { table.rows.append(cells) }
    }
    return table
  }

  // MARK: Inlines

  private mutating func inlines(in node: Node, depth: Int) -> [Inline] {
    guard depth < CmarkReader.deepest else {
      isCut = true
      return []
    }
    var found: [Inline] = []
    for child in children(of: node) {
      guard let part = inline(child, depth: depth) else { continue }
      // What the parser tried as something else comes in pieces.
      if case .text(let more) = part, case .text(let before)? = found.last {
        found[found.count - 1] = .text(before + more)
      } else {
        found.append(part)
      }
    }
    return found
  }

  private mutating func inline(_ node: Node, depth: Int) -> Inline? {
    func destination() -> String { cmark_node_get_url(node).map { String(cString: $0) } ?? "" }
    switch type(of: node) {
    case "text": return .text(literal(node))
    case "code": return .code(literal(node))
    case "emph": return .emphasis(inlines(in: node, depth: depth + 1))
    case "strong": return .strong(inlines(in: node, depth: depth + 1))
    case "strikethrough": return .struck(inlines(in: node, depth: depth + 1))
    case "link": return .link(destination: destination(), inlines(in: node, depth: depth + 1))
    case "image": return .image(destination: destination(), inlines(in: node, depth: depth + 1))
    case "html_inline": return .html(literal(node))
    case "softbreak": return .softBreak
    case "linebreak": return .lineBreak
    default: return nil
    }
  }
}
