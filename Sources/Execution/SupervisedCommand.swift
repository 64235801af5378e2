/// What a supervisor is told to run, through a pipe that nobody else can read.
struct SupervisedCommand: Sendable, Codable {
  /// The path of the program.
  var program: String
  /// As it gets them, its own name first.
  var arguments: [String]
  /// All of it.
  var environment: [String: String]
  var input: String?
  var success: [ClosedRange<Int>]
  /// Seconds after which it is stopped.
  var timeout: Double
  /// Seconds that it had before anything was done, for what is said where they are over.
  var allowed: Double
  /// What must not be told of what it says.
  var secrets: [String]
}
