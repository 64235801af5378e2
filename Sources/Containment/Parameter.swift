/// What has to be said to an action: its type, and what it may be.
public struct Parameter: Sendable, Hashable, Codable {
  public var name: String
  public var type: Kind
  public var usual: Argument?
  /// Of numbers, inclusive.
  public var lowest: Double?
  public var highest: Double?
  /// Of texts; empty: any.
  public var choices: [String] = []
  /// `requests`, for those who read it.
  public var unit: String?

  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    case integer, number, text, flag
  }

  public init(name: String, type: Kind, usual: Argument? = nil) {
    self.name = name
    self.type = type
    self.usual = usual
  }

  /// The longest text that is an argument.
  public static let longest = 256

  /// What somebody typed, as an argument.
  public func argument(_ text: String) throws(ArgumentError) -> Argument {
    switch type {
    case .integer:
      guard let value = Int64(text) else { throw error("a whole number", text) }
      return try checked(.integer(value))
    case .number:
      guard let value = Double(text), value.isFinite else { throw error("a number", text) }
      return try checked(.number(value))
    case .flag:
      switch text.lowercased() {
      case "on", "true", "yes": return .flag(true)
      case "off", "false", "no": return .flag(false)
      default: throw error("on or off", text)
      }
    case .text: return try checked(.text(text))
    }
  }

  /// The same, where it is within the limits.
  public func checked(_ argument: Argument) throws(ArgumentError) -> Argument {
    switch (type, argument) {
    case (.integer, .integer(let value)): try check(Double(value), argument)
    case (.number, .number(let value)):
      guard value.isFinite else { throw error("a number", argument.words) }
      try check(value, argument)
    case (.number, .integer(let value)):
      try check(Double(value), argument)
      return .number(Double(value))
    case (.flag, .flag): break
    case (.text, .text(let text)):
      guard choices.isEmpty || choices.contains(text) else {
        throw error("one of \(choices.joined(separator: ", "))", text)
      }
      guard (1...Parameter.longest).contains(text.utf8.count),
        text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
      else { throw error("1 to \(Parameter.longest) bytes without control signs", text) }
    default: throw error("\(type.words)", argument.words)
    }
    return argument
  }

  private func check(_ value: Double, _ argument: Argument) throws(ArgumentError) {
    if let lowest, value < lowest {
      throw error("at least \(Argument.number(lowest).words)", argument.words)
    }
    if let highest, value > highest {
      throw error("at most \(Argument.number(highest).words)", argument.words)
    }
  }

  private func error(_ expected: String, _ found: String) -> ArgumentError {
    ArgumentError(reason: "\(name): expected \(expected), found '\(found)'")
  }
}

extension Parameter.Kind {
  fileprivate var words: String {
    switch self {
    case .integer: "a whole number"
    case .number: "a number"
    case .text: "text"
    case .flag: "on or off"
    }
  }
}

/// What was said for a parameter.
public enum Argument: Sendable, Hashable, Codable {
  case integer(Int64)
  case number(Double)
  case text(String)
  case flag(Bool)

  /// Whether both say the same: 32 and 32.0 do.
  public func isSame(as other: Argument) -> Bool {
    switch (self, other) {
    case (.integer(let whole), .number(let value)), (.number(let value), .integer(let whole)):
      Double(whole) == value
    default: self == other
    }
  }

  /// As a JSON value.
  public var json: String {
    if case .text(let text) = self { JSONText.quoted(text) } else { words }
  }

  /// As people read it, and as a text takes it in.
  public var words: String {
    switch self {
    case .integer(let value): "\(value)"
    case .number(let value):
      value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    case .text(let text): text
    case .flag(let isOn): isOn ? "true" : "false"
    }
  }
}

/// Why an argument is none.
public struct ArgumentError: Error, Sendable, Hashable, CustomStringConvertible {
  public var reason: String
  public init(reason: String) { self.reason = reason }
  public var description: String { reason }
}
