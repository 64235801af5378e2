import FoundationEssentials

/// A change that an admin asked for, checked against the instance it is meant for.
@Simulation
enum AdminOrder {
  case limit(Int)
  case throttle(Double)
  case breaker(Breaker, Breaker.Override)
  case flag(place: Int, on: Bool?, exposure: Double?)
  case drain(Bool)
  case version(VersionModel)

  /// Why a request cannot be carried out: 400 for what is not JSON, 422 for what makes no sense.
  struct Refusal: Error {
    var status: Int
    var text: String
  }

  init(_ text: String, topic: AdminDesk.Topic, for instance: SimulatedInstance) throws(Refusal) {
    var fields = try OrderFields(text)
    switch topic {
    case .limits:
      let count = try fields.number("max_concurrency")
      guard count == count.rounded(), (1...100_000).contains(count) else {
        throw .senseless("max_concurrency must be a whole number from 1 to 100000")
      }
      self = .limit(Int(count))
    case .throttle:
      self = .throttle(try fields.share("ratio"))
    case .breaker:
      let name = try fields.text("name")
      let breakers = instance.dependencies.compactMap(\.breaker)
      guard let breaker = breakers.first(where: { $0.name == name }) else {
        throw .unknown("breaker", name, among: breakers.map(\.name))
      }
      let state = try fields.text("state")
      guard let override = Breaker.Override(rawValue: state) else {
        throw .unknown("state", state, among: Breaker.Override.allCases.map(\.rawValue))
      }
      self = .breaker(breaker, override)
    case .flags:
      let name = try fields.text("name")
      guard let place = instance.flags.firstIndex(where: { $0.name == name }) else {
        throw .unknown("flag", name, among: instance.flags.map(\.name))
      }
      let exposure = fields.has("exposure") ? try fields.share("exposure") : nil
      let on = fields.has("on") || exposure == nil ? try fields.flag("on") : nil
      self = .flag(place: place, on: on, exposure: exposure)
    case .drain:
      self = .drain(try fields.flag("on"))
    case .rollback:
      let name = try fields.text("version")
      guard let version = instance.model.version(name) else {
        throw .unknown("version", name, among: instance.model.versions.map(\.name))
      }
      self = .version(version)
    }
    try fields.finish()
  }

  /// Returns whether anything is now other than it was.
  func carryOut(on instance: SimulatedInstance) -> Bool {
    switch self {
    case .limit(let limit):
      guard instance.pool.limit != limit else { return false }
      instance.pool.setLimit(limit)
      return true
    case .throttle(let ratio):
      guard instance.throttle != ratio else { return false }
      instance.throttle = ratio
      return true
    case .breaker(let breaker, let override): return breaker.set(override)
    case .flag(let place, let on, let exposure):
      let before = instance.flags[place]
      if let on { instance.flags[place].on = on }
      if let exposure { instance.flags[place].exposure = exposure }
      return instance.flags[place] != before
    case .drain(let on):
      guard instance.isDrained != on else { return false }
      instance.setDrained(on)
      return true
    case .version(let version): return instance.deploy(version)
    }
  }
}

extension AdminOrder.Refusal {
  static func malformed(_ text: String) -> Self { Self(status: 400, text: text) }
  static func senseless(_ text: String) -> Self { Self(status: 422, text: text) }
  static func unknown(_ kind: String, _ name: String, among known: [String]) -> Self {
    let list = known.isEmpty ? "there is none here" : "there is \(known.joined(separator: ", "))"
    return senseless("unknown \(kind) \"\(name)\"; \(list)")
  }
}

/// The fields of an order, each to be taken once, none to be left over.
private struct OrderFields {
  private var fields: [String: JSONField]

  init(_ text: String) throws(AdminOrder.Refusal) {
    do {
      fields = try JSONDecoder().decode([String: JSONField].self, from: Data(text.utf8))
    } catch DecodingError.typeMismatch {
      throw .senseless("the body must be a JSON object of plain values")
    } catch {
      throw .malformed("the body is not a JSON object")
    }
  }

  func has(_ name: String) -> Bool { fields[name] != nil }

  mutating func text(_ name: String) throws(AdminOrder.Refusal) -> String {
    guard case .text(let value)? = fields.removeValue(forKey: name) else {
      throw .senseless("\(name) must be text")
    }
    return value
  }

  mutating func number(_ name: String) throws(AdminOrder.Refusal) -> Double {
    guard case .number(let value)? = fields.removeValue(forKey: name) else {
      throw .senseless("\(name) must be a number")
    }
    return value
  }

  mutating func share(_ name: String) throws(AdminOrder.Refusal) -> Double {
    let value = try number(name)
    guard (0...1).contains(value) else { throw .senseless("\(name) must be from 0 to 1") }
    return value
  }

  mutating func flag(_ name: String) throws(AdminOrder.Refusal) -> Bool {
    guard case .flag(let value)? = fields.removeValue(forKey: name) else {
      throw .senseless("\(name) must be true or false")
    }
    return value
  }

  func finish() throws(AdminOrder.Refusal) {
    if let extra = fields.keys.min() { throw .senseless("unknown field \"\(extra)\"") }
  }
}

private enum JSONField: Decodable {
  case text(String)
  case number(Double)
  case flag(Bool)
  case other

  init(from decoder: any Decoder) throws {
    guard let value = try? decoder.singleValueContainer() else {
      self = .other
      return
    }
    if let flag = try? value.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? value.decode(Double.self) {
      self = .number(number)
    } else if let text = try? value.decode(String.self) {
      self = .text(text)
    } else {
      self = .other
    }
  }
}
