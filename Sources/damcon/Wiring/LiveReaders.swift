import Exposition
import Fleet
import FleetFile
import Health
import Polling
import Telemetry

extension Readers {
  /// What the house knows of answers: health in every dialect, expositions by the role table of
  /// the service, secrets from where the fleet file says.
  static let live = Readers(
    health: { body, contentType, status in
      HealthReport(body: body, contentType: contentType, status: status)
    },
    scrape: { fleet, service, instance in
      WantedSeries(
        table: service.roles(in: fleet.roles, rules: fleet.rules(of: service)),
        limit: instance.limits.series)
    },
    secret: { try $0.resolve() })
}

/// Takes out of each exposition of one target the series that mean something.
private final class WantedSeries: ScrapeReader, @unchecked Sendable {
  /// Polling reads the answers of a target one after another, never two at once.
  private var extractor: Extractor

  init(table: RoleTable, limit: Int) {
    extractor = Extractor(seriesLimit: limit, keepsHelp: { table.keepsHelp(of: $0) }) {
      name, family, type in table.wants(sampleName: name, family: family, type: type)
    }
  }

  func read(_ body: UnsafeRawBufferPointer, contentType: String?) -> Extraction {
    extractor.extract(
      body, format: ExpositionFormat.detect(contentType: contentType, body: body))
  }
}
