/// A request that an action sends, before it is known to whom and with which arguments.
public struct HTTPOrder: Sendable, Hashable, Codable {
  public var method: String
  public var url: Template
  public var headers: [Header] = []
  public var body: Shape?
  /// Status codes that say that it was done.
  public var success: [ClosedRange<Int>] = [200...299]
  /// How to learn that what was begun is done; nil where the answer says it all.
  public var follow: Follow?

  public init(method: String, url: Template) {
    self.method = method
    self.url = url
  }

  /// What the answer begins is asked after until it is done: a job that runs, a deployment that rolls.
  public struct Follow: Sendable, Hashable, Codable {
    /// GET; `{answer}` in it is what `answer` points at in the first answer.
    public var url: Template
    /// Into the first answer, as RFC 6901 writes it; nil where the URL needs nothing of it.
    public var answer: String?
    /// Into what is asked after.
    public var pointer: String
    /// What stands there once it is done.
    public var done: [String]
    /// What stands there once it has failed; anything else: it goes on.
    public var failed: [String] = []
    /// Seconds between two looks.
    public var every = 2.0

    public init(url: Template, answer: String?, pointer: String, done: [String]) {
      self.url = url
      self.answer = answer
      self.pointer = pointer
      self.done = done
    }
  }

  public struct Header: Sendable, Hashable, Codable {
    public var name: String
    public var value: Value
    public init(name: String, value: Value) {
      self.name = name
      self.value = value
    }

    public enum Value: Sendable, Hashable, Codable {
      case text(Template)
      /// Read when it is sent, and told to nobody.
      case secret(SecretPlace)
    }
  }
}
