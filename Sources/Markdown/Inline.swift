/// A part of a line of text.
package indirect enum Inline: Sendable, Hashable {
  case text(String)
  case code(String)
  case emphasis([Inline])
  case strong([Inline])
  case struck([Inline])
  case link(destination: String, [Inline])
  /// Shown by its words.
  case image(destination: String, [Inline])
  case html(String)
  /// Where the author broke the line; a space to whoever reads.
  case softBreak
  case lineBreak
}

extension Inline {
  /// Its words alone.
  package var plain: String {
    switch self {
    case .text(let text), .code(let text): text
    case .emphasis(let parts), .strong(let parts), .struck(let parts), .link(_, let parts),
      .image(_, let parts):
      parts.plain
    case .html: ""
    case .softBreak, .lineBreak: " "
    }
  }
}

extension Sequence<Inline> {
  package var plain: String { map(\.plain).joined() }
}
