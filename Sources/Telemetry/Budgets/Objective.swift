public import Canonical

/// The share of events that must be good, kept exactly as it was written.
///
/// Budgets are decided at thresholds, and `1 - 0.999` is not a thousandth in binary: so an
/// objective is a whole number of parts per billion, and every comparison is one of integers.
public struct Objective: Sendable, Hashable {
  /// Good events wanted of a billion: 999 000 000 for 99.9 %.
  public let goodPerBillion: UInt64

  static let billion: UInt64 = 1_000_000_000

  /// Events of a billion that may be bad.
  public var badPerBillion: UInt64 { Objective.billion - goodPerBillion }

  /// nil unless it lies above 0 and below 100 %: either end leaves no budget or asks for nothing.
  public init?(goodPerBillion: UInt64) {
    guard goodPerBillion > 0, goodPerBillion < Objective.billion else { return nil }
    self.goodPerBillion = goodPerBillion
  }

  /// `99.9` or `99.9%`: percent, with at most seven digits after the point; nil otherwise.
  public init?(_ text: String) {
    var digits = Substring(text)
    if digits.last == "%" { digits.removeLast() }
    while digits.last == " " { digits.removeLast() }
    while digits.first == " " { digits.removeFirst() }
    guard let parts = wholeNumber(digits, places: 7) else { return nil }
    self.init(goodPerBillion: parts)
  }

  /// The nearest to a percentage that is only known in binary.
  public init?(percent: Double) {
    guard percent > 0, percent < 100 else { return nil }
    self.init(goodPerBillion: UInt64((percent * 1e7).rounded()))
  }

  public var percent: Double { Double(goodPerBillion) / 1e7 }

  /// The share that may be bad, 0…1, for showing.
  public var budget: Double { Double(badPerBillion) / 1e9 }
}

/// Percent without trailing zeros, as a fleet file writes it: `99.95`.
extension Objective: CustomStringConvertible {
  public var description: String {
    let scale: UInt64 = 10_000_000
    let tail = String(goodPerBillion % scale)
    var fraction = String(repeating: "0", count: 7 - tail.count) + tail
    while fraction.last == "0" { fraction.removeLast() }
    return "\(goodPerBillion / scale)" + (fraction.isEmpty ? "" : ".\(fraction)")
  }
}

extension Objective: CanonicalOnly {
  /// As it is written.
  public func write(to encoder: CanonicalEncoder) { encoder.write(description) }

  public init(canonical decoder: CanonicalDecoder) throws {
    let text = try decoder.text()
    guard let objective = Objective(text) else {
      throw Malformed("'\(text.prefix(40))' is no objective in percent", at: decoder.place)
    }
    self = objective
  }
}

extension Objective: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral percent: Double) {
    guard let objective = Objective(percent: percent) else {
      preconditionFailure("an objective lies above 0 and below 100 percent, not at \(percent)")
    }
    self = objective
  }

  public init(integerLiteral percent: Int) { self.init(floatLiteral: Double(percent)) }
}

/// A number written with a point, as a whole number of its last place.
///
/// - Parameter places: digits after the point that count; more of them (other than zeros) are
///   refused rather than rounded.
func wholeNumber(_ text: some StringProtocol, places: Int) -> UInt64? {
  let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
  guard let whole = halves.first, !whole.isEmpty, whole.count <= 12,
    whole.allSatisfy({ $0.isASCII && $0.isNumber })
  else { return nil }
  var fraction = halves.count == 2 ? halves[1][...] : ""
  guard halves.count == 1 || !fraction.isEmpty,
    fraction.allSatisfy({ $0.isASCII && $0.isNumber })
  else { return nil }
  while fraction.count > places, fraction.last == "0" { fraction.removeLast() }
  guard fraction.count <= places else { return nil }
  let padding = String(repeating: "0", count: places - fraction.count)
  return UInt64(String(whole) + String(fraction) + padding)
}
