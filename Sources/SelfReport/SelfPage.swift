/// What Damcon answers to those who ask after itself: the routes that it looks for in others.
package struct SelfPage: Sendable, Hashable {
  package var status: Int
  package var contentType: String
  package var body: String

  package static let liveness = "/healthz"
  package static let readiness = "/ready"
  package static let metrics = "/metrics"

  /// Whether there is a page of that path.
  package static func exists(_ path: String) -> Bool {
    [liveness, readiness, metrics].contains(path)
  }

  /// - Returns: nil where there is no page of that path.
  package init?(_ path: String, _ figures: SelfFigures) {
    let verdict = SelfVerdict(figures)
    switch path {
    case SelfPage.liveness:
      self.init(
        status: verdict.status == .fail ? 503 : 200, contentType: "application/json",
        body: SelfHealth(figures, verdict).text + "\n")
    case SelfPage.readiness:
      self.init(
        status: verdict.isReady ? 200 : 503, contentType: "application/json",
        body: SelfHealth(figures, verdict).text + "\n")
    case SelfPage.metrics:
      self.init(
        status: 200,
        contentType: "application/openmetrics-text; version=1.0.0; charset=utf-8",
        body: SelfMetrics(figures, verdict).text)
    default: return nil
    }
  }

  private init(status: Int, contentType: String, body: String) {
    self.status = status
    self.contentType = contentType
    self.body = body
  }
}
