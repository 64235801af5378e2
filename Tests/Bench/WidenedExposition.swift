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

  /// About `size` bytes, each family having nearly as many copies as any other.
  func text(of size: Int) -> [UInt8] {
    let lines = bytes.split(separator: UInt8(ascii: "\n"))
    let comments = lines.filter(isComment).reduce(0) { $0 + $1.count + 1 }
    let widened = lines.filter { !isComment($0) }
      .reduce(0) { $0 + $1.count + label.utf8.count + "=\"api-10\",\n".utf8.count }
    let copies = max(1, Double(size - comments) / Double(max(1, widened)))
    var text: [UInt8] = []
    text.reserveCapacity(size + size / 4)
    var samples: [ArraySlice<UInt8>] = []
    var families = 0
    func close() {
      guard !samples.isEmpty else { return }
      let owed = Int(Double(families + 1) * copies) - Int(Double(families) * copies)
      append(samples, 0..<owed, to: &text)
      families += 1
      samples = []
    }
    for line in lines {
      guard isComment(line) else {
        samples.append(line)
        continue
      }
      close()
      text += line
      text.append(UInt8(ascii: "\n"))
    }
    close()
    return text
  }

  private func isComment(_ line: ArraySlice<UInt8>) -> Bool { line.first == UInt8(ascii: "#") }

  private func append(
    _ samples: [ArraySlice<UInt8>], _ copies: Range<Int>, to text: inout [UInt8]
  ) {
    for copy in copies {
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
