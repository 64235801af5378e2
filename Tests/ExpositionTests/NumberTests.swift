import Exposition
import Foundation
import Testing

struct NumberTests {
  private func read(_ text: String) -> Double? {
    Parser(format: .text).parse("a \(text)\n").samples.first?.value
  }

  @Test func `Numbers are rounded as the standard library rounds them`() {
    var random = Seeded(7)
    for _ in 0..<4_000 {
      let value = Double(bitPattern: random.next())
      guard value.isFinite else { continue }
      for text in ["\(value)", String(format: "%.17g", value), String(format: "%.12e", value)] {
        #expect(read(text)?.bitPattern == Double(text)?.bitPattern, "\(text)")
      }
    }
    for _ in 0..<4_000 {
      let whole = String(random.next() % 1_000_000_000_000_000_000)
      let part = String(random.next()).prefix(Int.random(in: 0...19, using: &random))
      let power = Int.random(in: -70...70, using: &random)
      for text in [
        "\(whole).\(part)", "\(whole).\(part)e\(power)", "0.000\(part)1",
        "-\(whole)E+\(abs(power))",
      ] {
        #expect(read(text)?.bitPattern == Double(text)?.bitPattern, "\(text)")
      }
    }
  }

  @Test func `Halves, edges and long digits are right`() {
    for text in [
      "9007199254740993", "9007199254740992.5", "9007199254740993.0000000000000000001", "0.1",
      "1e22",
      "1e23", "8.5e22", "123456789012345678", "1234567890123456789", "18446744073709551615",
      "18446744073709551616", "100000000000000000000000000000000000000000",
      "2.2250738585072011e-308",
      "4.9e-324", "2e-324", "1.7976931348623157e308", "00001.5",
      "1.00000000000000000000000000000001",
      "1e-400", "0e999999999999", "-0", "7.2057594037927933e16", "1.448997445238699",
      "6929495644600919.5",
    ] {
      #expect(read(text)?.bitPattern == Double(text)?.bitPattern, "\(text)")
    }
  }

  @Test func `What Prometheus takes for a number, and what not`() {
    for text in ["+Inf", "inf", "INFINITY", "+infinity"] { #expect(read(text) == .infinity) }
    for text in ["-Inf", "-iNfInItY"] { #expect(read(text) == -.infinity) }
    for text in ["NaN", "nan", "NAN"] { #expect(read(text)?.isNaN == true) }
    #expect(read("+1") == 1 && read(".5") == 0.5 && read("5.") == 5 && read("-.5e-1") == -0.05)
    for text in [
      "+NaN", "-nan", "infin", "0x1p-3", "0x10", "1_000", "1e", "1e+", "e5", ".", "-", "+", "1.2.3",
      "--1",
      "1e5.5", "1e400", "-1e999999999999999999999", "true", "１", "1f", "0b1", "0o7",
    ] {
      #expect(read(text) == nil, "\(text)")
    }
  }
}
