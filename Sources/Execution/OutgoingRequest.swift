import Containment
import NIOCore
import NIOHTTP1

/// A planned request with all that it needs from this side: its address known, its secrets read, its headers
/// looked at once more.
struct OutgoingRequest: Sendable {
  let address: TargetAddress
  let head: HTTPRequestHead
  let body: ByteBuffer?
  /// What must not be told of what the target answers.
  let mask: SecretMask

  /// Why it cannot be sent.
  struct Flaw: Error, CustomStringConvertible { var description: String }

  /// Headers that say how the message is framed and how long the connection lasts, or which request it is:
  /// whoever says two of them is read in two ways.
  private static let own: Set<String> = [
    "connection", "content-length", "expect", "idempotency-key", "keep-alive", "proxy-connection",
    "te",
    "trailer", "transfer-encoding", "upgrade",
  ]

  init(_ planned: PlannedRequest, key: String?) async throws {
    guard let address = TargetAddress(planned.url) else {
      throw Flaw(description: "its address is no http or https address that can be sent to")
    }
    guard !planned.method.isEmpty, planned.method != "CONNECT",
      planned.method.utf8.allSatisfy({ (0x41...0x5a).contains($0) })
    else { throw Flaw(description: "its method is none that can be sent") }
    // All that can be refused is, before a secret is read.
    for header in planned.headers { try OutgoingRequest.check(header) }
    if let key, !OutgoingRequest.isValue(key) {
      throw Flaw(description: "its key is not plain ASCII")
    }

    var headers = HTTPHeaders()
    var secrets: [String] = []
    for header in planned.headers {
      switch header.value {
      case .text(let text): headers.add(name: header.name, value: text)
      case .secret(let place):
        let secret = try await place.resolve()
        secrets.append(secret)
        headers.add(name: header.name, value: secret)
      }
    }
    if !headers.contains(name: "Host") { headers.add(name: "Host", value: address.authority) }
    if !headers.contains(name: "User-Agent") { headers.add(name: "User-Agent", value: "damcon") }
    if let body = planned.body {
      if !headers.contains(name: "Content-Type") {
        headers.add(name: "Content-Type", value: "application/json")
      }
      headers.add(name: "Content-Length", value: "\(body.utf8.count)")
    } else if !["GET", "HEAD", "OPTIONS"].contains(planned.method) {
      headers.add(name: "Content-Length", value: "0")
    }
    if let key { headers.add(name: "Idempotency-Key", value: key) }
    headers.add(name: "Connection", value: "close")
    self.address = address
    head = HTTPRequestHead(
      version: .http1_1, method: HTTPMethod(rawValue: planned.method), uri: address.path,
      headers: headers)
    body = planned.body.map { ByteBuffer(string: $0) }
    mask = SecretMask(secrets)
  }

  private static func check(_ header: PlannedRequest.Header) throws(Flaw) {
    let isName =
      !header.name.isEmpty
      && header.name.utf8.allSatisfy { sign in
        switch sign {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: "!#$%&'*+-.^_`|~".utf8.contains(sign)
        }
      }
    guard isName else { throw Flaw(description: "a header's name is none") }
    guard !own.contains(header.name.lowercased()) else {
      throw Flaw(description: "the header \(header.name) is not the plan's to say")
    }
    if case .text(let text) = header.value, !isValue(text) {
      throw Flaw(description: "the header \(header.name) is not plain ASCII")
    }
  }

  private static func isValue(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x20...0x7e).contains($0) }
  }
}
