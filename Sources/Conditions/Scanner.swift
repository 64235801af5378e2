/// A place in a condition's bytes, and the small things that can be read there.
struct Scanner {
  let bytes: [UInt8]
  private(set) var position = 0

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The byte here; nil at the end.
  var byte: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func skipSpaces() {
    while let byte, Spelling.isSpace(byte) { position += 1 }
  }

  mutating func advance() { position += 1 }

  mutating func move(to position: Int) { self.position = position }

  /// Takes `text` if it stands here.
  mutating func take(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard position + count <= bytes.count else { return false }
    for i in 0..<count where bytes[position + i] != text.utf8Start[i] { return false }
    position += count
    return true
  }

  /// The longest run of bytes that are `wanted`.
  mutating func run(_ wanted: (UInt8) -> Bool) -> String {
    let start = position
    while let byte, wanted(byte) { position += 1 }
    return text(start..<position)
  }

  func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  /// The word here, without taking it.
  var word: String {
    var copy = self
    return copy.run(Spelling.isName)
  }

  /// What an error says was found here.
  var found: String {
    guard let byte else { return "the end" }
    if byte == UInt8(ascii: "\"") { return "a text in quotes" }
    var copy = self
    var text = copy.run(Spelling.isWord)
    if text.isEmpty {
      // One sign, whole.
      var end = position + 1
      while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
      text = self.text(position..<end)
    }
    return "'\(text.count > 40 ? text.prefix(40) + "…" : text)'"
  }

  /// Where `position` is, from 1, in Unicode scalars.
  func column(of position: Int) -> Int {
    1 + bytes.prefix(position).reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }
}
