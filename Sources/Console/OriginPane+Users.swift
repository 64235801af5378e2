import Canvas
import Fleet
import Health
import Incident

extension OriginPane {
  /// What users can not do as usual because of it: capabilities, then journeys that fail.
  func users(of candidate: Origins.Candidate) -> [[Run]] {
    let failing = present.journeys.filter { $0.isPassing == false }
    guard !failing.isEmpty, candidate.isOrigin else { return [] }
    return failing.prefix(3).map { journey in
      [
        Run("  ✖ ", .unhealthy), Run("journey \(journey.definition.name)", .strong),
        Run("  \(journey.why ?? "")", .reason),
      ]
    }
  }
}
