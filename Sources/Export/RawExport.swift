import Fleet
package import Incident

/// What services answered, word for word: an object a line for each body that was kept.
///
/// Each has `at` (RFC 3339 UTC), `service`, `instance`, `kind` (`liveness`, `readiness`, `metrics`),
/// `route` (the path that was asked; null where that is not known), `sha256` and `body`, or
/// `body_base64` where it is no UTF-8.
package struct RawExport: Exporter {
  private let body: ([UInt8]) throws -> [UInt8]?
  private var missing = 0
  private var written = 0

  /// - Parameter body: the bytes of a hash; nil where they are not kept.
  package init(body: @escaping (_ hash: [UInt8]) throws -> [UInt8]?) { self.body = body }

  package mutating func take(_ entry: Entry, after state: State, to write: Write) throws {
    guard case .body(let target, let answer) = entry.event else { return }
    guard let bytes = try body(answer.hash) else {
      missing += 1
      return
    }
    written += 1
    let content: (String, JSONText) =
      if let text = String(validating: bytes, as: UTF8.self) {
        ("body", .string(text))
      } else {
        ("body_base64", .string(RawExport.base64(bytes)))
      }
    try write(
      JSONText.object([
        ("at", SnapshotJSON.time(entry.instant)),
        ("service", .string(target.service)),
        ("instance", .string(target.instance)),
        ("kind", .string(answer.kind.rawValue)),
        ("route", .string(RawExport.route(of: target, answer.kind, state.present))),
        ("sha256", .string(JSONText.hex(answer.hash))),
        content,
      ]).compact + "\n")
  }

  package mutating func finish(after state: State?, to write: Write) throws {}

  package var caveats: [String] {
    if missing > 0 { return ["bodies that are named and not in the recording: \(missing)"] }
    return written == 0
      ? ["no bodies were kept; record with --keep-raw to have them"] : []
  }

  private static func route(
    of target: Target, _ kind: AnswerBody.Kind, _ present: Present
  ) -> String? {
    let routes = present.service(named: target.service)?.instances
      .first { $0.definition.url == target.instance }?.routes
    switch kind {
    case .liveness: return routes?.liveness
    case .readiness: return routes?.readiness
    case .metrics: return routes?.metrics
    }
  }

  /// RFC 4648.
  private static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let part = bytes[start..<min(start + 3, bytes.count)]
      var word = 0
      for byte in part { word = word << 8 | Int(byte) }
      word <<= 8 * (3 - part.count)
      for place in 0..<4 {
        text.append(
          place <= part.count ? letters[word >> (18 - 6 * place) & 63] : UInt8(ascii: "="))
      }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
