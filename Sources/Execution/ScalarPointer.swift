import Containment
import Health

/// A place in a JSON text, as RFC 6901 writes it: `/pools/0/max~1min`.
struct ScalarPointer {
  private let text: String
  private let steps: [String]

  /// As much of a text as is taken for what it was before.
  private static let longest = 4095

  init(_ text: String) throws(ReadingError) {
    guard text.isEmpty || text.hasPrefix("/") else {
      throw ReadingError(reason: "the pointer '\(text)' does not begin with /")
    }
    self.text = text
    var steps: [String] = []
    for part in text.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      var step = ""
      var rest = part
      while let sign = rest.popFirst() {
        guard sign == "~" else {
          step.append(sign)
          continue
        }
        switch rest.popFirst() {
        case "0": step.append("~")
        case "1": step.append("/")
        default:
          throw ReadingError(reason: "the pointer '\(text)' has a ~ that is neither ~0 nor ~1")
        }
      }
      steps.append(step)
    }
    self.steps = steps
  }

  /// The number, the text or the truth that is there.
  func scalar(in bytes: [UInt8]) throws(ReadingError) -> Argument {
    var reader = JSONReader()
    var value: JSONValue
    do throws(JSONReader.Failure) { value = try reader.read(bytes.span) } catch {
      throw ReadingError(reason: "its answer is no JSON: at byte \(error.offset), \(error.reason)")
    }
    for step in steps {
      guard let next = ScalarPointer.part(of: value, at: step) else {
        throw ReadingError(reason: "its answer has nothing at \(text)")
      }
      value = next
    }
    switch value {
    case .bool(let isOn): return .flag(isOn)
    case .number(let number):
      guard number.isFinite else {
        throw ReadingError(reason: "the number at \(text) is out of range")
      }
      // Beyond 2⁵³ a Double does not tell one whole number from the next.
      if abs(number) < 9_007_199_254_740_992, let whole = Int64(exactly: number) {
        return .integer(whole)
      }
      return .number(number)
    case .string(let string):
      guard string.utf8.count <= ScalarPointer.longest, !reader.isRepaired else {
        throw ReadingError(reason: "its text is too long to be kept, or no UTF-8")
      }
      return .text(string)
    case .null, .array, .object:
      throw ReadingError(
        reason: "expected a number, text or true or false at \(text), found \(value.found)")
    }
  }

  private static func part(of value: JSONValue, at step: String) -> JSONValue? {
    switch value {
    case .object(let object): return object.members.last { $0.key == step }?.value
    case .array(let items):
      guard step == "0" || !step.hasPrefix("0"),
        step.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let place = Int(step), items.indices.contains(place)
      else { return nil }
      return items[place]
    case .null, .bool, .number, .string: return nil
    }
  }
}
