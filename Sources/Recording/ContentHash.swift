import Crypto

/// The name of a value by what it is: SHA-256 of its bytes.
package struct ContentHash: Sendable, Hashable {
  /// 32 of them.
  package let bytes: [UInt8]

  /// nil where there are not 32.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// The name of these bytes.
  package init(of bytes: [UInt8]) { self.bytes = [UInt8](SHA256.hash(data: bytes)) }
}
