/// Where a journal's chain stood after an audit entry: kept elsewhere, it shows whether the file was
/// written anew or lost its tail since.
package struct JournalHead: Sendable, Hashable, Codable {
  /// The last entry of the batch that the link is of.
  package var sequence: UInt64
  package var link: Link

  package init(sequence: UInt64, link: Link) {
    self.sequence = sequence
    self.link = link
  }

  /// What the system log is told: `journal shop head 4711 9f86d081…`
  package func line(of fleet: String) -> String {
    "journal \(JournalPlace.name(fleet)) head \(sequence) \(link)"
  }

  /// The heads of a fleet's journal that some text tells of, such as lines of the system log, in the
  /// order of the text.
  package static func found(in text: String, of fleet: String) -> [JournalHead] {
    let name = JournalPlace.name(fleet)
    return text.split(whereSeparator: \.isNewline).compactMap { line in
      let words = line.split(separator: " ", omittingEmptySubsequences: true)
      guard words.count >= 5 else { return nil }
      let last = words.count - 5
      guard words[last] == "journal", words[last + 1] == name, words[last + 2] == "head",
        let sequence = UInt64(words[last + 3]), let link = Link(hex: words[last + 4])
      else { return nil }
      return JournalHead(sequence: sequence, link: link)
    }
  }

  /// A head as a person hands it over: `4711:9f86d081…`, or a whole line of the log.
  package init?(_ text: String) {
    let words = text.split { $0 == " " || $0 == ":" }
    guard words.count >= 2, let sequence = UInt64(words[words.count - 2]),
      let link = Link(hex: words[words.count - 1])
    else { return nil }
    self.init(sequence: sequence, link: link)
  }
}

extension Link: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let link = Link(hex: try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "a link is 64 hexadecimal digits")
    }
    self = link
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }
}
