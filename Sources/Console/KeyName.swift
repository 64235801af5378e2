package import Canvas

/// The names that people write keys by: those that help prints, and what else is common for them.
package enum KeyName {
  /// Why a text names no key that can be bound.
  package struct Problem: Error, Sendable, Hashable {
    package var sentence: String
  }

  /// What quits from anywhere, whatever else is bound.
  package static let panic = Key.control("c")

  /// Reads `p`, `G`, `Ctrl-F`, `Alt-x`, `PgDn`, `F5`; modifiers and names in any case.
  package static func read(_ text: String) throws(Problem) -> Key {
    let key = try parse(text)
    switch key {
    case panic: throw Problem(sentence: "Ctrl-C always quits, and can do nothing else")
    case .control("z"): throw Problem(sentence: "Ctrl-Z always stops Damcon; choose another key")
    case .control("i"): throw Problem(sentence: "terminals send Ctrl-I as Tab; write Tab")
    case .control("m"), .control("j"):
      throw Problem(sentence: "terminals send \(key.name(ascii: true)) as Enter; write Enter")
    case .control("h"):
      throw Problem(sentence: "terminals send Ctrl-H as Backspace; write Backspace")
    case .control("["): throw Problem(sentence: "terminals send Ctrl-[ as Esc; write Esc")
    default: return key
    }
  }

  private static let named: [String: Key] = [
    "space": .character(" "), "enter": .enter, "return": .enter, "esc": .escape, "escape": .escape,
    "tab": .tab, "shift-tab": .backTab, "backtab": .backTab, "backspace": .backspace,
    "del": .delete, "delete": .delete, "ins": .insert, "insert": .insert, "up": .up, "down": .down,
    "left": .left, "right": .right, "home": .home, "end": .end, "pgup": .pageUp,
    "pageup": .pageUp, "pgdn": .pageDown, "pagedown": .pageDown,
  ]

  private static func parse(_ text: String) throws(Problem) -> Key {
    if text.count == 1, let character = text.first {
      guard isPrintable(character) else { throw unknown(text) }
      return .character(character)
    }
    let lower = text.lowercased()
    if let key = named[lower] { return key }
    if lower.hasPrefix("f"), let number = Int(lower.dropFirst()), (1...12).contains(number) {
      return .function(number)
    }
    if lower == "ctrl-space" { return .control(" ") }
    let sign = text.suffix(1)
    if lower.hasPrefix("ctrl-"), text.count == 6, let letter = sign.lowercased().first,
      ("a"..."z").contains(letter) || "[\\]^_".contains(letter)
    {
      return .control(letter)
    }
    if lower.hasPrefix("alt-"), text.count == 5, let character = sign.first,
      isPrintable(character)
    {
      return .alt(character)
    }
    throw unknown(text)
  }

  private static func isPrintable(_ character: Character) -> Bool {
    character.unicodeScalars.allSatisfy { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
        .paragraphSeparator:
        false
      default: true
      }
    }
  }

  private static func unknown(_ text: String) -> Problem {
    Problem(
      sentence:
        "'\(DisplayText.sanitised(String(text.prefix(40))))' is no key; keys are such as p, "
        + "G, Ctrl-F, Alt-x, PgDn, Space, F5")
  }
}
