package import Exposition
package import Fleet
package import Health

/// How answers become values: what the rooms below know and the polling itself does not.
package struct Readers: Sendable {
  /// Reads the body of a health route. The bytes are only valid during the call.
  package typealias HealthReader =
    @Sendable (
      _ body: UnsafeRawBufferPointer, _ contentType: String?, _ status: Int
    ) -> HealthReport
  /// Makes the reader of one target's expositions, which remembers the target's series.
  package typealias ScrapeReaderMaker = @Sendable (Fleet, Service, Instance) -> any ScrapeReader
  /// Fetches what a header's value is; what it throws is said as the fault's detail.
  package typealias SecretReader = @Sendable (Credentials.Secret) throws -> String

  package var health: HealthReader
  package var scrape: ScrapeReaderMaker
  package var secret: SecretReader

  package init(
    health: @escaping HealthReader, scrape: @escaping ScrapeReaderMaker,
    secret: @escaping SecretReader
  ) {
    self.health = health
    self.scrape = scrape
    self.secret = secret
  }
}

/// Reads the expositions of one target, one after another, never two at once.
package protocol ScrapeReader: AnyObject, Sendable {
  /// The bytes are only valid during the call.
  func read(_ body: UnsafeRawBufferPointer, contentType: String?) -> Extraction
}
