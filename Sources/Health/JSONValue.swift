/// A JSON value as it was written: members in their order, duplicates kept.
///
/// Foundation's reader is not used because it loses the order of members (checks would change
/// places from poll to poll), and because what it costs is not bounded by what is wanted.
package enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// What a sentence about a wrong type says was found: `text 'up'`, `3`, `an object`.
  package var found: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let value): Words.number(value)
    case .string(let value): "'\(Words.clipped(value, to: 24))'"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

/// The members of a JSON object, in order.
package struct JSONObject: Sendable, Hashable {
  package struct Member: Sendable, Hashable {
    package var key: String
    package var value: JSONValue
  }

  package var members: [Member]

  package init(_ members: [Member] = []) { self.members = members }

  /// The value of the last member with this name, as most readers of JSON do; null counts as absent.
  package subscript(key: String) -> JSONValue? {
    guard let value = members.last(where: { $0.key == key })?.value, value != .null else {
      return nil
    }
    return value
  }

  package func has(_ key: String) -> Bool { self[key] != nil }

  /// A name that is written more than once, if there is one.
  package var duplicate: String? {
    var seen: Set<String> = []
    return members.first { !seen.insert($0.key).inserted }?.key
  }
}
