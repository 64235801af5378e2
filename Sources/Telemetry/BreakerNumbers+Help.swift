extension BreakerNumbers {
  /// The encoding that a metric's own help text states: `0=closed, 1=open, 2=half-open`,
  /// `closed (0), open (1) or half-open (2)`.
  ///
  /// Only a text in which numbers and states take turns is believed, and only if it names closed
  /// and open with different numbers; anything else says nothing, rather than something wrong.
  public init?(help: String) {
    var marks: [Mark] = []
    for word in BreakerNumbers.words(of: help) {
      if let number = Double(word), word.utf8.count <= 2 {
        marks.append(.number(number))
      } else if let state = BreakerState(word: word), word.lowercased() != "up" {
        // `half open` in two words.
        if state == .open, marks.last == .state(.halfOpen) { continue }
        marks.append(.state(state))
      }
    }
    guard marks.count >= 4, marks.count % 2 == 0 else { return nil }
    var found: [BreakerState: Double] = [:]
    for pair in stride(from: 0, to: marks.count, by: 2) {
      switch (marks[pair], marks[pair + 1]) {
      case (.number(let number), .state(let state)), (.state(let state), .number(let number)):
        // All pairs the same way round, each state and each number once.
        guard marks[pair].isNumber == marks[0].isNumber, found[state] == nil,
          !found.values.contains(number)
        else { return nil }
        found[state] = number
      default: return nil
      }
    }
    guard let closed = found[.closed], let open = found[.open] else { return nil }
    self.init(closed: closed, halfOpen: found[.halfOpen], open: open)
  }

  private enum Mark: Equatable {
    case number(Double)
    case state(BreakerState)
    var isNumber: Bool { if case .number = self { true } else { false } }
  }

  /// Runs of letters (with `-` and `_` inside them) and runs of digits.
  private static func words(of text: String) -> [String] {
    var words: [String] = []
    var word = ""
    for character in text.prefix(512) {
      let joins =
        character.isLetter && !(word.first?.isNumber ?? false)
        || character.isNumber && (word.isEmpty || word.first?.isNumber == true)
        || (character == "-" || character == "_") && word.first?.isLetter == true
      if joins {
        word.append(character)
        continue
      }
      if !word.isEmpty { words.append(word) }
      word = character.isLetter || character.isNumber ? String(character) : ""
    }
    if !word.isEmpty { words.append(word) }
    return words.map { $0.trimmingSeparators }
  }
}

extension String {
  fileprivate var trimmingSeparators: String {
    var rest = Substring(self)
    while let last = rest.last, last == "-" || last == "_" { rest.removeLast() }
    return String(rest)
  }
}
