/// Lets through what curses writes, but says each colour and attribute only when a cell needs it.
///
/// Curses names foreground and background with every change of either, resets before it sets, and
/// names what nothing is then drawn in; on a slow link that is most of a frame. The filter keeps two
/// renditions, the one the terminal has and the one last asked for, and writes the difference in
/// front of the next thing that is drawn or erased. What it does not know it lets through as it is,
/// and starts again from a reset.
package struct RenditionFilter {
  /// Whether the terminal turns single attributes off (SGR 22, 24, 27); a VT100 knows only 0.
  private let turnsOff: Bool
  private var shown: Rendition? = nil
  private var wanted = Rendition()
  private var sequence: [UInt8] = []
  private var phase = Phase.text

  private enum Phase { case text, escape, control, designation, string }

  package init(turnsOff: Bool) { self.turnsOff = turnsOff }

  /// Appends to `output` what the terminal needs of `input`. Sequences may be cut anywhere.
  package mutating func pass(_ input: some Sequence<UInt8>, into output: inout [UInt8]) {
    for byte in input {
      switch phase {
      case .text: text(byte, &output)
      case .escape: escape(byte, &output)
      case .control:
        sequence.append(byte)
        if (0x40...0x7e).contains(byte) { control(byte, &output) }
      case .designation:
        sequence.append(byte)
        if sequence[1] == UInt8(ascii: "(") {
          wanted.charset = byte
          end()
        } else {
          through(&output)
        }
      case .string:
        sequence.append(byte)
        let endsInST = byte == UInt8(ascii: "\\") && sequence.dropLast().last == 0x1b
        if byte == 0x07 || endsInST { through(&output) }
      }
    }
  }

  /// Brings the terminal to the rendition last asked for, with nothing to draw in it: before it is
  /// given back.
  package mutating func settle(into output: inout [UInt8]) { change(&output) }

  /// Another program may have written since: nothing is known of the terminal's rendition.
  package mutating func forget() { shown = nil }

  // MARK: Bytes

  private mutating func text(_ byte: UInt8, _ output: inout [UInt8]) {
    switch byte {
    case 0x1b:
      phase = .escape
      sequence = [byte]
    // Shift out and in choose the character set, and are part of the rendition.
    case 0x0e: wanted.isShifted = true
    case 0x0f: wanted.isShifted = false
    case 0x0d, 0x08, 0x07, 0x00: output.append(byte)
    case 0x20:
      blank(&output)
      output.append(byte)
    default:
      change(&output)
      output.append(byte)
    }
  }

  private mutating func escape(_ byte: UInt8, _ output: inout [UInt8]) {
    sequence.append(byte)
    switch byte {
    case UInt8(ascii: "["): phase = .control
    case UInt8(ascii: "("), UInt8(ascii: ")"): phase = .designation
    case UInt8(ascii: "]"), UInt8(ascii: "P"): phase = .string
    default: through(&output)
    }
  }

  private mutating func control(_ final: UInt8, _ output: inout [UInt8]) {
    switch final {
    case UInt8(ascii: "m"):
      var next = wanted
      if next.apply(sequence[2..<(sequence.count - 1)]) {
        wanted = next
        end()
      } else {
        through(&output)
      }
    case _ where Self.moves.contains(final):
      output += sequence
      end()
    case UInt8(ascii: "h"), UInt8(ascii: "l"), UInt8(ascii: "t"):
      // The other screen and the saved cursor may come with a rendition of their own.
      through(&output)
    case _ where Self.erasures.contains(final):
      blank(&output)
      output += sequence
      end()
    default:
      change(&output)
      output += sequence
      end()
    }
  }

  /// Cursor movement and margins: nothing is drawn or erased.
  private static let moves = Set("ABCDEFGHdefr".utf8)

  private static let erasures = Set("JKX@P".utf8)

  private mutating func through(_ output: inout [UInt8]) {
    change(&output)
    output += sequence
    shown = nil
    end()
  }

  private mutating func end() {
    phase = .text
    sequence.removeAll(keepingCapacity: true)
  }

  // MARK: The difference

  /// Before something that shows no ink: only its ground has to be right.
  private mutating func blank(_ output: inout [UInt8]) {
    change(to: shown.flatMap { $0.blank(as: wanted) } ?? wanted, &output)
  }

  private mutating func change(_ output: inout [UInt8]) { change(to: wanted, &output) }

  private mutating func change(to wanted: Rendition, _ output: inout [UInt8]) {
    let old = shown
    if old == wanted { return }
    shown = wanted
    if let charset = wanted.charset, old?.charset != charset {
      output += [0x1b, UInt8(ascii: "("), charset]
    }
    if old.map({ $0.isShifted != wanted.isShifted }) ?? wanted.isShifted {
      output.append(wanted.isShifted ? 0x0e : 0x0f)
    }
    var difference = wanted.parameters(from: old, turnsOff: turnsOff)
    if difference.isEmpty { return }
    difference.removeLast()
    output += [0x1b, UInt8(ascii: "[")]
    output += difference
    output.append(UInt8(ascii: "m"))
  }
}
