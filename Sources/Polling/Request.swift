import Fleet
import NIOCore

/// One GET as it will be sent, its bytes made once and sent again at every poll.
struct Request: Sendable {
  /// What the answer is wanted for; decides which formats are asked for.
  enum Purpose: Sendable {
    case metrics, health, anything

    /// OpenMetrics first: it carries exemplars, created times and units.
    fileprivate var accept: String {
      switch self {
      case .metrics:
        "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
      case .health: "application/health+json,application/json;q=0.9,*/*;q=0.8"
      case .anything: "*/*"
      }
    }
  }

  let link: Link
  let purpose: Purpose
  let limits: Limits
  let tls: Credentials.TLS
  /// Set when a redirect has led to another origin: nothing that was given for the first is sent,
  /// and the connection is not kept.
  let isForeign: Bool
  /// The request line, the headers and the blank line.
  let bytes: ByteBuffer
  private let headers: [(name: String, value: String)]

  init(
    _ link: Link, purpose: Purpose, headers: [(name: String, value: String)] = [],
    tls: Credentials.TLS = Credentials.TLS(), limits: Limits = Limits(), isForeign: Bool = false
  ) {
    self.link = link
    self.purpose = purpose
    self.headers = headers
    self.tls = tls
    self.limits = limits
    self.isForeign = isForeign
    bytes = Self.encode(link, purpose: purpose, headers: headers)
  }

  /// The request that follows a redirect. Another origin gets no credentials: no header of the
  /// fleet file, no client certificate.
  func redirected(to link: Link) -> Request {
    if link.origin == self.link.origin {
      return Request(
        link, purpose: purpose, headers: headers, tls: tls, limits: limits, isForeign: isForeign)
    }
    return Request(
      link, purpose: purpose, tls: Credentials.TLS(authorityFile: tls.authorityFile),
      limits: limits, isForeign: true)
  }

  private static func encode(
    _ link: Link, purpose: Purpose, headers: [(name: String, value: String)]
  ) -> ByteBuffer {
    var defaults = [
      ("Host", link.origin.authority), ("User-Agent", "damcon"), ("Accept", purpose.accept),
    ]
    if !link.origin.isLocal { defaults.append(("Accept-Encoding", "gzip")) }
    var bytes = ByteBuffer()
    bytes.writeString("GET \(link.path) HTTP/1.1\r\n")
    for (name, value) in defaults
    where !headers.contains(where: { $0.name.lowercased() == name.lowercased() }) {
      bytes.writeString("\(name): \(value)\r\n")
    }
    for (name, value) in headers { bytes.writeString("\(name): \(value)\r\n") }
    bytes.writeString("\r\n")
    return bytes
  }

  /// Why these cannot be sent as a header, or nil. Never says the value.
  static func defect(name: String, value: String) -> String? {
    let isToken =
      !name.isEmpty
      && name.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
          || "!#$%&'*+-.^_`|~".utf8.contains(byte)
      }
    guard isToken else { return "\(name) is no header name" }
    let isClean = value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }
    return isClean ? nil : "the value of header \(name) holds a line break or control character"
  }
}
