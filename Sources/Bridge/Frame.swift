import Foundation

/// One message on a control socket: four bytes of length, the most significant first, then so many bytes of JSON.
package enum Frame {
  /// Bytes of JSON that a frame holds at most.
  package static let longest = 1 << 20
  package static let head = 4

  /// With its length before it; nil where it is too long.
  package static func bytes(
    of message: some Encodable, upTo limit: Int = Frame.longest
  ) throws -> [UInt8]? {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let body = try encoder.encode(message)
    guard body.count <= limit else { return nil }
    let length = UInt32(body.count)
    return (0..<head).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * UInt32($0))) } + body
  }

  /// The length that the first four bytes say.
  package static func length(_ head: some Collection<UInt8>) -> Int {
    head.prefix(Frame.head).reduce(0) { $0 << 8 | Int($1) }
  }

  package static func message<Message: Decodable>(
    _ type: Message.Type, from body: [UInt8]
  ) throws -> Message {
    try JSONDecoder().decode(type, from: Data(body))
  }
}
