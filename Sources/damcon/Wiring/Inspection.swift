import Exposition
import Health
import Telemetry

/// What was understood of one target.
struct Inspection: Sendable {
  var exposition: ParsedExposition?
  var roles: Roles?
  var contentType: String?
  /// By route asked; nil where the target is a file or has no such route.
  var liveness: Probe?
  var readiness: Probe?
  /// Why there is no exposition, or no answer at all.
  var fault: Fault?
  var isURL = false
  var showsSamples = false

  /// Nothing at all came of it.
  var isSilent: Bool {
    guard exposition == nil else { return false }
    return ![liveness, readiness].contains { probe in
      if case .response? = probe?.answer { true } else { false }
    }
  }

  mutating func read(
    _ bytes: [UInt8], contentType: String?, as asked: ExpositionFormat?, manner: Parser.Manner,
    table: RoleTable = .builtIn
  ) {
    self.contentType = contentType
    let format = asked ?? ExpositionFormat.detect(contentType: contentType, body: bytes)
    exposition = Parser(format: format, manner: manner).parse(bytes)
    var extractor = Extractor { name, family, type in
      table.wants(sampleName: name, family: family, type: type)
    }
    var meter = InstanceMeter()
    meter.ingest(extractor.extract(bytes, format: format), at: 0, table: table)
    roles = meter.recognised
  }
}
