public import Health

/// How one run of a journey went.
public struct JourneyRun: Sendable, Hashable, Codable {
  /// Seconds of all steps that were taken.
  public var duration: Double
  /// Seconds that each step took, as far as it came.
  public var steps: [Double]
  public var outcome: Outcome

  public enum Outcome: Sendable, Hashable, Codable {
    case passed
    case failed(Failure)
    /// Damcon's own side lacked something, a secret or a file: this says nothing about the fleet.
    case notRun(String)
  }

  public struct Failure: Sendable, Hashable, Codable {
    /// From 0.
    public var step: Int
    /// The step as the fleet file names it.
    public var name: String
    /// What kept the answer away; nil where one came that was not as expected.
    public var fault: Fault?
    /// One clause: `503, expected 2xx`, `took 1.2s, more than 500ms`.
    public var why: String

    public init(step: Int, name: String, fault: Fault? = nil, why: String) {
      self.step = step
      self.name = name
      self.fault = fault
      self.why = why
    }

    /// `step 2, pay: 503, expected 2xx`
    public var words: String { "step \(step + 1), \(name): \(why)" }
  }

  public init(duration: Double, steps: [Double], outcome: Outcome) {
    self.duration = duration
    self.steps = steps
    self.outcome = outcome
  }

  public var passed: Bool { outcome == .passed }
}
