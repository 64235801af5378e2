/// A value that a canonical coder is handed directly: what a state has a hundred thousand of asks no
/// container for each of its parts.
///
/// Its bytes are those that the compiler's own conformance to `Codable` makes.
public protocol CanonicalCodable: Codable {
  func write(to encoder: CanonicalEncoder) throws
  init(canonical decoder: CanonicalDecoder) throws
}

/// One that has no other form.
public protocol CanonicalOnly: CanonicalCodable {}

extension CanonicalOnly {
  public init(from decoder: any Decoder) throws {
    guard let decoder = decoder as? CanonicalDecoder else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "\(Self.self) is read from bytes"))
    }
    try self.init(canonical: decoder)
  }

  public func encode(to encoder: any Encoder) throws {
    guard let encoder = encoder as? CanonicalEncoder else {
      throw EncodingError.invalidValue(
        self,
        .init(codingPath: encoder.codingPath, debugDescription: "\(Self.self) is written as bytes"))
    }
    try write(to: encoder)
  }
}

/// A value made of fields, which it names once, in one order, for both ways.
public protocol FieldCoded: CanonicalOnly {
  /// What reading begins with: every field of it is replaced.
  static var blank: Self { get }
  mutating func pass(_ fields: Fields) throws
}

extension FieldCoded {
  @inlinable
  public func write(to encoder: CanonicalEncoder) throws {
    var copy = self
    try copy.pass(.writing(encoder))
  }

  @inlinable
  public init(canonical decoder: CanonicalDecoder) throws {
    self = Self.blank
    try pass(.reading(decoder))
  }
}

/// The way that fields go: written as they are, or replaced by what is read.
public enum Fields {
  case writing(CanonicalEncoder)
  case reading(CanonicalDecoder)

  /// In which form what is read was written; what is written is of the present one.
  public var form: Int {
    if case .reading(let decoder) = self { decoder.canonicalForm } else { .max }
  }

  @inlinable
  public var isReading: Bool {
    if case .reading = self { true } else { false }
  }

  @inlinable
  @inline(__always)
  public func pass<A: CanonicalCodable>(_ value: inout A) throws {
    switch self {
    case .writing(let encoder): try value.write(to: encoder)
    case .reading(let decoder): value = try A(canonical: decoder)
    }
  }

  @inlinable
  @inline(__always)
  public func pass<A: CanonicalCodable, B: CanonicalCodable>(
    _ a: inout A, _ b: inout B
  ) throws {
    try pass(&a)
    try pass(&b)
  }

  @inlinable
  @inline(__always)
  public func pass<A: CanonicalCodable, B: CanonicalCodable, C: CanonicalCodable>(
    _ a: inout A, _ b: inout B, _ c: inout C
  ) throws {
    try pass(&a)
    try pass(&b)
    try pass(&c)
  }

  @inlinable
  @inline(__always)
  public func pass<
    A: CanonicalCodable, B: CanonicalCodable, C: CanonicalCodable, D: CanonicalCodable
  >(_ a: inout A, _ b: inout B, _ c: inout C, _ d: inout D) throws {
    try pass(&a, &b)
    try pass(&c, &d)
  }

  /// One that asks for containers.
  public func pass<Value: Codable>(coded value: inout Value) throws {
    switch self {
    case .writing(let encoder): try encoder.write(coded: value)
    case .reading(let decoder): value = try decoder.read(Value.self)
    }
  }

  /// Many numbers that resemble the ones before them.
  public func pass(numbers: inout [Double]) throws {
    switch self {
    case .writing(let encoder): encoder.put(numbers)
    case .reading(let decoder): numbers = try decoder.numbers()
    }
  }

  public func pass(lists: inout [[Double]]) throws {
    switch self {
    case .writing(let encoder):
      for list in lists {
        encoder.write(true)
        encoder.put(list)
      }
      encoder.write(false)
    case .reading(let decoder):
      lists = []
      while try decoder.bool() { lists.append(try decoder.numbers()) }
    }
  }

  public func pass(small numbers: inout [Int32]) throws {
    switch self {
    case .writing(let encoder): encoder.put(numbers)
    case .reading(let decoder): numbers = try decoder.smallNumbers()
    }
  }

