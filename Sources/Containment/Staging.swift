/// How an action goes to what it was asked for: not at once, but from one value to the next, with a look at what
/// comes of each: traffic and exposure.
public struct Staging: Sendable, Hashable, Codable {
  /// The one whose values these are.
  public var parameter: String
  /// From the least to the most that it does.
  public var values: [Argument]
  /// What has to hold after each value before the next is sent; nil: one follows the other at once.
  public var check: Action.Proof?

  public init(parameter: String, values: [Argument], check: Action.Proof?) {
    self.parameter = parameter
    self.values = values
    self.check = check
  }

  /// The values on the way from what is so at a target to what was asked for, which is the last of them.
  ///
  /// What is behind already is not gone back to, and the way back to less is gone at once.
  public func course(from now: Argument?, to asked: Argument) -> [Argument] {
    guard let goal = asked.amount else { return [asked] }
    let start = now?.amount
    if let start, start >= goal { return [asked] }
    let between = values.filter { value in
      guard let amount = value.amount else { return false }
      return amount < goal && amount > start ?? -.infinity
    }
    return between + [asked]
  }
}

extension Argument {
  /// As a number; nil where it is none.
  public var amount: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .text, .flag: nil
    }
  }
}
