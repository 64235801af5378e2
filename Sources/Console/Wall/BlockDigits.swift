import Canvas

/// Digits that are read from across a room: full cells, two of which make a square, in the rows of a small font.
///
/// Also the signs and the few letters that a wall has to say as loud as a number.
struct BlockDigits: Sendable, Hashable {
  /// Rows of a glyph before they are enlarged.
  enum Font: Int, Sendable, Hashable { case five = 5, seven = 7 }

  private let font: Font
  /// Cells that a dot of the font is wide and high.
  private let across: Int
  private let down: Int

  private init(_ font: Font, _ across: Int, _ down: Int) {
    self.font = font
    self.across = across
    self.down = down
  }

  /// From the largest to those that are only still legible.
  static let sizes = [
    BlockDigits(.seven, 6, 3), BlockDigits(.five, 6, 3), BlockDigits(.seven, 4, 2),
    BlockDigits(.five, 4, 2), BlockDigits(.seven, 2, 1), BlockDigits(.five, 2, 1),
    BlockDigits(.seven, 1, 1), BlockDigits(.five, 1, 1),
  ]

  /// A dot is half as wide as it is high: legible, but not from the back of the room.
  var isThin: Bool { across == down }

  var height: Int { font.rawValue * down }

  /// Columns that `text` takes.
  func width(of text: String) -> Int {
    let dots = text.reduce(-1) { $0 + glyph($1)[0].utf8.count + 1 }
    return max(0, dots) * across
  }

  /// Draws `text`, whose top left corner is at `point`.
  func draw(_ text: String, on canvas: Canvas, at point: Point, _ style: Style) {
    var x = point.x
    for character in text {
      let glyph = glyph(character)
      for (row, dots) in glyph.enumerated() {
        for (column, dot) in dots.utf8.enumerated() where dot == UInt8(ascii: "#") {
          let place = Rect(
            x: x + column * across, y: point.y + row * down, width: across, height: down)
          canvas.fill(place, style, with: "█")
        }
      }
      x += (glyph[0].utf8.count + 1) * across
    }
  }

  /// What there is no glyph for is not known.
  private func glyph(_ character: Character) -> [Substring] {
    let glyphs = font == .five ? BlockDigits.five : BlockDigits.seven
    return glyphs[character] ?? glyphs["?"] ?? [""]
  }

  private static func table(_ rows: [(String, String)]) -> [Character: [Substring]] {
    var table: [Character: [Substring]] = [:]
    for (names, dots) in rows {
      for name in names { table[name] = dots.split(separator: " ") }
    }
    return table
  }

  private static let five = table([
    ("0O", "### #.# #.# #.# ###"), ("1", ".#. ##. .#. .#. ###"), ("2", "### ..# ### #.. ###"),
    ("3", "### ..# .## ..# ###"), ("4", "#.# #.# ### ..# ..#"), ("5", "### #.. ### ..# ###"),
    ("6", "### #.. ### #.# ###"), ("7", "### ..# ..# ..# ..#"), ("8", "### #.# ### #.# ###"),
    ("9", "### #.# ### ..# ###"), (".", ". . . . #"), (":", ". # . # ."),
    ("%", "##..# ##.#. ..#.. .#.## #..##"), ("<", "..# .#. #.. .#. ..#"),
    (">", "#.. .#. ..# .#. #.."), ("-–", "... ... ### ... ..."), ("+", "... .#. ### .#. ..."),
    ("?", "### ..# .## ... .#."), ("s", ".## #.. .#. ..# ##."),
    ("m", "..... ####. #.#.# #.#.# #.#.#"), ("h", "#.. #.. ### #.# #.#"),
    ("d", "..# ..# ### #.# ###"), ("k", "#.. #.# ##. ##. #.#"), ("x", "... #.# .#. #.# ..."),
    ("A", "### #.# ### #.# #.#"), ("B", "##. #.# ##. #.# ##."), ("D", "##. #.# #.# #.# ##."),
    ("E", "### #.. ##. #.. ###"), ("H", "#.# #.# ### #.# #.#"), ("I", "### .#. .#. .#. ###"),
    ("K", "#.# #.# ##. #.# #.#"), ("L", "#.. #.. #.. #.. ###"), ("N", "#..# ##.# #.## #..# #..#"),
    ("P", "### #.# ### #.. #.."), ("S", "### #.. ### ..# ###"), ("T", "### .#. .#. .#. .#."),
  ])

  private static let seven = table([
    ("0O", ".###. #...# #...# #...# #...# #...# .###."),
    ("1", "..#.. .##.. ..#.. ..#.. ..#.. ..#.. .###."),
    ("2", ".###. #...# ....# ..##. .#... #.... #####"),
    ("3", "####. ....# ....# .###. ....# ....# ####."),
    ("4", "#..#. #..#. #..#. ##### ...#. ...#. ...#."),
    ("5", "##### #.... ####. ....# ....# #...# .###."),
    ("6", ".###. #.... #.... ####. #...# #...# .###."),
    ("7", "##### ....# ...#. ..#.. ..#.. ..#.. ..#.."),
    ("8", ".###. #...# #...# .###. #...# #...# .###."),
    ("9", ".###. #...# #...# .#### ....# ....# .###."),
    (".", ".. .. .. .. .. ## ##"), (":", ". . # . # . ."),
    ("%", "##..# ##..# ...#. ..#.. .#... #..## #..##"),
    ("<", "...# ..#. .#.. #... .#.. ..#. ...#"), (">", "#... .#.. ..#. ...# ..#. .#.. #..."),
    ("-–", ".... .... .... #### .... .... ...."),
    ("+", "..... ..#.. ..#.. ##### ..#.. ..#.. ....."),
    ("?", ".###. #...# ....# ...#. ..#.. ..... ..#.."),
    ("s", ".... .... .### #... .##. ...# ###."), ("m", "..... ..... ####. #.#.# #.#.# #.#.# #.#.#"),
    ("h", "#... #... #... ###. #..# #..# #..#"), ("d", "...# ...# ...# .### #..# #..# .###"),
    ("k", "#... #... #..# #.#. ##.. #.#. #..#"), ("x", "..... ..... #...# .#.#. ..#.. .#.#. #...#"),
    ("A", ".###. #...# #...# ##### #...# #...# #...#"),
    ("B", "####. #...# #...# ####. #...# #...# ####."),
    ("D", "####. #...# #...# #...# #...# #...# ####."),
    ("E", "##### #.... #.... ####. #.... #.... #####"),
    ("H", "#...# #...# #...# ##### #...# #...# #...#"), ("I", "### .#. .#. .#. .#. .#. ###"),
    ("K", "#...# #..#. #.#.. ##... #.#.. #..#. #...#"),
    ("L", "#.... #.... #.... #.... #.... #.... #####"),
    ("N", "#...# ##..# #.#.# #.#.# #..## #...# #...#"),
    ("P", "####. #...# #...# ####. #.... #.... #...."),
    ("S", ".#### #.... #.... .###. ....# ....# ####."),
    ("T", "##### ..#.. ..#.. ..#.. ..#.. ..#.. ..#.."),
  ])
}
