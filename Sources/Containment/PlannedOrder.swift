/// Exactly what will be done at one target: a request that is sent, or a program that is run here.
public enum PlannedOrder: Sendable, Hashable, Codable {
  case http(PlannedRequest)
  case command(PlannedCommand)

  /// `POST http://10.0.0.1:8080/admin/limit`, `kubectl rollout undo …`
  public var words: String {
    switch self {
    case .http(let request): "\(request.method) \(request.url)"
    case .command(let command): command.arguments.map(PlannedOrder.quoted).joined(separator: " ")
    }
  }

  /// As a shell would have to be told, so that nobody takes two arguments for one.
  static func quoted(_ argument: String) -> String {
    let isPlain =
      !argument.isEmpty
      && argument.utf8.allSatisfy { byte in
        (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte)
          || (0x61...0x7a).contains(byte) || "-_./:=@,+%".utf8.contains(byte)
      }
    return isPlain
      ? argument
      : "'"
        + argument.split(separator: "'", omittingEmptySubsequences: false).joined(
          separator: "'\\''") + "'"
  }
}

/// How to learn what is so at a target, and what is there once the action is in force.
public struct PlannedReading: Sendable, Hashable, Codable {
  public var order: PlannedOrder
  public var place: ReadingPlace
  public var expected: Argument
  /// The file says that asking changes nothing, where the way of asking does not say so by itself.
  public var isReadOnly = false
  public init(order: PlannedOrder, place: ReadingPlace, expected: Argument) {
    self.order = order
    self.place = place
    self.expected = expected
  }
}

/// Where in an answer it stands what is so.
public enum ReadingPlace: Sendable, Hashable, Codable {
  /// In JSON, as RFC 6901 writes it: `/max_concurrency`.
  case pointer(String)
  /// The first group of a regular expression, or all that it matches; of what a program prints or a server says.
  case match(String)
  /// All of it, without the blanks around it.
  case whole
}
