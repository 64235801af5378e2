/// The leaves of the grammar: names, words, numbers and times.
extension Parser {
  // MARK: References

  mutating func reference() throws(ConditionError) -> Reference {
    let start = scanner.position
    var service: String?
    var name: String
    if scanner.byte == UInt8(ascii: "\"") {
      service = try quoted()
      guard scanner.take(".") else {
        throw error(
          "expected '.' and a signal after the service's name, as in "
            + "\(Spelling.quoted(service ?? "")).p99_ms, found \(scanner.found)")
      }
      name = scanner.run(Spelling.isName)
    } else {
      name = scanner.run(Spelling.isName)
      if name.isEmpty {
        throw error("expected a signal or state such as p99_ms or health, found \(scanner.found)")
      }
      if Double(name) != nil {
        throw error(
          "the signal comes first: write p99_ms > \(name), not the other way round", at: start)
      }
      if Reference.reserved.contains(name) {
        throw error(
          "expected a signal or state such as p99_ms or health, found '\(name)'", at: start)
      }
      (service, name) = Self.parts(of: name)
    }
    guard let first = name.utf8.first, !Spelling.isDigit(first), first != UInt8(ascii: "-"),
      first != UInt8(ascii: "."), name.utf8.last != UInt8(ascii: "."), service != "",
      service.map({ $0.utf8.first != UInt8(ascii: ".") && $0.utf8.last != UInt8(ascii: ".") })
        ?? true || bytesAreQuoted(start)
    else {
      throw error(
        "expected a signal or state such as p99_ms, or one of another service such as "
          + "pricing.p99_ms", at: start)
    }
    // What is quoted whole may hold dots, what follows it is one name.
    if bytesAreQuoted(start), Self.parts(of: name).service != nil {
      throw error("expected one name after the service's, found '\(name)'", at: start)
    }
    return Reference(service: service, kind: name, argument: try argument())
  }

  private func bytesAreQuoted(_ start: Int) -> Bool { scanner.bytes[start] == UInt8(ascii: "\"") }

  /// Cuts `pricing.p99.9_ms` where the service's name ends: at the last dot that is not the one of
  /// a percentile.
  static func parts(of name: String) -> (service: String?, kind: String) {
    let bytes = Array(name.utf8)
    guard var dot = bytes.lastIndex(of: UInt8(ascii: ".")) else { return (nil, name) }
    if dot + 1 < bytes.count, Spelling.isDigit(bytes[dot + 1]), name.hasSuffix("_ms") {
      var first = dot
      while first > 0, Spelling.isDigit(bytes[first - 1]) { first -= 1 }
      if first < dot, first > 0, bytes[first - 1] == UInt8(ascii: "p") {
        first -= 1
        if first == 0 { return (nil, name) }
        if bytes[first - 1] == UInt8(ascii: ".") { dot = first - 1 }
      }
    }
    return (
      String(decoding: bytes[..<dot], as: UTF8.self),
      String(decoding: bytes[(dot + 1)...], as: UTF8.self)
    )
  }

  private mutating func argument() throws(ConditionError) -> String? {
    let open = scanner.position
    guard scanner.take("(") else { return nil }
    scanner.skipSpaces()
    if scanner.byte == UInt8(ascii: "\"") {
      let text = try quoted()
      scanner.skipSpaces()
      guard scanner.take(")") else { throw error("expected ')', found \(scanner.found)") }
      return text
    }
    let text = scanner.run { $0 != UInt8(ascii: ")") && $0 != UInt8(ascii: "(") && $0 != 0x22 }
    guard scanner.byte == UInt8(ascii: ")") else {
      throw scanner.byte == nil
        ? error("the '(' of column \(scanner.column(of: open)) is not closed")
        : error("a name with \(scanner.found) stands in double quotes")
    }
    scanner.advance()
    let normal = Spelling.normalArgument(text)
    if normal.isEmpty { throw error("expected a name within the parentheses", at: open + 1) }
    return normal
  }

  // MARK: Words

  mutating func word(after relation: Term.Relation) throws(ConditionError) -> String {
    scanner.skipSpaces()
    if scanner.byte == UInt8(ascii: "\"") { return try quoted() }
    let start = scanner.position
    let text = scanner.run(Spelling.isWord)
    if text.isEmpty {
      throw error("expected a word after '\(relation.rawValue)', found \(scanner.found)")
    }
    if Spelling.notWords.contains(text) {
      throw error("expected a word after '\(relation.rawValue)', found '\(text)'", at: start)
    }
    return text
  }

  private mutating func quoted() throws(ConditionError) -> String {
    let start = scanner.position
    scanner.advance()
    var bytes: [UInt8] = []
    while let byte = scanner.byte {
      scanner.advance()
      switch byte {
      case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
      case UInt8(ascii: "\\"):
        guard let escaped = scanner.byte,
          escaped == UInt8(ascii: "\"") || escaped == UInt8(ascii: "\\")
        else { throw error("after '\\' in quotes comes '\"' or '\\'") }
        bytes.append(escaped)
        scanner.advance()
      default: bytes.append(byte)
      }
    }
    throw error("the quote that begins here is not closed", at: start)
  }

