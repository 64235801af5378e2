import Containment
import YAMLText
import Yams

/// Reads what an action does: `http:` or `command:`, and `revert:`.
struct OrderReader {
  /// What relative paths of the file are relative to.
  let folder: String
  let log: ProblemLog
  /// The parameters that may be put in, by name.
  let parameters: [String]

  static let methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
  private static let mostStatuses = 16

  /// `http:` or `command:` of an action.
  func order(of section: YAMLSection, _ value: YAMLValue) -> Order? {
    switch (section["http"], section["command"]) {
    case (let http?, nil):
      guard let section = http.section("http", keys: Keys.order) else { return nil }
      return request(section, http, usual: "POST").map { .http($0) }
    case (nil, let command?): return commands.command(command).map { .command($0) }
    case (nil, nil):
      log.error("\(value.name): 'http' or 'command' is missing", at: value.mark)
      return nil
    case (_?, let command?):
      log.error("\(command.name): expected one of http and command, found both", at: command.mark)
      return nil
    }
  }

  /// `revert:`; what it leaves out is as in what it takes back.
  func revert(_ value: YAMLValue, of order: Order) -> Order? {
    guard let section = value.section("revert", keys: Keys.revert) else { return nil }
    var revert: Order?
    if let command = section["command"] {
      if let other = section.members.first(where: { $0.key != "command" }) {
        log.error(
          "\(value.name): expected one of \(other.key) and command, found both", at: other.mark)
        return nil
      }
      var base: CommandOrder?
      if case .command(let order) = order { base = order }
      var commands = commands
      commands.shapes.hasCaptured = true
      revert = commands.command(command, over: base).map { .command($0) }
    } else if case .http(let base) = order {
      revert = request(section, value, usual: base.method, over: base, hasCaptured: true)
        .map { .http($0) }
    } else if section["url"] == nil {
      log.error("\(value.name): 'command' is missing", at: value.mark)
    } else {
      revert = request(section, value, usual: "POST", hasCaptured: true).map { .http($0) }
    }
    guard let revert else { return nil }
    guard revert != order else {
      var main = "http"
      if case .command = order { main = "command" }
      log.error(
        "\(value.name): says nothing else than \(main) does: it would be done again",
        at: value.mark)
      return nil
    }
    return revert
  }

  var commands: CommandReader {
    CommandReader(folder: folder, log: log, shapes: ShapeReader(log: log, parameters: parameters))
  }

  // MARK: One request

  func request(
    _ section: YAMLSection, _ value: YAMLValue, usual: String, over base: HTTPOrder? = nil,
    hasCaptured: Bool = false
  ) -> HTTPOrder? {
    let before = log.problems.count
    var shapes = ShapeReader(log: log, parameters: parameters, hasCaptured: hasCaptured)
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
    var follow = base?.follow
    if let value = section.members.last(where: { $0.key == "follow" })?.value {
      follow = value.isNull ? nil : FollowReader(log: log, shapes: shapes).follow(value)
    }
    guard let url, log.problems.count == before else { return nil }
    var order = HTTPOrder(method: method, url: url)
    order.headers = headers ?? base?.headers ?? []
    order.body = body
    order.success = success ?? base?.success ?? order.success
    order.follow = follow
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
    return numbers(text, within: 100...599)
  }

  /// `202`, `202-204`
  static func numbers(_ text: String, within limits: ClosedRange<Int>) -> ClosedRange<Int>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard (1...2).contains(ends.count), let low = ends[0], let high = ends[ends.count - 1],
      low <= high, limits.contains(low), limits.contains(high)
    else { return nil }
    return low...high
  }
}
