/// Reads the expressions that `PromQL` evaluates.
struct PromQLParser {
  private let characters: [Character]
  private var position = 0

  init(_ text: String) { characters = Array(text) }

  mutating func parse() throws -> PromQL.Expression {
    let expression = try binary()
    skipSpace()
    guard position == characters.count else {
      throw PromQL.Unsupported(what: String(characters[position...]))
    }
    return expression
  }

  private mutating func binary() throws -> PromQL.Expression {
    var left = try term()
    while let operation = peek(), "+-".contains(operation) {
      position += 1
      let ignored = ignoring()
      left = .binary(String(operation), left, try term(), ignoring: ignored)
    }
    return left
  }

  private mutating func term() throws -> PromQL.Expression {
    var left = try unary()
    while let operation = peek(), "*/".contains(operation) {
      position += 1
      let ignored = ignoring()
      left = .binary(String(operation), left, try unary(), ignoring: ignored)
    }
    return left
  }

  private mutating func ignoring() -> [String] {
    skipSpace()
    let word = Array("ignoring")
    guard characters[position...].starts(with: word) else { return [] }
    position += word.count
    return (try? names()) ?? []
  }

  private mutating func unary() throws -> PromQL.Expression {
    guard let next = peek() else { throw PromQL.Unsupported(what: "an end") }
    if next == "(" {
      position += 1
      let inner = try binary()
      try expect(")")
      return inner
    }
    if next == "\"" { return .string(try quoted()) }
    if next == "-" || next == "+" {
      position += 1
      let sign = next == "-" ? -1.0 : 1.0
      let word = take { $0.isLetter || $0.isNumber || $0 == "." }
      guard let value = PromQL.number(word) else { throw PromQL.Unsupported(what: word) }
      return .number(sign * value)
    }
    if next.isNumber {
      let word = take { $0.isNumber || $0 == "." || $0 == "e" }
      guard let value = PromQL.number(word) else { throw PromQL.Unsupported(what: word) }
      return .number(value)
    }
    if next == "{" { return try selector(nil) }
    let name = take { $0.isLetter || $0.isNumber || $0 == "_" || $0 == ":" }
    guard !name.isEmpty else { throw PromQL.Unsupported(what: String(next)) }
    if name == "NaN" || name == "Inf" { return .number(PromQL.number(name) ?? .nan) }
    if ["sum", "avg", "count"].contains(name) { return try aggregate(name) }
    if peek() == "(" {
      position += 1
      var arguments: [PromQL.Expression] = []
      while peek() != ")" {
        arguments.append(try binary())
        if peek() == "," { position += 1 }
      }
      try expect(")")
      return .call(name, arguments)
    }
    return try selector(name)
  }

  private mutating func aggregate(_ operation: String) throws -> PromQL.Expression {
    var labels: [String] = []
    if peek() == "b" {
      _ = take { $0.isLetter }
      labels = try names()
    }
    try expect("(")
    let inner = try binary()
    try expect(")")
    if peek() == "b" {
      _ = take { $0.isLetter }
      labels = try names()
    }
    return .aggregate(operation, by: labels, inner)
  }

  private mutating func names() throws -> [String] {
    try expect("(")
    var names: [String] = []
    while peek() != ")" {
      skipSpace()
      names.append(take { $0.isLetter || $0.isNumber || $0 == "_" })
      if peek() == "," { position += 1 }
    }
    try expect(")")
    return names
  }

  private mutating func selector(_ name: String?) throws -> PromQL.Expression {
    var matchers: [PromQL.Matcher] = []
    if peek() == "{" {
      position += 1
      while peek() != "}" {
        skipSpace()
        let label = take { $0.isLetter || $0.isNumber || $0 == "_" }
        skipSpace()
        let operation = take { "=!~".contains($0) }
        skipSpace()
        matchers.append(.init(name: label, operation: operation, value: try quoted()))
        if peek() == "," { position += 1 }
      }
      try expect("}")
    }
    var range: Int64?
    if peek() == "[" {
      position += 1
      range = PromQLParser.milliseconds(take { $0 != "]" })
      try expect("]")
    }
    return .selector(name: name, matchers: matchers, range: range)
  }

  static func milliseconds(_ text: String) -> Int64? {
    if text == "0" { return 0 }
    guard let number = Int64(text.dropLast()) else { return nil }
    switch text.last {
    case "s": return number * 1000
    case "m": return number * 60_000
    case "h": return number * 3_600_000
    default: return nil
    }
  }

  private mutating func quoted() throws -> String {
    try expect("\"")
    var text = ""
    while position < characters.count, characters[position] != "\"" {
      if characters[position] == "\\" { position += 1 }
      text.append(characters[position])
      position += 1
    }
    try expect("\"")
    return text
  }

  private mutating func peek() -> Character? {
    skipSpace()
    return position < characters.count ? characters[position] : nil
  }

  private mutating func skipSpace() {
    while position < characters.count, characters[position].isWhitespace { position += 1 }
  }

  private mutating func take(_ isTaken: (Character) -> Bool) -> String {
    let start = position
    while position < characters.count, isTaken(characters[position]) { position += 1 }
    return String(characters[start..<position])
  }

  private mutating func expect(_ character: Character) throws {
    guard peek() == character else {
      throw PromQL.Unsupported(what: "no \(character) at \(position)")
    }
    position += 1
  }
}