  public func pass(words: inout [UInt64]) throws {
    switch self {
    case .writing(let encoder): encoder.put(words)
    case .reading(let decoder): words = try decoder.words()
    }
  }

  /// Words that others hold as well: see `CanonicalEncoder.put(shared:)`.
  public func pass(shared words: inout [UInt64]) throws {
    switch self {
    case .writing(let encoder): encoder.put(shared: words)
    case .reading(let decoder): words = try decoder.sharedWords()
    }
  }

  /// Turns back bytes that anybody may have written.
  @inlinable
  public func require(
    _ holds: @autoclosure () -> Bool, _ reason: @autoclosure () -> String
  ) throws {
    guard case .reading(let decoder) = self, !holds() else { return }
    throw Malformed(reason(), at: decoder.place)
  }
}

// MARK: What fields are made of

extension Bool: CanonicalCodable {
  public func write(to encoder: CanonicalEncoder) { encoder.write(self) }
  public init(canonical decoder: CanonicalDecoder) throws { self = try decoder.bool() }
}

extension String: CanonicalCodable {
  public func write(to encoder: CanonicalEncoder) { encoder.write(self) }
  public init(canonical decoder: CanonicalDecoder) throws { self = try decoder.text() }
}

extension Double: CanonicalCodable {
  public func write(to encoder: CanonicalEncoder) { encoder.write(self) }
  public init(canonical decoder: CanonicalDecoder) throws { self = try decoder.double() }
}

extension Int: CanonicalCodable {
  public func write(to encoder: CanonicalEncoder) { encoder.write(Int64(self)) }
  public init(canonical decoder: CanonicalDecoder) throws { self = try decoder.count() }
}

extension Int64: CanonicalCodable {
  public func write(to encoder: CanonicalEncoder) { encoder.write(self) }
  public init(canonical decoder: CanonicalDecoder) throws { self = try decoder.signed(Int64.self) }
}

extension UInt64: CanonicalCodable {
  public func write(to encoder: CanonicalEncoder) { encoder.write(self) }
  public init(canonical decoder: CanonicalDecoder) throws {
    self = try decoder.unsigned(UInt64.self)
  }
}

extension UInt32: CanonicalCodable {
  public func write(to encoder: CanonicalEncoder) { encoder.write(UInt64(self)) }
  public init(canonical decoder: CanonicalDecoder) throws {
    self = try decoder.unsigned(UInt32.self)
  }
}

extension UInt8: CanonicalCodable {
  public func write(to encoder: CanonicalEncoder) { encoder.write(UInt64(self)) }
  public init(canonical decoder: CanonicalDecoder) throws {
    self = try decoder.unsigned(UInt8.self)
  }
}

/// An enumeration by its word, a set by its number.
extension CanonicalCodable where Self: RawRepresentable, RawValue: CanonicalCodable {
  @inlinable
  public func write(to encoder: CanonicalEncoder) throws { try rawValue.write(to: encoder) }

  @inlinable
  public init(canonical decoder: CanonicalDecoder) throws {
    guard let value = Self(rawValue: try RawValue(canonical: decoder)) else {
      throw Malformed("this is no \(Self.self)", at: decoder.place)
    }
    self = value
  }
}

extension Optional: CanonicalCodable where Wrapped: CanonicalCodable {
  @inlinable
  public func write(to encoder: CanonicalEncoder) throws {
    encoder.write(self != nil)
    try self?.write(to: encoder)
  }

  @inlinable
  public init(canonical decoder: CanonicalDecoder) throws {
    self = try decoder.bool() ? Wrapped(canonical: decoder) : nil
  }
}

extension Array: CanonicalCodable where Element: CanonicalCodable {
  @inlinable
  public func write(to encoder: CanonicalEncoder) throws {
    for element in self {
      encoder.write(true)
      try element.write(to: encoder)
    }
    encoder.write(false)
  }

  @inlinable
  public init(canonical decoder: CanonicalDecoder) throws {
    self = []
    while try decoder.bool() { append(try Element(canonical: decoder)) }
  }
}
