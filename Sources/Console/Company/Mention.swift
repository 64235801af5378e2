import Fleet
import Incident

/// A note that calls somebody by name: `@ines look at the pool`.
struct Mention: Sendable, Hashable {
  var at: Instant
  var by: String
  var text: String

  /// Seconds that it stands, unless it is seen sooner.
  static let patience = 300.0

  /// Of `name`, by others, the newest first; as the log keeps them.
  static func all(of name: String, _ present: Present) -> [Mention] {
    var found: [Mention] = []
    for dated in present.notes.reversed() {
      guard present.now.seconds(since: dated.instant) < patience else { break }
      let line = dated.note.text
      guard dated.note.severity == .info, line.utf8.contains(UInt8(ascii: "@")),
        let verb = line.firstRange(of: " noted: ")
      else { continue }
      let (by, text) = (String(line[..<verb.lowerBound]), String(line[verb.upperBound...]))
      guard by != name, calls(name, in: text) else { continue }
      found.append(Mention(at: dated.instant, by: by, text: text))
    }
    return found
  }

  /// Whether `text` holds `@name` as a word of its own: neither part of a longer name nor of an address.
  static func calls(_ name: String, in text: String) -> Bool {
    let text = Array(text.lowercased())
    let name = Array(name.lowercased())
    guard !name.isEmpty else { return false }
    func isWord(_ place: Int) -> Bool {
      guard text.indices.contains(place) else { return false }
      let character = text[place]
      return character.isLetter || character.isNumber || character == "_" || character == "-"
    }
    for place in text.indices where text[place] == "@" && !isWord(place - 1) {
      let end = place + 1 + name.count
      guard end <= text.count, text[(place + 1)..<end].elementsEqual(name), !isWord(end) else {
        continue
      }
      // A full stop ends a sentence, or goes on with a longer name.
      if end < text.count, text[end] == ".", isWord(end + 1) { continue }
      return true
    }
    return false
  }
}
