/// A request as it will be sent but for secrets, which are named by their places.
public struct PlannedRequest: Sendable, Hashable, Codable {
  public var method: String
  public var url: String
  public var headers: [Header]
  /// JSON text; nil where nothing is sent.
  public var body: String?
  /// Status codes that say that it was done.
  public var success: [ClosedRange<Int>]
  /// How to learn that what was begun is done.
  public var follow: Follow?

  public struct Header: Sendable, Hashable, Codable {
    public var name: String
    public var value: Value
    public init(name: String, value: Value) {
      self.name = name
      self.value = value
    }
    public enum Value: Sendable, Hashable, Codable {
      case text(String)
      case secret(SecretPlace)
    }
  }

  public init(
    method: String, url: String, headers: [Header] = [], body: String? = nil,
    success: [ClosedRange<Int>] = [200...299]
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.success = success
  }

  /// As `HTTPOrder.Follow`, filled in but for `{answer}`.
  public struct Follow: Sendable, Hashable, Codable {
    /// What stands in the address for what the first answer says; nothing that is put in can be it, since
    /// braces are escaped.
    package static let place = "{answer}"

    public var url: String
    public var answer: String?
    public var pointer: String
    public var done: [String]
    public var failed: [String]
    public var every: Double
    public init(
      url: String, answer: String?, pointer: String, done: [String], failed: [String],
      every: Double
    ) {
      self.url = url
      self.answer = answer
      self.pointer = pointer
      self.done = done
      self.failed = failed
      self.every = every
    }
  }

  public func isDone(by status: Int) -> Bool { success.contains { $0.contains(status) } }
}
