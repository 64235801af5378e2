/// A small Go service whose counters are a pure function of its number and the seconds since the
/// server began: every scrape differs, and the same second gives the same text.
struct MovingService {
  private let number: Int

  init(_ number: Int) { self.number = number }

  private static let bounds = [
    "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10",
  ]
  private static let handlers = ["/", "/cart", "/checkout", "/search"]

  /// Requests so far: a base rate of its own that swells and falls, never backwards.
  private func requests(_ handler: Int, at seconds: Double) -> Int {
    var dice = Dice(seed: UInt64(number * 31 + handler))
    let rate = 2 + Double(dice.next() % 40)
    let whole = seconds.rounded(.down)
    var jitter = Dice(seed: UInt64(number * 131 + handler) &+ UInt64(max(0, whole)))
    return Int(1000 + rate * whole) + Int(jitter.next() % UInt64(rate))
  }

  func exposition(at seconds: Double) -> [UInt8] {
    var text = ""
    text.reserveCapacity(8192)
    text += "# TYPE go_info gauge\ngo_info{version=\"go1.23.4\"} 1\n"
    text += "# TYPE go_goroutines gauge\ngo_goroutines \(20 + (number + Int(seconds)) % 17)\n"
    text += "# TYPE process_cpu_seconds_total counter\nprocess_cpu_seconds_total \(seconds / 20)\n"
    text += "# TYPE process_open_fds gauge\nprocess_open_fds \(30 + Int(seconds) % 9)\n"
    text += "# TYPE process_max_fds gauge\nprocess_max_fds 1024\n"
    text += "# TYPE process_resident_memory_bytes gauge\n"
    text += "process_resident_memory_bytes \(40_000_000 + number * 4096)\n"
    text += "# TYPE http_requests_total counter\n"
    for (index, handler) in Self.handlers.enumerated() {
      let all = requests(index, at: seconds)
      let failed = all / (20 + number % 50)
      text += "http_requests_total{code=\"200\",handler=\"\(handler)\",method=\"get\"} "
      text += "\(all - failed)\n"
      text += "http_requests_total{code=\"500\",handler=\"\(handler)\",method=\"get\"} \(failed)\n"
    }
    text += "# TYPE http_request_duration_seconds histogram\n"
    for (index, handler) in Self.handlers.enumerated() {
      let all = requests(index, at: seconds)
      for (place, bound) in Self.bounds.enumerated() {
        let below = all * min(100, 8 + (place + 1) * (9 + number % 5)) / 100
        text += "http_request_duration_seconds_bucket{handler=\"\(handler)\",le=\"\(bound)\"} "
        text += "\(below)\n"
      }
      text += "http_request_duration_seconds_bucket{handler=\"\(handler)\",le=\"+Inf\"} \(all)\n"
      text += "http_request_duration_seconds_sum{handler=\"\(handler)\"} \(Double(all) * 0.07)\n"
      text += "http_request_duration_seconds_count{handler=\"\(handler)\"} \(all)\n"
    }
    return Array(text.utf8)
  }
}