  // MARK: Numbers

  /// A number with its unit, in the unit of the signal.
  mutating func number(
    after relation: Term.Relation, of reference: Reference
  ) throws(ConditionError) -> Double {
    scanner.skipSpaces()
    let start = scanner.position
    guard let number = try bareNumber() else {
      let isWord = scanner.byte.map(Spelling.isWord) == true || scanner.byte == 0x22
      let advice =
        isWord && (relation == .equal || relation == .unequal)
        ? "; states are compared with '\(relation == .equal ? "is" : "is not")'" : ""
      throw error(
        "expected a number after '\(relation.rawValue)', found \(scanner.found)\(advice)")
    }
    let unit = SignalUnit(of: reference.kind)
    guard let written = try writtenUnit() else {
      if unit == .ratio, number > 1, reference.kind.hasSuffix("_ratio") {
        throw error(
          "\(reference) goes from 0 to 1; did you mean \(SignalUnit.number(number))%?", at: start)
      }
      return number
    }
    guard var amount = written.amount(number, in: unit) else {
      throw error(
        "\(reference) is \(unit.noun), such as \(unit.example); "
          + "\(scanner.text(start..<scanner.position)) is none", at: start)
    }
    // 1h30m
    while written.isTime, let next = scanner.byte, Spelling.isDigit(next) {
      guard let more = try bareNumber(), let size = try writtenUnit(), size.isTime,
        let added = size.amount(more, in: unit)
      else { throw error("expected a unit of time, such as 1h30m", at: start) }
      amount += added
    }
    return amount
  }

  /// How long something is to hold: `5m`, `1h30m`.
  mutating func duration() throws(ConditionError) -> Double {
    scanner.skipSpaces()
    let start = scanner.position
    var seconds = 0.0
    repeat {
      guard let number = try bareNumber() else {
        throw error("expected a time such as 5m after 'for', found \(scanner.found)", at: start)
      }
      guard let unit = try writtenUnit() else {
        throw error(
          "a time needs a unit; did you mean \(SignalUnit.number(number))s "
            + "or \(SignalUnit.number(number))m?", at: start)
      }
      guard unit.isTime, let amount = unit.amount(number, in: .seconds) else {
        throw error("expected a time such as 5m after 'for'", at: start)
      }
      seconds += amount
    } while scanner.byte.map(Spelling.isDigit) == true
    guard seconds > 0, seconds <= 31_622_400 else {
      throw error("something is held for more than 0s and at most 366d", at: start)
    }
    return seconds
  }

  /// Decimal digits with a sign, a fraction and an exponent; nil where none stand here.
  private mutating func bareNumber() throws(ConditionError) -> Double? {
    let start = scanner.position
    var place = start
    let bytes = scanner.bytes
    func digits() -> Int {
      let from = place
      while place < bytes.count, Spelling.isDigit(bytes[place]) { place += 1 }
      return place - from
    }
    if place < bytes.count, bytes[place] == UInt8(ascii: "-") || bytes[place] == UInt8(ascii: "+") {
      place += 1
    }
    var count = digits()
    if place < bytes.count, bytes[place] == UInt8(ascii: ".") {
      place += 1
      count += digits()
    }
    guard count > 0 else { return nil }
    let mantissa = place
    if place < bytes.count, bytes[place] | 0x20 == UInt8(ascii: "e") {
      place += 1
      if place < bytes.count, bytes[place] == UInt8(ascii: "-") || bytes[place] == UInt8(ascii: "+")
      {
        place += 1
      }
      if digits() == 0 { place = mantissa }
    }
    if place < bytes.count, bytes[place] == UInt8(ascii: ",") || bytes[place] == UInt8(ascii: "_"),
      place + 1 < bytes.count, Spelling.isDigit(bytes[place + 1])
    {
      throw error("numbers are written without separators, such as 1500", at: place)
    }
    guard let value = Double(scanner.text(start..<place)), value.isFinite else {
      throw error(
        "'\(scanner.text(start..<place).prefix(40))' is no number that can be compared", at: start)
    }
    scanner.move(to: place)
    return value
  }

  /// The unit right behind a number; nil where there is none.
  private mutating func writtenUnit() throws(ConditionError) -> WrittenUnit? {
    let start = scanner.position
    if scanner.take("%") { return .percent }
    let name = scanner.run {
      $0 >= 0x80 || ($0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z"))
    }
    if name.isEmpty {
      // A space before the unit: 800 ms.
      let place = scanner.position
      scanner.skipSpaces()
      if scanner.take("%") { return .percent }
      let word = scanner.word
      if let unit = WrittenUnit(rawValue: word) {
        scanner.move(to: scanner.position + word.utf8.count)
        return unit
      }
      scanner.move(to: place)
      return nil
    }
    guard let unit = WrittenUnit(rawValue: name) else {
      throw error("unknown unit '\(name.prefix(20))'\(WrittenUnit.advice(name))", at: start)
    }
    return unit
  }
}
