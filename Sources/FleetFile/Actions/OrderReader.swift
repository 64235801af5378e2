import Containment
import YAMLText
import Yams

/// Reads what an action sends: `http:`, `read:` and `revert:`.
struct OrderReader {
  /// What relative paths of the file are relative to.
  let folder: String
  let log: ProblemLog
  /// The parameters that may be put in, by name.
  let parameters: [String]

  static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
  private static let mostStatuses = 16

  /// `http:`
  func order(_ value: YAMLValue) -> Order? {
    value.section("http", keys: Keys.order).flatMap { order($0, value, usual: "POST") }
  }

  /// `revert:`; what it leaves out is as in `http:`.
  func revert(_ value: YAMLValue, of order: Order) -> Order? {
    guard let section = value.section("revert", keys: Keys.order),
      let revert = self.order(section, value, usual: order.method, over: order)
    else { return nil }
    guard revert != order else {
      log.error(
        "\(value.name): says nothing else than http does: it would be done again", at: value.mark)
      return nil
    }
    return revert
  }

  /// `read:`
  func reading(_ value: YAMLValue) -> Action.Reading? {
    guard let section = value.section("read", keys: Keys.reading) else { return nil }
    for key in ["pointer", "expect"] where section[key] == nil {
      log.error("\(value.name): '\(key)' is missing", at: value.mark)
    }
    let order = order(section, value, usual: "GET")
    let pointer = section["pointer"].flatMap(pointer)
    let expected = section["expect"].flatMap(expected)
    guard let order, let pointer, let expected else { return nil }
    return Action.Reading(order: order, pointer: pointer, expected: expected)
  }

  // MARK: One order

  private func order(
    _ section: YAMLSection, _ value: YAMLValue, usual: String, over base: Order? = nil
  ) -> Order? {
    let before = log.problems.count
    var shapes = ShapeReader(log: log, parameters: parameters, hasCaptured: base != nil)
    let method = section["method"].map { self.method($0) ?? usual } ?? usual
    var url = base?.url
    if let value = section["url"] {
      url = OrderAddress(log: log, shapes: shapes).url(value)
    } else if base == nil {
      log.error("\(value.name): 'url' is missing", at: value.mark)
    }
    // Where it goes to may have been told to be wrong: then nothing follows from it.
    shapes.hasInstance = url?.asksForInstance ?? true
    let headers = section["headers"].map {
      HeaderReader(folder: folder, log: log, shapes: shapes).headers($0)
    }
    var body = base?.body
    if let value = section.members.last(where: { $0.key == "body" })?.value {
      body = value.isNull ? nil : shapes.shape(value)
    }
    if method == "GET", body != nil {
      let place = section["body"] ?? value
      log.error("\(place.name): a GET sends no body", at: place.mark)
    }
    let success = section["success"].map(statuses)
    guard let url, log.problems.count == before else { return nil }
    var order = Order(method: method, url: url)
    order.headers = headers ?? base?.headers ?? []
    order.body = body
    order.success = success ?? base?.success ?? order.success
    return order
  }

  private func method(_ value: YAMLValue) -> String? {
    guard let text = value.text(NearestWord.listed(OrderReader.methods)) else { return nil }
    let method = text.uppercased()
    if OrderReader.methods.contains(method) { return method }
    let near =
      NearestWord.to(text, among: OrderReader.methods).map { "; did you mean '\($0)'?" } ?? ""
    log.error(
      "\(value.name): unknown method '\(text.prefix(60))'; expected "
        + "\(NearestWord.listed(OrderReader.methods))\(near)", at: value.mark)
    return nil
  }

  /// Status codes: `200`, `202-204`, `2xx`, or a list of such.
  private func statuses(_ value: YAMLValue) -> [ClosedRange<Int>] {
    let items = value.list("a status such as 200, 202-204, 2xx, or a list of them", orOne: true)
    if items.isEmpty, case .sequence = value.node {
      log.error("\(value.name): name at least one status", at: value.mark)
    }
    if items.count > OrderReader.mostStatuses {
      log.error(
        "\(value.name): at most \(OrderReader.mostStatuses) statuses, found \(items.count)",
        at: value.mark)
    }
    return items.prefix(OrderReader.mostStatuses).compactMap { item in
      if let range = item.scalar.flatMap(OrderReader.statuses) { return range }
      item.expected("a status such as 200, 202-204 or 2xx")
      return nil
    }
  }

  private static func statuses(_ text: String) -> ClosedRange<Int>? {
    if text.utf8.count == 3, text.lowercased().hasSuffix("xx"), let digit = Int(text.prefix(1)),
      (1...5).contains(digit)
    {
      return digit * 100...digit * 100 + 99
    }
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(ends.count), let low = ends[0], let high = ends[ends.count - 1],
      low <= high, low >= 100, high <= 599
    else { return nil }
    return low...high
  }

  // MARK: What is so

  /// RFC 6901: nothing, or steps that each begin with a slash.
  private func pointer(_ value: YAMLValue) -> String? {
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
