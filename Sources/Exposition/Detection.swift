extension ExpositionFormat {
  /// The format of a response: what its Content-Type says, else what its content shows.
  ///
  /// `application/openmetrics-text` is OpenMetrics and `text/plain` the text format, whatever their
  /// parameters; under any other type, or none, a body whose last line is `# EOF` is OpenMetrics.
  public static func detect(contentType: String?, body: UnsafeRawBufferPointer) -> ExpositionFormat
  {
    if let contentType {
      let media = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " && $0 != "\t" }
      if media == "application/openmetrics-text" { return .openMetrics }
      if media == "text/plain" { return .text }
    }
    return endsWithEOF(body) ? .openMetrics : .text
  }

  /// The format of a response held in an array.
  public static func detect(contentType: String?, body: [UInt8]) -> ExpositionFormat {
    body.withUnsafeBytes { detect(contentType: contentType, body: $0) }
  }

  private static func endsWithEOF(_ body: UnsafeRawBufferPointer) -> Bool {
    var end = body.count
    while end > 0,
      [Byte.newline, Byte.carriageReturn, Byte.space, Byte.tab].contains(body[end - 1])
    {
      end -= 1
    }
    let mark = Array("# EOF".utf8)
    guard end >= mark.count, body[(end - mark.count)..<end].elementsEqual(mark) else {
      return false
    }
    return end == mark.count || body[end - mark.count - 1] == Byte.newline
  }
}
