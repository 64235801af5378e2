/// An exposition in the shape of real ones: the families of a Go or Rust service over and over,
/// each time with other labels, as a busy process with many endpoints has them.
struct GeneratedExposition {
  private var dice: Dice

  init(seed: UInt64) { dice = Dice(seed: seed) }

  /// What `Extraction` is asked for in the measurement: ten families, found once in every block.
  static let wanted = [
    "http_requests_total", "http_request_duration_seconds", "grpc_server_handled_total",
    "process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds",
    "process_max_fds", "go_goroutines", "go_gc_duration_seconds", "go_info",
  ]

  private static let bounds = [
    "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf",
  ]
  private static let others = [
    "net_conntrack_dialer_conn_attempted_total", "storage_engine_compaction_chunk_samples",
    "rule_group_last_evaluation_samples", "cache_lookups_total", "queue_messages_published_total",
    "tokio_worker_local_schedule_count", "db_pool_wait_seconds_total", "kafka_consumer_lag",
  ]

  /// At least `size` bytes: whole families with their HELP and TYPE lines, series by series.
  func text(of size: Int) -> [UInt8] {
    var copy = self
    return copy.write(size)
  }

  private mutating func write(_ size: Int) -> [UInt8] {
    var text = ""
    text.reserveCapacity(size + 8192)
    for (name, type) in [
      ("go_goroutines", "gauge"), ("process_cpu_seconds_total", "counter"),
      ("process_resident_memory_bytes", "gauge"), ("process_open_fds", "gauge"),
      ("process_max_fds", "gauge"),
    ] {
      text += header(name, type) + "\(name) \(number())\n"
    }
    text += header("go_info", "gauge") + "go_info{version=\"go1.23.4\"} 1\n"
    text += header("go_gc_duration_seconds", "summary")
    for quantile in ["0", "0.25", "0.5", "0.75", "1"] {
      text += "go_gc_duration_seconds{quantile=\"\(quantile)\"} \(small())\n"
    }
    text += "go_gc_duration_seconds_sum \(small())\ngo_gc_duration_seconds_count 271\n"
    // Sizes as in the dumps: about a tenth of a large exposition is what a dashboard reads.
    let routes = max(1, size / 30_000)
    text += header("http_requests_total", "counter")
    for route in 0..<routes {
      for code in [200, 404, 500] {
        text += "http_requests_total{code=\"\(code)\",handler=\"/api/v1/r\(route)\","
        text += "method=\"get\"} \(count())\n"
      }
    }
    text += header("http_request_duration_seconds", "histogram")
    for route in 0..<routes { text += histogram("http_request_duration_seconds", route) }
    text += header("grpc_server_handled_total", "counter")
    for route in 0..<routes {
      text += "grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"M\(route)\","
      text += "grpc_service=\"shop.v1.Orders\",grpc_type=\"unary\"} \(count())\n"
    }
    var block = 0
    while text.utf8.count < size {
      let name = "\(Self.others[block % Self.others.count])_\(block / Self.others.count)"
      if block % 3 == 2 {
        text += header(name + "_seconds", "histogram")
        for route in 0..<8 { text += histogram(name + "_seconds", route) }
      } else {
        text += header(name, block % 2 == 0 ? "counter" : "gauge")
        for part in 0..<24 {
          text += "\(name){instance=\"10.0.\(part).\(count() % 250):9100\",job=\"node-\(part)\","
          text += "path=\"/var/lib/\\\"data\\\"/\(count() % 97)\"} \(number())\n"
        }
      }
      block += 1
    }
    return Array(text.utf8)
  }

  private func header(_ name: String, _ type: String) -> String {
    "# HELP \(name) What \(name) counts, in the words of its library.\n# TYPE \(name) \(type)\n"
  }

  private mutating func histogram(_ name: String, _ route: Int) -> String {
    var text = ""
    var total: UInt64 = 0
    let labels = "handler=\"/api/v1/r\(route)\",method=\"get\""
    for bound in Self.bounds {
      total += count() % 1000
      text += "\(name)_bucket{\(labels),le=\"\(bound)\"} \(total)\n"
    }
    text += "\(name)_sum{\(labels)} \(number())\n\(name)_count{\(labels)} \(total)\n"
    return text
  }

  private mutating func count() -> UInt64 { dice.next() % 100_000_000 }

  /// Written the way Go writes a float: an exponent from 1e6 up.
  private mutating func number() -> String {
    switch dice.next() % 4 {
    case 0: String(dice.next() % 100_000)
    case 1: "\(1 + dice.next() % 9).\(dice.next() % 10_000_000)e+0\(6 + dice.next() % 3)"
    case 2: "\(dice.next() % 1000).\(100 + dice.next() % 899)"
    default: "0"
    }
  }

  private mutating func small() -> String { "\(1 + dice.next() % 9).\(dice.next() % 100_000)e-05" }
}
