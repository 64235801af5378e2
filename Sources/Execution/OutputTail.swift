/// The last of what a program says, however much that is.
struct OutputTail: Sendable {
  /// Bytes that are kept.
  static let longest = 64 << 10

  private var bytes: [UInt8] = []
  private var isCut = false

  mutating func append(_ more: some Collection<UInt8>) {
    bytes += more
    guard bytes.count > 2 * OutputTail.longest else { return }
    bytes.removeFirst(bytes.count - OutputTail.longest)
    isCut = true
  }

  /// Without secrets, and without the end of one whose beginning is not there any more.
  func text(_ mask: SecretMask) -> String {
    var kept = bytes.suffix(OutputTail.longest)
    if isCut || kept.count < bytes.count { kept = kept.dropFirst(mask.remainder(of: kept)) }
    return String(decoding: mask.masked(kept).suffix(OutputTail.longest), as: UTF8.self)
  }
}
