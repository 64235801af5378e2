/// Finds many names in a text in one walk over it, also those of which the text was cut off.
///
/// What it takes grows with the bytes of the names, and with those of the text: never with both.
package struct NameFinder: Sendable {
  /// A byte that names have in the same place behind the same beginning.
  private struct Node: Sendable {
    var byte: UInt8
    /// The first of those that may follow; 0, which is where all begin, for none.
    var next = 0
    /// The next that may stand in its place; 0 for none.
    var other = 0
    /// In place of the name that ends here.
    var word: String?
    /// Whether it is that name only where it stands alone, however long it is.
    var standsAlone = false
  }

  private var nodes = [Node(byte: 0)]

  /// Bytes of names that were looked at to add them.
  package private(set) var cost = 0

  /// A shorter one is a name only where it stands alone: `db` is in many words.
  private static let telling = 4

  /// How those who cut a text off say so.
  private static let cuts = ["…", "..."].map { Array($0.utf8) }

  package init() {}

  /// Of names that differ in case alone the first is found.
  ///
  /// - Parameter standsAlone: it is in many words, whatever its length: `ready`, `status`.
  package mutating func add(_ name: String, _ word: String, standsAlone: Bool = false) {
    guard !name.isEmpty else { return }
    var node = 0
    for byte in name.utf8.lazy.map(NameFinder.folded) {
      if let next = self.node(behind: node, byte, &cost) {
        node = next
      } else {
        nodes.append(Node(byte: byte, other: nodes[node].next))
        nodes[node].next = nodes.count - 1
        node = nodes.count - 1
      }
    }
    if nodes[node].word == nil {
      nodes[node].word = word
      nodes[node].standsAlone = standsAlone
    } else if !standsAlone {
      nodes[node].standsAlone = false
    }
  }

  package func replaced(in text: String) -> String {
    var cost = 0
    return replaced(in: text, &cost)
  }

  /// - Parameter cost: grows by the bytes of names that were looked at.
  package func replaced(in text: String, _ cost: inout Int) -> String {
    let bytes = Array(text.utf8)
    let folded = bytes.map(NameFinder.folded)
    var result: [UInt8] = []
    var at = 0
    while at < bytes.count {
      if let (length, word) = name(in: folded, at, &cost) {
        result += Array(word.utf8)
        at += length
      } else {
        result.append(bytes[at])
        at += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// The longest name that begins at a place; for one that is cut off, of which nobody knows which it is, no word.
  private func name(in text: [UInt8], _ start: Int, _ cost: inout Int) -> (Int, String)? {
    let beginsWord = start == 0 || !NameFinder.isOfWord(text[start - 1])
    var found: (Int, String)?
    var node = 0
    var at = start
    while at < text.count, let next = self.node(behind: node, text[at], &cost) {
      node = next
      at += 1
      let isTelling = at - start >= NameFinder.telling
      let isCut = NameFinder.isCut(text, at)
      let endsWord = isCut || at == text.count || !NameFinder.isOfWord(text[at])
      if isCut, nodes[node].next != 0, isTelling || beginsWord {
        found = (at - start, "")
      } else if let word = nodes[node].word,
        isTelling && !nodes[node].standsAlone || beginsWord && endsWord
      {
        found = (at - start, word)
      }
    }
    return found
  }

  private func node(behind node: Int, _ byte: UInt8, _ cost: inout Int) -> Int? {
    var next = nodes[node].next
    while next != 0 {
      cost += 1
      if nodes[next].byte == byte { return next }
      next = nodes[next].other
    }
    return nil
  }

  private static func isCut(_ text: [UInt8], _ at: Int) -> Bool {
    cuts.contains { text[at...].starts(with: $0) }
  }

  private static func folded(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }

  private static func isOfWord(_ byte: UInt8) -> Bool {
    byte >= 0x80 || (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte)
  }
}
