import Containment

/// What is said to an action, as a line: `limit=32 mode="very soft"`.
enum ArgumentLine {
  /// What was said before, else the usual values; what has none stands there without.
  static func usual(_ parameters: [Parameter], _ before: [ActionPlan.Given] = []) -> String {
    parameters.map { parameter in
      let value = before.first { $0.name == parameter.name }?.value ?? parameter.usual
      return "\(parameter.name)=\(value.map { quoted($0.words) } ?? "")"
    }.joined(separator: " ")
  }

  private static func quoted(_ text: String) -> String {
    guard text.isEmpty || text.contains(where: { " \"\\".contains($0) }) else { return text }
    var result = "\""
    for character in text {
      if character == "\"" || character == "\\" { result.append("\\") }
      result.append(character)
    }
    return result + "\""
  }

  /// Every argument, checked; what is left out is as usual.
  static func read(
    _ line: String, _ parameters: [Parameter]
  ) throws(ArgumentError) -> [String: Argument] {
    var found: [String: Argument] = [:]
    for (name, text) in try words(line) {
      guard let parameter = parameters.first(where: { $0.name == name }) else {
        let all = parameters.map(\.name).joined(separator: ", ")
        throw ArgumentError(reason: "nothing is called \(name) here: \(all)")
      }
      guard found[name] == nil else { throw ArgumentError(reason: "\(name) is said twice") }
      guard !text.isEmpty else { throw ArgumentError(reason: "\(name) is not said") }
      found[name] = try parameter.argument(text)
    }
    for parameter in parameters where found[parameter.name] == nil {
      guard let usual = parameter.usual else {
        throw ArgumentError(reason: "\(parameter.name) is not said")
      }
      found[parameter.name] = try parameter.checked(usual)
    }
    return found
  }

  private static func words(
    _ line: String
  ) throws(ArgumentError) -> [(name: String, text: String)] {
    var words: [(name: String, text: String)] = []
    var rest = Substring(line)
    while true {
      rest = rest.drop { $0 == " " }
      guard !rest.isEmpty else { return words }
      guard let sign = rest.firstIndex(of: "="), sign != rest.startIndex,
        !rest[..<sign].contains(" ")
      else {
        throw ArgumentError(
          reason: "expected name=value, found '\(rest.prefix { $0 != " " })'")
      }
      let name = String(rest[..<sign])
      rest = rest[rest.index(after: sign)...]
      words.append((name, try value(&rest)))
    }
  }

  /// Up to a space, or in quotes.
  private static func value(_ rest: inout Substring) throws(ArgumentError) -> String {
    guard rest.first == "\"" else {
      let text = rest.prefix { $0 != " " }
      rest = rest[text.endIndex...]
      return String(text)
    }
    rest.removeFirst()
    var text = ""
    while let character = rest.popFirst() {
      switch character {
      case "\"":
        guard rest.isEmpty || rest.first == " " else {
          throw ArgumentError(reason: "expected a space after the quote, found '\(rest.prefix(1))'")
        }
        return text
      case "\\":
        guard let next = rest.popFirst() else { break }
        text.append(next)
      default: text.append(character)
      }
    }
    throw ArgumentError(reason: "a quote is not closed")
  }
}
