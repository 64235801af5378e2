/// A real exposition made large: each series many times, told apart by one more label, its family
/// kept together as the format asks.
struct WidenedExposition {
  private let bytes: [UInt8]
  private let label: String

  /// `label` must be one that the exposition does not have yet.
  init(_ bytes: [UInt8], label: String = "pod") {
    self.bytes = bytes
    self.label = label
  }

  static let wanted = [
    "prometheus_http_requests_total", "prometheus_http_request_duration_seconds",
    "prometheus_build_info", "process_cpu_seconds_total", "process_resident_memory_bytes",
    "process_open_fds", "process_max_fds", "go_goroutines", "go_gc_duration_seconds", "go_info",
  ]

  func text(of size: Int) -> [UInt8] {
    let copies = max(1, (size + bytes.count - 1) / (bytes.count + bytes.count / 8))
    var text: [UInt8] = []
    text.reserveCapacity(size + size / 4)
    var samples: [ArraySlice<UInt8>] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      guard line.first == UInt8(ascii: "#") else {
        samples.append(line)
        continue
      }
      append(samples, copies, to: &text)
      samples = []
      text += line
      text.append(UInt8(ascii: "\n"))
    }
    append(samples, copies, to: &text)
    return text
  }

  private func append(_ samples: [ArraySlice<UInt8>], _ copies: Int, to text: inout [UInt8]) {
    for copy in 0..<copies {
      let label = Array("\(label)=\"api-\(copy)\"".utf8)
      for sample in samples {
        let brace = sample.firstIndex(of: UInt8(ascii: "{"))
        let space = sample.firstIndex(of: UInt8(ascii: " ")) ?? sample.endIndex
        let cut = brace ?? space
        text += sample[..<cut]
        text.append(UInt8(ascii: "{"))
        text += label
        if brace == nil {
          text.append(UInt8(ascii: "}"))
          text += sample[cut...]
        } else {
          text.append(UInt8(ascii: ","))
          text += sample[(cut + 1)...]
        }
        text.append(UInt8(ascii: "\n"))
      }
    }
  }
}
