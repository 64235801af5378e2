/// A program that an action runs, before it is known with which arguments.
///
/// No shell takes anything apart: each template is one argument, whatever is put into it.
public struct CommandOrder: Sendable, Hashable, Codable {
  /// The program first.
  public var arguments: [Template]
  /// What it reads; nil: nothing.
  public var input: Template?
  /// All that it gets of an environment, beside a fixed PATH, HOME and LANG.
  public var environment: [Variable] = []
  /// Exit codes that say that it was done.
  public var success: [ClosedRange<Int>] = [0...0]
  /// Arguments that are added for trying it out: `--dry-run=server`; nil where it cannot be tried out.
  public var dryRun: [String]?

  public init(_ arguments: [Template]) { self.arguments = arguments }

  public struct Variable: Sendable, Hashable, Codable {
    public var name: String
    public var value: HTTPOrder.Header.Value
    public init(name: String, value: HTTPOrder.Header.Value) {
      self.name = name
      self.value = value
    }
  }
}
