import Foundation

/// A value with one of its parts told otherwise, whichever it is: numbers become ones that nobody
/// expects, texts others, lists shorter and longer.
struct LeafAlteration {
  private var dice: SplitMix
  /// Leaves before the one that is altered.
  private var left = 0

  init(_ dice: SplitMix) { self.dice = dice }

  /// The value as a tree of dictionaries, lists and leaves.
  static func tree(of value: some Encodable) throws -> Any {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try JSONSerialization.jsonObject(
      with: try encoder.encode(value), options: [.fragmentsAllowed])
  }

  static func value<Value: Decodable>(_ type: Value.Type, of tree: Any) throws -> Value {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return try decoder.decode(
      type, from: try JSONSerialization.data(withJSONObject: tree, options: [.fragmentsAllowed]))
  }

  mutating func altered(_ tree: Any) -> Any {
    left = Int(dice.next() % UInt64(max(1, LeafAlteration.count(tree))))
    return altering(tree)
  }

  private static func count(_ node: Any) -> Int {
    switch node {
    case let dictionary as [String: Any]: dictionary.values.reduce(1) { $0 + count($1) }
    case let list as [Any]: list.reduce(1) { $0 + count($1) }
    default: 1
    }
  }

  private mutating func altering(_ node: Any) -> Any {
    if left == 0 { return other(node) }
    switch node {
    case var dictionary as [String: Any]:
      // In an order that is the same in every process.
      for key in dictionary.keys.sorted() {
        left -= 1
        guard left >= 0, let child = dictionary[key] else { continue }
        let size = LeafAlteration.count(child)
        if left < size {
          dictionary[key] = altering(child)
          left = -1
        } else {
          left -= size - 1
        }
      }
      return dictionary
    case var list as [Any]:
      for place in list.indices {
        left -= 1
        guard left >= 0 else { break }
        let size = LeafAlteration.count(list[place])
        if left < size {
          list[place] = altering(list[place])
          left = -1
        } else {
          left -= size - 1
        }
      }
      return list
    default: return node
    }
  }

  private mutating func other(_ node: Any) -> Any {
    switch node {
    case var dictionary as [String: Any]:
      if let key = dictionary.keys.sorted().randomElement(using: &dice) {
        dictionary.removeValue(forKey: key)
      }
      return dictionary
    case var list as [Any]:
      guard !list.isEmpty else { return list }
      let place = Int(dice.next() % UInt64(list.count))
      switch dice.next() % 4 {
      case 0: list.remove(at: place)
      case 1: list.insert(list[place], at: place)
      case 2: list.swapAt(0, place)
      default: list = []
      }
      return list
    case let text as String:
      return ["", "nan", "-inf", "\u{202e}\u{1b}[2J", text + text, "0"].randomElement(using: &dice)
        ?? text
    case is NSNull: return 0
    default:
      return dice.next() % 3 == 0
        ? LeafAlteration.numbers.randomElement(using: &dice) ?? 0
        : LeafAlteration.whole.randomElement(using: &dice) ?? 0
    }
  }

  private static var whole: [Any] {
    [
      0, 1, -1, 2, 64, 255, 256, -256, 65_536, Int(Int32.max), Int(Int32.min), 1 << 32, 1 << 53,
      (1 << 53) + 1, 1 << 61, (1 << 62) - 1, -(1 << 62) + 1, 1 << 62, Int64.max, Int64.min,
      Int64.max - 1, UInt64.max, 1_000_000_000, 86_400_000_000_000, -86_400_000_000_000, true,
      false,
    ]
  }
  private static var numbers: [Any] {
    [
      "nan", "inf", "-inf", 0.5, -0.5, 1e300, -1e300, 1.7e308, 5e-324, 1e18, 9.3e18, -9.3e18, 1e10,
      -1e10, 1e-300,
    ]
  }
}

extension SplitMix: RandomNumberGenerator {}
