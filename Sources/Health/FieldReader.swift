/// Takes typed fields out of JSON objects and keeps a sentence for each that was of the wrong type.
struct FieldReader {
  private(set) var defects: [String] = []

  static let longestText = 512
  static let longestName = 160

  mutating func note(_ defect: String) {
    if defects.count < 64 { defects.append(defect) }
  }

  /// `path` and `key` as a sentence names them: `checks[2].status`.
  static func join(_ path: String, _ key: String) -> String {
    path.isEmpty ? key : "\(path).\(key)"
  }

  private mutating func wrong(_ path: String, _ key: String, _ expected: String, _ value: JSONValue)
  {
    note("\(Self.join(path, key)): expected \(expected), found \(value.found)")
  }

  /// The first of `keys` that is there; a wrong type under it is a defect.
  mutating func text(_ object: JSONObject, _ keys: String..., at path: String = "") -> String? {
    for key in keys {
      guard let value = object[key] else { continue }
      guard case .string(let text) = value else {
        wrong(path, key, "text", value)
        continue
      }
      return Self.bounded(text)
    }
    return nil
  }

  /// The first of `keys` that holds text that says something; other types are passed over, since
  /// in some dialect the key means something else.
  func anyText(_ object: JSONObject, _ keys: String...) -> String? {
    for key in keys {
      if case .string(let text)? = object[key], !text.isEmpty { return Self.bounded(text) }
    }
    return nil
  }

  mutating func number(_ object: JSONObject, _ key: String, at path: String = "") -> Double? {
    guard let value = object[key] else { return nil }
    guard case .number(let number) = value, number.isFinite else {
      wrong(path, key, "a number", value)
      return nil
    }
    return number
  }

  /// Seconds, milliseconds and ratios: a number that is not below zero.
  mutating func amount(_ object: JSONObject, _ key: String, at path: String = "") -> Double? {
    guard let number = number(object, key, at: path) else { return nil }
    guard number >= 0 else {
      note("\(Self.join(path, key)): expected no less than 0, found \(Words.number(number))")
      return nil
    }
    return number
  }

  mutating func flag(_ object: JSONObject, _ key: String, at path: String = "") -> Bool? {
    guard let value = object[key] else { return nil }
    guard case .bool(let flag) = value else {
      wrong(path, key, "true or false", value)
      return nil
    }
    return flag
  }

  /// Unix seconds of an RFC 3339 text or of a number.
  mutating func time(_ object: JSONObject, _ keys: String..., at path: String = "") -> Double? {
    for key in keys {
      guard let value = object[key] else { continue }
      switch value {
      case .string(let text) where text.isEmpty || Timestamp.isUnset(text): continue
      case .string(let text):
        if let time = Timestamp.parse(text) { return time }
      case .number(let number):
        if let time = Timestamp.unix(number) { return time }
      default: break
      }
      wrong(path, key, "an RFC 3339 time", value)
    }
    return nil
  }

  mutating func object(_ object: JSONObject, _ key: String, at path: String = "") -> JSONObject? {
    guard let value = object[key] else { return nil }
    guard case .object(let inner) = value else {
      wrong(path, key, "an object", value)
      return nil
    }
    return inner
  }

  /// The objects of a list with the path of each, at most `HealthReport.entriesKept`.
  mutating func objects(
    _ object: JSONObject, _ key: String
  ) -> [(path: String, object: JSONObject)] {
    guard let value = object[key] else { return [] }
    guard case .array(let elements) = value else {
      wrong("", key, "a list", value)
      return []
    }
    if elements.count > HealthReport.entriesKept { noteCut(key) }
    var result: [(path: String, object: JSONObject)] = []
    for (index, element) in elements.prefix(HealthReport.entriesKept).enumerated() {
      if case .object(let inner) = element {
        result.append(("\(key)[\(index)]", inner))
      } else {
        note("\(key)[\(index)]: expected an object, found \(element.found)")
      }
    }
    return result
  }

  mutating func noteCut(_ key: String) {
    note("\(key): only the first \(HealthReport.entriesKept) are kept")
  }

  /// The name of an entry of a list; its path where it has none.
  mutating func name(_ object: JSONObject, at path: String) -> String {
    guard let name = text(object, "name", at: path), !name.isEmpty else {
      if object["name"] == nil { note("\(path).name: missing") }
      return path
    }
    return Self.bounded(name, to: Self.longestName)
  }

  static func bounded(_ text: String, to length: Int = longestText) -> String {
    text.utf8.count <= length ? text : String(text.prefix(length - 1)) + "…"
  }
}
