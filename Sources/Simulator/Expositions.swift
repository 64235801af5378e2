import Fleet
import NIOCore

/// The `/metrics` page of an instance, in the words of its service's library.
@Simulation
enum Expositions {
  static func page(of instance: SimulatedInstance) -> SimulatedResponse {
    instance.scrapeNumber += 1
    switch instance.model.exposition {
    case .promhttp:
      return SimulatedResponse(
        status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8; escaping=underscores",
        body: GoPage.text(of: instance))
    case .openmetrics:
      return SimulatedResponse(
        status: 200,
        contentType: "application/openmetrics-text; version=1.0.0; charset=utf-8",
        body: GoPage.openMetrics(of: instance))
    case .axum:
      return SimulatedResponse(
        status: 200, contentType: "text/plain; version=0.0.4; charset=utf-8",
        body: RustPage.text(of: instance))
    }
  }

  /// 32 hexadecimal digits, as W3C trace ids have.
  nonisolated static func traceText(_ id: UInt64) -> String {
    hex(id) + hex(id &* 0x9e37_79b9_7f4a_7c15)
  }

  private nonisolated static func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}

/// Figures of a process that nobody measures here: they follow from what it has done.
@Simulation
struct ProcessFigures {
  var cpuSeconds: Double
  var residentBytes: Double
  var openFiles: Double
  var startTime: Double
  var uptime: Double

  init(of instance: SimulatedInstance) {
    let uptime = Double(WallTime.now() - instance.processStart) / 1e9 * instance.clock.speed
    self.uptime = uptime
    let inside = Double(instance.pool.inside)
    cpuSeconds = 0.4 + uptime * 0.011 + Double(instance.meter.total) * 0.0018
    let base = Double(instance.model.language == .rust ? 24 << 20 : 46 << 20)
    residentBytes = base + inside * 96_000 + Double(instance.scrapeNumber % 7) * 65_536
    openFiles = 14 + inside
    startTime = Double(instance.processStart) / 1e9
  }
}

extension ByteBuffer {
  /// `name{labels} value`, labels already written as `a="b",c="d"`.
  mutating func sample(_ name: String, _ labels: String = "", _ value: String) {
    writeString(name)
    if !labels.isEmpty {
      writeString("{")
      writeString(labels)
      writeString("}")
    }
    writeString(" ")
    writeString(value)
    writeString("\n")
  }

  mutating func sample(_ name: String, _ labels: String = "", _ value: Double) {
    sample(name, labels, NumberText.plain(value))
  }

  mutating func family(_ name: String, _ type: String, help: String? = nil) {
    if let help { writeString("# HELP \(name) \(help)\n") }
    writeString("# TYPE \(name) \(type)\n")
  }
}
