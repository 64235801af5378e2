/// The head of a request, as far as the server cares.
struct HTTPRequest {
  var path = ""
  var userAgent = "no User-Agent"
  var accept = ""
  var acceptEncoding = ""
  /// Bytes of the body that follows.
  var length = 0
  /// Bytes of the head, its empty line included.
  var headLength = 0

  var acceptsGzip: Bool { acceptEncoding.contains("gzip") }

  /// Nil while the empty line that ends a head has not arrived.
  init?(readingHeadOf bytes: [UInt8]) {
    guard let end = HTTPRequest.endOfHead(bytes) else { return nil }
    headLength = end
    let lines = bytes[..<end].split(separator: UInt8(ascii: "\n"))
    for (number, line) in lines.enumerated() {
      let text = String(decoding: line, as: UTF8.self)
      if number == 0 {
        let words = text.split(separator: " ")
        if words.count > 1 { path = String(words[1].prefix { $0 != "?" }) }
        continue
      }
      guard let colon = text.firstIndex(of: ":") else { continue }
      let value = text[text.index(after: colon)...].filter { $0 != "\r" && $0 != "\r\n" }
        .drop { $0 == " " }
      switch text[..<colon].lowercased() {
      case "user-agent": userAgent = String(value)
      case "accept": accept = String(value)
      case "accept-encoding": acceptEncoding = String(value)
      case "content-length": length = Int(value) ?? 0
      default: break
      }
    }
  }

  private static func endOfHead(_ bytes: [UInt8]) -> Int? {
    var index = 3
    while index < bytes.count {
      if bytes[index] == 10, bytes[index - 1] == 13, bytes[index - 2] == 10 { return index + 1 }
      index += 1
    }
    return nil
  }
}

/// Whole answers, head and body in one buffer.
enum HTTPAnswer {
  static func exposition(_ body: [UInt8], encoding: String? = nil) -> [UInt8] {
    var head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
    if let encoding { head += "Content-Encoding: \(encoding)\r\n" }
    head += "Content-Length: \(body.count)\r\n\r\n"
    return Array(head.utf8) + body
  }

  static func text(_ body: String) -> [UInt8] {
    let bytes = Array(body.utf8)
    let head =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: \(bytes.count)\r\n\r\n"
    return Array(head.utf8) + bytes
  }

  static let notFound = Array("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".utf8)
  static let noContent = Array("HTTP/1.1 204 No Content\r\n\r\n".utf8)
}
