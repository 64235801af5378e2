import Containment
import YAMLText

extension OrderReader {
  private static let longestPattern = 512

  /// `read:`
  func reading(_ value: YAMLValue) -> Action.Reading? {
    guard let section = value.section("read", keys: Keys.reading) else { return nil }
    let place = place(section, value)
    if section["expect"] == nil {
      log.error("\(value.name): 'expect' is missing", at: value.mark)
    }
    let isReadOnly = section["read_only"].map(isReadOnly) ?? false
    let order = readingOrder(section, value, isReadOnly: section["read_only"] != nil)
    let expected = section["expect"].flatMap(expected)
    guard let order, let place, let expected else { return nil }
    var reading = Action.Reading(order: order, place: place, expected: expected)
    reading.isReadOnly = isReadOnly
    return reading
  }

  /// It is done without anybody's confirming it, whenever somebody wants to know.
  private func readingOrder(
    _ section: YAMLSection, _ value: YAMLValue, isReadOnly: Bool
  ) -> Order? {
    let order: Order
    let what: String
    if let command = section["command"] {
      let others = ["method", "url", "headers", "body", "success"]
      if let other = section.members.first(where: { others.contains($0.key) }) {
        log.error(
          "\(value.name): expected one of \(other.key) and command, found both", at: other.mark)
        return nil
      }
      guard let read = commands.command(command) else { return nil }
      if read.dryRun != nil {
        log.error(
          "\(command.name): what is read is not tried out: leave out dry_run", at: command.mark)
        return nil
      }
      order = .command(read)
      what = "a command is run"
    } else {
      guard let request = request(section, value, usual: "GET") else { return nil }
      order = .http(request)
      guard request.method != "GET" else { return order }
      what = "a \(request.method) is sent"
    }
    guard isReadOnly else {
      log.error(
        "\(value.name): \(what) without anybody's confirming it: say read_only: true where it "
          + "changes nothing", at: value.mark)
      return nil
    }
    return order
  }

  private func isReadOnly(_ value: YAMLValue) -> Bool {
    if value.scalar == "true" { return true }
    value.expected("true")
    return false
  }

  // MARK: Where it stands

  private func place(_ section: YAMLSection, _ value: YAMLValue) -> Action.Reading.Place? {
    let named = ["pointer", "match", "text"].filter { section[$0] != nil }
    guard named.count == 1 else {
      let found =
        named.isEmpty ? "none" : "\(NearestWord.listed(named))".replacing(" or ", with: " and ")
      log.error(
        "\(value.name): expected one of pointer, match and text, found \(found)", at: value.mark)
      return nil
    }
    if let value = section["pointer"] { return OrderReader.pointer(value).map { .pointer($0) } }
    if let value = section["match"] { return pattern(value).map { .match($0) } }
    guard let value = section["text"] else { return nil }
    if value.scalar == "true" { return .whole }
    value.expected("true: all that is said is the value")
    return nil
  }

  /// RFC 6901: nothing, or steps that each begin with a slash.
  static func pointer(_ value: YAMLValue) -> String? {
    let text = value.scalar ?? "-"
    let isRight = text.isEmpty || text.hasPrefix("/")
    let escapes = text.split(separator: "~", omittingEmptySubsequences: false).dropFirst()
    guard isRight, text.utf8.count <= 512,
      escapes.allSatisfy({ $0.first == "0" || $0.first == "1" })
    else {
      value.expected("a JSON pointer such as /max_concurrency")
      return nil
    }
    return text
  }

  /// A regular expression with places in it.
  private func pattern(_ value: YAMLValue) -> Template? {
    guard let text = value.text("a regular expression such as \"state: (\\\\w+)\"") else {
      return nil
    }
    guard text.utf8.count <= OrderReader.longestPattern else {
      log.error(
        "\(value.name): a regular expression has at most \(OrderReader.longestPattern) bytes",
        at: value.mark)
      return nil
    }
    guard let template = ShapeReader(log: log, parameters: parameters).template(text, value) else {
      return nil
    }
    let sample = template.parts.map { if case .plain(let text) = $0 { text } else { "x" } }
    guard (try? Regex(sample.joined())) != nil else {
      log.error("\(value.name): is no regular expression", at: value.mark)
      return nil
    }
    return template
  }

  /// One value, or one parameter.
  private func expected(_ value: YAMLValue) -> Action.Reading.Expected? {
    let before = log.problems.count
    let what = "a value such as 32 or on, or one parameter such as \"{limit}\""
    switch ShapeReader(log: log, parameters: parameters).shape(value) {
    case .flag(let isOn): return .fixed(.flag(isOn))
    case .number(let number):
      return .fixed(number == number.rounded() ? .integer(Int64(number)) : .number(number))
    case .parameter(let name): return .parameter(name)
    case .text(let template):
      if case .plain(let text)? = template.parts.first, template.parts.count == 1 {
        return .fixed(.text(text))
      }
      value.expected(what)
    default: if log.problems.count == before { value.expected(what) }
    }
    return nil
  }
}
