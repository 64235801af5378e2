import Exposition
import Testing

/// Whatever the bytes are, reading them ends, traps nowhere, and the ways of reading agree.
struct HostileInputTests {
  private let formats: [ExpositionFormat] = [.text, .openMetrics]

  private func readEveryWay(_ bytes: [UInt8]) {
    for format in formats {
      let parsed = Parser(format: format).parse(bytes)
      _ = Parser(format: format, manner: .strict).parse(bytes)
      let tally = Parser(format: format).tally(bytes)
      #expect(tally.samples == parsed.samples.count)
      var extractor = Extractor { _, _, _ in true }
      let first = extractor.extract(bytes, format: format)
      let second = extractor.extract(bytes, format: format)
      let third = extractor.extract(bytes, format: format)
      #expect(second.readings.count == first.readings.count)
      #expect(third.defined == [])
      #expect(second.violationCount == third.violationCount)
      // Names alone are read of what is not wanted, and that without an answer to give.
      var none = Extractor { _, _, _ in false }
      #expect(none.extract(bytes, format: format).readings == [])
      let distinct = Set(
        parsed.samples.map { sample in
          [sample.name] + sample.labels.map { "\($0.name)=\($0.value)" }.sorted()
        })
      #expect(first.readings.count <= distinct.count)
    }
  }

  @Test func `Random bytes`() {
    var random = Seeded(11)
    for _ in 0..<600 {
      readEveryWay(
        (0..<Int.random(in: 0...80, using: &random)).map { _ in
          UInt8.random(in: 0...255, using: &random)
        })
    }
  }

  @Test func `Random tokens`() {
    let tokens = [
      "a", "b_total", "{", "}", "\"", "\\", ",", "=", " ", "\t", "\n", "#", "# TYPE ", "# HELP ",
      "# EOF", "counter",
      "1", "-1.5e3", "NaN", "le=\"1\"", "\u{0}", "\r\n", " # {", "é", "x{y=\"z\"} 1\n",
      "{\"q\"} 2\n", "_bucket",
    ]
    var random = Seeded(12)
    for _ in 0..<1_500 {
      let text = (0..<Int.random(in: 0...25, using: &random)).compactMap { _ in
        tokens.randomElement(using: &random)
      }
      readEveryWay(Array(text.joined().utf8))
    }
  }

  @Test func `Mutations of what is well-formed`() {
    var random = Seeded(13)
    for body in [textExposition, openMetricsExposition] {
      for _ in 0..<500 {
        var bytes = Array(body.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
          let at = Int.random(in: 0..<bytes.count, using: &random)
          switch Int.random(in: 0..<4, using: &random) {
          case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
          case 1: bytes.remove(at: at)
          case 2:
            bytes.insert(
              [0x22, 0x7B, 0x7D, 0x0A, 0x5C, 0x20].randomElement(using: &random) ?? 0, at: at)
          default: bytes.removeLast(bytes.count - at)
          }
          if bytes.isEmpty { bytes = [0x0A] }
        }
        readEveryWay(bytes)
      }
    }
  }

  /// Lines do not lean on each other: the samples of a whole are those of its lines.
  @Test func `A whole is the sum of its lines`() {
    var random = Seeded(14)
    let lines = textExposition.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0 + "\n"
    }
    let broken = ["x{ 1\n", "{}\n", "y\n", "z 1 2 3\n", "\"\n", "v{w=\"\n"]
    for _ in 0..<200 {
      let picked = (0..<20).compactMap { _ in
        (lines + broken.map { Substring($0) as Substring + "" }).randomElement(using: &random)
      }
      let whole = Parser(format: .text).parse(picked.joined())
      let parts = picked.map { Parser(format: .text).parse(String($0)) }
      #expect(
        whole.samples.map {
          "\($0.name) \($0.labels) \($0.value) \(String(describing: $0.timestamp))"
        }
          == parts.flatMap(\.samples).map {
            "\($0.name) \($0.labels) \($0.value) \(String(describing: $0.timestamp))"
          })
      let ownFlaws = whole.violations.filter { !$0.reason.hasPrefix("a second TYPE") }
      #expect(ownFlaws.map(\.reason) == parts.flatMap(\.violations).map(\.reason))
    }
  }

  /// All of a short body's beginnings, as a connection that breaks would give them.
  @Test func `Every beginning of a body`() {
    for body in [textExposition, openMetricsExposition] {
      let bytes = Array(body.utf8)
      for end in stride(from: 0, through: bytes.count, by: 3) { readEveryWay(Array(bytes[..<end])) }
    }
  }
}
