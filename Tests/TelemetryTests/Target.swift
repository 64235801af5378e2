import Exposition
import Telemetry

/// A target as the meter sees it: text in, through an extractor that asks for what the table knows.
struct Target {
  var table = RoleTable.builtIn
  var extractor: Extractor
  var meter: InstanceMeter

  init(_ name: String = "http://10.0.0.1:8080", table: RoleTable = .builtIn) {
    self.table = table
    extractor = Extractor(keepsHelp: { table.keepsHelp(of: $0) }) {
      table.wants(sampleName: $0, family: $1, type: $2)
    }
    meter = InstanceMeter(instance: name)
  }

  @discardableResult
  mutating func scrape(
    _ text: String, at seconds: Double, format: ExpositionFormat = .text
  ) -> Extraction {
    scrape(Array(text.utf8), at: seconds, format: format)
  }

  @discardableResult
  mutating func scrape(
    _ bytes: [UInt8], at seconds: Double, format: ExpositionFormat = .text
  ) -> Extraction {
    let extraction = extractor.extract(bytes, format: format)
    meter.ingest(extraction, at: seconds, table: table)
    return extraction
  }

  func minute(at seconds: Double, endpoint: String? = nil) -> RequestStatistics {
    meter.statistics(window: .minute, at: seconds, endpoint: endpoint)
  }
}

/// An exposition of a Go service with promhttp's names.
func promhttp(
  ok: Int, errors: Int? = nil, path: String = "/cart", start: Double? = nil
) -> String {
  var text = "# TYPE http_requests_total counter\n"
  text += "http_requests_total{code=\"200\",method=\"get\",handler=\"\(path)\"} \(ok)\n"
  if let errors {
    text += "http_requests_total{code=\"503\",method=\"get\",handler=\"\(path)\"} \(errors)\n"
  }
  if let start {
    text += "# TYPE process_start_time_seconds gauge\nprocess_start_time_seconds \(start)\n"
  }
  return text
}
