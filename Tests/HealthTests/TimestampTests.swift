import Health
import Testing

@Suite("Times and lengths of time as health bodies write them")
struct TimestampTests {
  @Test(
    "RFC 3339 becomes Unix seconds",
    arguments: [
      ("1970-01-01T00:00:00Z", 0), ("2026-11-21T01:02:03Z", 1_795_222_923),
      ("2026-11-21t01:02:03.5z", 1_795_222_923.5), ("2026-11-21 01:02:03+01:00", 1_795_219_323),
      ("2017-12-05T19:17:23.5-08:00", 1_512_530_243.5), ("2024-02-29T00:00:00Z", 1_709_164_800),
      ("1969-12-31T23:59:59Z", -1), ("2016-12-31T23:59:60Z", 1_483_228_800),
    ])
  func reads(_ text: String, _ seconds: Double) {
    #expect(Timestamp.parse(text) == seconds)
  }

  @Test(
    "What is no RFC 3339 time is none",
    arguments: [
      "", "now", "2017-01-01T00:00:00.413567856+033:00", "2026-11-21", "2026-11-21T01:02:03",
      "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-11-21T24:00:00Z",
      "2026-11-21T01:02:03.Z", "2026-11-21T01:02:03Zjunk", "2026-11-2١T01:02:03Z", "0-0-0",
    ])
  func refuses(_ text: String) {
    #expect(Timestamp.parse(text) == nil)
  }

  @Test("The unit of a number is told by its size")
  func numbers() {
    #expect(Timestamp.unix(1_795_222_923) == 1_795_222_923)
    #expect(Timestamp.unix(1_795_222_923_500) == 1_795_222_923.5)
    #expect(Timestamp.unix(1_795_222_923_500_000_000) == 1_795_222_923.5)
    #expect(Timestamp.unix(-1) == nil)
    #expect(Timestamp.unix(.infinity) == nil)
    #expect(Timestamp.unix(.nan) == nil)
  }

  @Test(
    "Go and .NET lengths of time",
    arguments: [
      ("1.5s", 1.5), ("1m2s", 62), ("320ms", 0.32), ("00:00:01.25", 1.25), ("1µs", 1e-6),
      ("", nil), ("5", nil), ("5 parsecs", nil), ("1:2", nil), ("-1:00:00", nil), ("s", nil),
    ] as [(String, Double?)])
  func lengths(_ text: String, _ seconds: Double?) {
    #expect(DurationText.parse(text) == seconds)
  }
}

@Suite("Words")
struct WordsTests {
  @Test(
    "A duration is short",
    arguments: [
      (0.04, "40ms"), (0.9996, "1000ms"), (2, "2.0s"), (9.94, "9.9s"), (45.6, "45s"), (60, "1m"),
      (90, "1m 30s"), (720, "12m"), (12_000, "3h 20m"), (700_000, "8d"), (2.8e8, "8y"),
      (.infinity, "?"), (.nan, "?"),
    ])
  func duration(_ seconds: Double, _ text: String) {
    #expect(Words.duration(seconds) == text)
  }

  @Test("A line is cut by characters and keeps to one line")
  func clips() {
    #expect(Words.clipped("abc", to: 3) == "abc")
    #expect(Words.clipped("abcd", to: 3) == "ab…")
    #expect(Words.clipped("a\nb\tc\r\nd", to: 20) == "a b c d")
    #expect(Words.clipped("👩‍👩‍👧‍👦👩‍👩‍👧‍👦👩‍👩‍👧‍👦", to: 2) == "👩‍👩‍👧‍👦…")
  }
}
