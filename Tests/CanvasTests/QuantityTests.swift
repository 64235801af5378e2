import Canvas
import Testing

@Suite struct QuantityTests {
  @Test(
    "Numbers have three significant digits and at most two decimals",
    arguments: [
      (0, "0"), (0.001, "<0.01"), (0.005, "0.01"), (0.312, "0.31"), (4.2, "4.20"), (9.994, "9.99"),
      (9.996, "10.0"), (38.14, "38.1"), (99.94, "99.9"), (99.96, "100"), (118, "118"),
      (999.4, "999"),
      (999.6, "1.00k"), (1234, "1.23k"), (45_600_000, "45.6M"), (-12.3, "-12.3"), (1e30, ">999E"),
      (Double.nan, "?"), (.infinity, "∞"),
    ])
  func numbers(_ value: Double, _ text: String) { #expect(Quantity.number(value) == text) }

  @Test(
    "Latencies are milliseconds until a second",
    arguments: [
      (0.43, "0.43"), (14.23, "14.2"), (310, "310"), (999.7, "1.00s"), (2400, "2.40s"),
      (59_990, "1m"),
      (59_900, "59.9s"), (61_000, "1m"), (Double.nan, "?"),
    ])
  func latencies(_ ms: Double, _ text: String) {
    #expect(Quantity.latency(milliseconds: ms) == text)
  }

  @Test(
    "Times carry their unit",
    arguments: [
      (0, "0s"), (0.00043, "430µs"), (0.0142, "14.2ms"), (0.9999, "1.00s"), (2.4, "2.40s"),
      (59.999, "1m"),
      (840, "14m"),
    ])
  func times(_ seconds: Double, _ text: String) { #expect(Quantity.time(seconds: seconds) == text) }

  @Test(
    "Durations have at most two units",
    arguments: [
      (0, "0s"), (59.9, "59s"), (60, "1m"), (3900, "1h05m"), (86_399, "23h59m"), (273_600, "3d04h"),
      (10_368_000, "120d"), (-90, "-1m"),
    ])
  func durations(_ seconds: Double, _ text: String) { #expect(Quantity.duration(seconds) == text) }

  @Test("The rest")
  func rest() {
    #expect(Quantity.beyond(milliseconds: 5000) == ">5s")
    #expect(Quantity.beyond(milliseconds: 2500) == ">2.5s")
    #expect(Quantity.beyond(milliseconds: 500) == ">500")
    #expect(Quantity.beyond(milliseconds: 60_000) == ">1m")
    #expect(Quantity.percent(0.381) == "38.1")
    #expect(Quantity.wholePercent(0.9999) == "99")
    #expect(Quantity.wholePercent(1) == "100")
    #expect(Quantity.wholePercent(0.0001) == "<1")
    #expect(Quantity.wholePercent(nil) == "?")
    #expect(Quantity.countdown(400) == "6m40s")
    #expect(Quantity.bytes(68_234) == "68.2kB")
    #expect(Quantity.bytes(512) == "512B")
    #expect(Quantity.count(99_999) == "99999")
    #expect(Quantity.count(123_456) == "123k")
    #expect(Quantity.number(nil) == Quantity.unknown)
  }
}
