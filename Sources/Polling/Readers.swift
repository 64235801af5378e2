package import Exposition
package import Fleet
package import Health
package import Incident

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

  /// Takes a copy of a body of an observed answer, unpacked; the bytes are only valid during the call,
  /// which may come on a reading thread. What it gives is called on the event loop, right after the
  /// observation was told.
  package typealias BodyKeeper =
    @Sendable (_ body: UnsafeRawBufferPointer) -> (
      @Sendable (_ target: Target, _ kind: AnswerBody.Kind) -> Void
    )?

  package var health: HealthReader
  package var scrape: ScrapeReaderMaker
  package var secret: SecretReader
  /// nil where bodies are not kept.
  package var body: BodyKeeper?

  package init(
    health: @escaping HealthReader, scrape: @escaping ScrapeReaderMaker,
    secret: @escaping SecretReader, body: BodyKeeper? = nil
  ) {
    self.health = health
    self.scrape = scrape
    self.secret = secret
    self.body = body
  }
}

/// Reads the expositions of one target, one after another, never two at once.
package protocol ScrapeReader: AnyObject, Sendable {
  /// The bytes are only valid during the call.
  func read(_ body: UnsafeRawBufferPointer, contentType: String?) -> Extraction
}
