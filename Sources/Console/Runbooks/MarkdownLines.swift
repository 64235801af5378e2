import Canvas
import Markdown
import Runbooks

/// Markdown as lines of a screen: wrapped, calm, and with the values of the moment put in.
struct MarkdownLines {
  let width: Int
  /// What stands for a value that the author asks for.
  let value: (LiveValue) -> [Run]

  /// - Parameter indent: columns that every line begins with.
  func lines(_ blocks: [Block], indent: Int = 0, isTight: Bool = false) -> [[Run]] {
    var lines: [[Run]] = []
    for block in blocks {
      if !lines.isEmpty, !isTight { lines.append([]) }
      lines += self.lines(block, indent: indent)
    }
    return lines
  }

  private func lines(_ block: Block, indent: Int) -> [[Run]] {
    switch block.content {
    case .heading(let level, let words):
      return wrapped(runs(words, level <= 2 ? Style(.title) : Style(.strong)), indent)
    case .paragraph(let words): return wrapped(runs(words), indent)
    case .list(let list): return listed(list, indent)
    case .code(let fence): return code(fence, indent)
    case .quote(let inner): return barred(inner, indent, Style(.dim))
    case .admonition(let kind, let inner):
      let isGrave = kind == .warning || kind == .caution
      let style = Style(isGrave ? .warning : .info)
      let sign = isGrave ? "▲ " : "● "
      return [pad(indent) + [Run(sign + kind.rawValue.uppercased(), style)]]
        + barred(inner, indent, style)
    case .details(let summary, let inner):
      return wrapped([Run("▾ " + summary, .strong)], indent)
        + lines(inner, indent: indent + 2, isTight: true)
    case .table(let table): return rows(of: table, indent)
    case .html(let html):
      let text = html.replacing(/<[^>]{0,500}>/, with: "").split(separator: "\n").joined(
        separator: " ")
      return text.allSatisfy(\.isWhitespace) ? [] : wrapped([Run(text, .dim)], indent)
    case .rule:
      return [pad(indent) + [Run(String(repeating: "─", count: max(1, width - indent)), .rule)]]
    }
  }

  // MARK: Words

  /// One line of words as runs, in one style but for what is marked in it.
  func runs(_ parts: [Inline], _ style: Style = .text) -> [Run] {
    parts.flatMap { part -> [Run] in
      switch part {
      case .text(let text): return valued(text, style)
      case .code(let text): return valued(text, Style(.info))
      case .emphasis(let inner): return runs(inner, style == .text ? Style(.strong) : style)
      case .strong(let inner): return runs(inner, Style(.strong))
      case .struck(let inner): return runs(inner, Style(.dim))
      case .link(let destination, let inner):
        let isAction = destination.hasPrefix("action:")
        return runs(inner, Style(isAction ? .key : .link))
      case .image(_, let inner): return [Run("[picture: \(inner.plain)]", .dim)]
      case .html: return []
      case .softBreak: return [Run(" ", style)]
      case .lineBreak: return [Run("\n", style)]
      }
    }
  }

  private func valued(_ text: String, _ style: Style) -> [Run] {
    LiveValue.pieces(of: text).flatMap { piece -> [Run] in
      switch piece {
      case .text(let text): [Run(text, style)]
      case .value(let asked): value(asked)
      case .flaw(let written, _): [Run(written, Style(.warning))]
      }
    }
  }

  private func pad(_ indent: Int) -> [Run] {
    indent > 0 ? [Run(String(repeating: " ", count: indent))] : []
  }

  private func wrapped(_ runs: [Run], _ indent: Int, hang: Int = 0) -> [[Run]] {
    LineBreaker.lines(runs, width: width - indent, indent: hang).map { pad(indent) + $0 }
  }

  // MARK: Blocks

  private func listed(_ list: Markdown.BlockList, _ indent: Int) -> [[Run]] {
    var lines: [[Run]] = []
    for (place, item) in list.items.enumerated() {
      if !list.isTight, place > 0 { lines.append([]) }
      var sign = list.start.map { "\($0 + place). " } ?? "· "
      if let isChecked = item.isChecked { sign = isChecked ? "[x] " : "[ ] " }
      var inner = self.lines(item.blocks, indent: indent + sign.count, isTight: list.isTight)
      if inner.isEmpty { inner = [pad(indent + sign.count)] }
      inner[0] =
        pad(indent) + [Run(sign, .dim)] + inner[0].dropFirst(indent + sign.count > 0 ? 1 : 0)
      lines += inner
    }
    return lines
  }

  /// What could be pasted is never broken at a space: a line that is too long goes on below, marked.
  private func code(_ fence: CodeFence, _ indent: Int) -> [[Run]] {
    var lines: [[Run]] = []
    if let name = fence.name { lines.append(pad(indent) + [Run("│ ", .rule), Run(name, .dim)]) }
    let room = max(8, width - indent - 2)
    var text = fence.text[...]
    if text.last == "\n" { text.removeLast() }
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let isComment = line.drop { $0 == " " }.hasPrefix("#")
      var rest = String(line)
      var isFirst = true
      repeat {
        let piece = Self.prefix(of: rest, columns: isFirst ? room : room - 2)
        rest.removeFirst(piece.count)
        lines.append(
          pad(indent)
            + [
              Run("│ ", .rule), Run(isFirst ? "" : "↪ ", .dim),
              Run(piece, isComment ? .dim : .info),
            ])
        isFirst = false
      } while !rest.isEmpty
    }
    return lines
  }

  private static func prefix(of text: String, columns: Int) -> String {
    var used = 0
    var result = ""
    for character in text {
      let wide = max(1, DisplayText.width(of: String(character)))
      if used + wide > columns, !result.isEmpty { break }
      result.append(character)
      used += wide
    }
    return result
  }

  private func barred(_ inner: [Block], _ indent: Int, _ style: Style) -> [[Run]] {
    MarkdownLines(width: width - indent - 2, value: value).lines(inner).map {
      pad(indent) + [Run("│ ", style)] + $0
    }
  }

  /// Columns where they fit beside each other, else each row as a small list of its own.
  private func rows(of table: Markdown.Table, _ indent: Int) -> [[Run]] {
    let header = table.header.map { runs($0, Style(.strong)) }
    let rows = table.rows.map { $0.map { runs($0) } }
    let widths = header.indices.map { column in
      ([header[column]] + rows.map { column < $0.count ? $0[column] : [] }).map { $0.width() }.max()
        ?? 0
    }
    let room = width - indent
    if widths.reduce(0, { $0 + $1 + 2 }) - 2 <= room {
      return ([header] + rows).map { row in
        var line = pad(indent)
        for column in header.indices {
          let cell = column < row.count ? row[column] : []
          let gap = String(repeating: " ", count: widths[column] - cell.width())
          if table.alignments[column] == .right {
            line += [Run(gap)] + cell
          } else {
            line += cell + [Run(gap)]
          }
          line.append(Run("  "))
        }
        return line
      }
    }
    return rows.flatMap { row -> [[Run]] in
      header.indices.flatMap { column -> [[Run]] in
        let cell = column < row.count ? row[column] : []
        return wrapped(
          header[column] + [Run(": ", .dim)] + cell, indent + (column == 0 ? 0 : 2), hang: 2)
      }
    }
  }
}
