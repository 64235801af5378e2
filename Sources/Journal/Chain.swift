import Crypto
package import Recording

/// What a batch leaves for the next one to be bound to: it stands for all that came before.
package struct Link: Sendable, Hashable, CustomStringConvertible {
  /// 32 of them.
  package let bytes: [UInt8]

  package init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// nil where it is not 64 hexadecimal digits.
  package init?(hex: some StringProtocol) {
    let digits = hex.utf8.map { byte -> UInt8? in
      switch byte {
      case 0x30...0x39: byte - 0x30
      case 0x61...0x66: byte - 0x61 + 10
      case 0x41...0x46: byte - 0x41 + 10
      default: nil
      }
    }
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    for place in stride(from: 0, to: 64, by: 2) {
      guard let high = digits[place], let low = digits[place + 1] else { return nil }
      bytes.append(high << 4 | low)
    }
    self.bytes = bytes
  }

  fileprivate init(_ digest: SHA256.Digest) { bytes = [UInt8](digest) }

  package var description: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(
      decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}

/// SHA-256 of values put one after another, each with its length, so that none can pass for another.
struct Digest {
  private var hasher = SHA256()

  /// - Parameter table: what kind of row it is of.
  init(_ table: StaticString) {
    table.withUTF8Buffer { hasher.update(bufferPointer: UnsafeRawBufferPointer($0)) }
    put(Int64(table.utf8CodeUnitCount))
  }

  mutating func put(_ value: Int64) {
    withUnsafeBytes(of: value.littleEndian) { hasher.update(bufferPointer: $0) }
  }

  mutating func put(_ bytes: [UInt8]) {
    put(Int64(bytes.count))
    bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
  }

  mutating func put(_ bytes: [UInt8]?) {
    put(bytes == nil ? Int64(0) : 1)
    if let bytes { put(bytes) }
  }

  mutating func put(_ text: String) { put([UInt8](text.utf8)) }

  mutating func put(_ text: String?) { put(text.map { [UInt8]($0.utf8) }) }

  consuming func finish() -> Link { Link(hasher.finalize()) }
}

enum Chain {
  /// The link of what says `digest` and comes after `previous`.
  static func link(after previous: Link, _ digest: Link) -> Link {
    var hasher = SHA256()
    previous.bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    digest.bytes.withUnsafeBytes { hasher.update(bufferPointer: $0) }
    return Link(hasher.finalize())
  }

  /// What a row carries to be known as whole by itself, where nothing before it is left.
  static func seal(_ digest: Link) -> Int64 {
    digest.bytes.prefix(8).reduce(0) { $0 << 8 | Int64($1) }
  }
}
