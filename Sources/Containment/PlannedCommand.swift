/// A program as it will be run but for secrets, which are named by their places.
public struct PlannedCommand: Sendable, Hashable, Codable {
  /// The program first.
  public var arguments: [String]
  public var input: String?
  public var environment: [PlannedRequest.Header]
  public var success: [ClosedRange<Int>]
  /// What is added for trying it out; nil where it cannot be tried out.
  public var dryRun: [String]?

  public init(
    arguments: [String], input: String? = nil, environment: [PlannedRequest.Header] = [],
    success: [ClosedRange<Int>] = [0...0], dryRun: [String]? = nil
  ) {
    self.arguments = arguments
    self.input = input
    self.environment = environment
    self.success = success
    self.dryRun = dryRun
  }

  public func isDone(by code: Int) -> Bool { success.contains { $0.contains(code) } }
}
