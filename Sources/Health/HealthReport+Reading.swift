extension HealthReport {
  /// Reads a health answer in whatever dialect it is written.
  ///
  /// Never fails: a body that cannot be read is `.unreadable` and `defects` says why. The HTTP
  /// status is not copied into `status`; it only settles what some dialects leave open.
  public init(body: Span<UInt8>, contentType: String? = nil, status httpStatus: Int = 200) {
    let type = ContentType(contentType)
    let content = body.extracting(Self.content(of: body))
    guard let first = content.isEmpty ? nil : content[0] else {
      self.init(dialect: .empty)
      if type.isJSON { defects = ["Content-Type says JSON, the body is empty"] }
      return
    }
    if first == UInt8(ascii: "<") {
      self.init(unreadable: "the body is \(type.isXML ? "XML" : "HTML"), not a health answer")
      return
    }
    if let report = KubernetesReader.read(content) {
      self = report
      return
    }
    let looksLikeJSON = [UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\"")].contains(first)
    var reader = JSONReader()
    do throws(JSONReader.Failure) {
      let value = try reader.read(content)
      var mapping = ReportMapping(contentType: type, httpStatus: httpStatus)
      self = mapping.report(of: value)
      if reader.isRepaired { note("bytes that are not UTF-8 were replaced") }
      if reader.isCut { note("the body is too large: some of it is left out") }
    } catch {
      if looksLikeJSON || type.isJSON {
        let place = Self.place(of: error.offset, in: content)
        self.init(
          unreadable: "not JSON: \(error.reason) at line \(place.line) column \(place.column)")
      } else {
        self.init(text: content)
      }
    }
  }

  /// Reads a health answer in whatever dialect it is written.
  public init(body: [UInt8], contentType: String? = nil, status: Int = 200) {
    self.init(body: body.span, contentType: contentType, status: status)
  }

  /// Reads a health answer in whatever dialect it is written; `body` is not kept.
  public init(body: UnsafeRawBufferPointer, contentType: String? = nil, status: Int = 200) {
    self = body.withMemoryRebound(to: UInt8.self) {
      HealthReport(body: $0.span, contentType: contentType, status: status)
    }
  }

  /// How many checks, fallbacks, breakers, flags and saturations are kept, each.
  package static let entriesKept = 256

  init(unreadable reason: String) {
    self.init(dialect: .unreadable)
    defects = [reason]
  }

  /// Adds a defect, up to 32 of them: a body of nothing but mistakes is told by its first ones.
  mutating func note(_ defect: String) {
    let most = 32
    if defects.count < most {
      defects.append(defect)
    } else if defects.count == most {
      defects.append("and more")
    }
  }

  /// Plain text: what it claims, where it claims clearly.
  private init(text content: Span<UInt8>) {
    let most = 1024
    let head = content.extracting(first: most).withUnsafeBufferPointer { Array($0) }
    if head.contains(where: { $0 < 0x20 && ![0x09, 0x0A, 0x0D, 0x1B].contains($0) }) {
      self.init(unreadable: "the body is not text")
      return
    }
    self.init(dialect: .text)
    let text = String(decoding: head, as: UTF8.self)
    if String(validating: head, as: UTF8.self) == nil, content.count <= most {
      note("bytes that are not UTF-8 were replaced")
    }
    if let word = StatusWord(text) {
      status = word.status
      phase = word.phase
    } else if content.count <= most {
      let sentence = StatusSentence(text)
      status = sentence.status
      phase = sentence.phase
    }
    message = text
  }

  /// What is left without a byte order mark and the white space around.
  private static func content(of body: Span<UInt8>) -> Range<Int> {
    var start = 0
    var end = body.count
    if end >= 3, body[0] == 0xEF, body[1] == 0xBB, body[2] == 0xBF { start = 3 }
    while start < end, isSpace(body[start]) { start += 1 }
    while end > start, isSpace(body[end - 1]) { end -= 1 }
    return start..<end
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  private static func place(of offset: Int, in content: Span<UInt8>) -> (line: Int, column: Int) {
    var line = 1
    var column = 1
    for index in 0..<min(offset, content.count) {
      if content[index] == 0x0A {
        line += 1
        column = 1
      } else {
        column += 1
      }
    }
    return (line, column)
  }
}

/// What a Content-Type header says of a health body.
package struct ContentType: Sendable, Hashable {
  package var isJSON = false
  package var isHealthJSON = false
  package var isXML = false
  package var isSpring = false

  package init(_ header: String?) {
    guard let header else { return }
    let type = header.prefix { $0 != ";" }.lowercased()
    isJSON = type.contains("json")
    isHealthJSON = type.contains("health+json")
    isXML = type.contains("xml") && !type.contains("html")
    isSpring = type.contains("spring-boot")
  }
}
