internal import Canvas

/// What a mouse did, as terminals report it in the SGR form (`ESC [ < button ; x ; y M`), the only
/// one that is asked for: its coordinates have no limit and its bytes are never taken for keys.
enum MouseReport {
  /// Button presses and the wheel; no movement.
  static let on = "\u{1b}[?1000h\u{1b}[?1006h"
  static let off = "\u{1b}[?1006l\u{1b}[?1000l"

  /// Reads a whole report from the front: how many bytes it took, and what it tells if anything;
  /// nil where there is none, or not all of it yet.
  static func read(_ bytes: ArraySlice<UInt8>) -> (used: Int, mouse: Mouse?)? {
    guard bytes.starts(with: [0x1b, UInt8(ascii: "["), UInt8(ascii: "<")]) else { return nil }
    let body = bytes.dropFirst(3).prefix(32)
    guard let end = body.firstIndex(where: { !isParameter($0) }) else { return nil }
    let used = end - bytes.startIndex + 1
    let isPress = body[end] == UInt8(ascii: "M")
    guard isPress || body[end] == UInt8(ascii: "m") else { return nil }
    let numbers = body[..<end].split(separator: UInt8(ascii: ";"))
      .map { $0.reduce(0) { min(99_999, $0 * 10 + Int($1 & 0x0f)) } }
    guard isPress, numbers.count == 3, numbers[1] > 0, numbers[2] > 0 else { return (used, nil) }
    let point = Point(numbers[1] - 1, numbers[2] - 1)
    // Shift, Alt and Control add 4, 8 and 16, and change nothing here.
    switch numbers[0] & ~0b11100 {
    case 0: return (used, .press(point))
    case 64: return (used, .wheel(-3, point))
    case 65: return (used, .wheel(3, point))
    default: return (used, nil)
    }
  }

  private static func isParameter(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || byte == UInt8(ascii: ";")
  }
}
