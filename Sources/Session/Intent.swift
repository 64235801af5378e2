package import Incident

/// What someone asks for; what becomes of it is an entry.
package enum Intent: Sendable, Hashable {
  /// Read the fleet file again now.
  case reload
  /// Ask every target now rather than at its next turn.
  case poll
  /// Open an incident.
  case declare(title: String)
  /// Close the open one.
  case resolve
  /// Write something down.
  case remark(String)

  /// For the log, after `asked:`.
  package var summary: String {
    switch self {
    case .reload: "reload the fleet file"
    case .poll: "poll everything now"
    case .declare(let title): title.isEmpty ? "declare an incident" : "declare incident: \(title)"
    case .resolve: "resolve the incident"
    case .remark: "write a note down"
    }
  }

  /// What it does to the state, where the session itself carries it out.
  func event(by principal: Principal) -> Event? {
    switch self {
    case .reload, .poll: nil
    case .declare(let title): .incident(.declare(by: principal.name, title: title))
    case .resolve: .incident(.resolve(by: principal.name))
    case .remark(let text): .remark(Remark(by: principal.name, text: text))
    }
  }
}

/// Who asks, known by the operating system.
package struct Principal: Sendable, Hashable {
  package var name: String
  package init(name: String) { self.name = name }
}

/// Carries out intents that the session has entered.
package protocol IntentExecutor: Sendable {
  func execute(_ intent: Intent) async
}

/// Keeps entries before they are applied.
package protocol Recorder: Sendable {
  /// Takes an entry that is about to be applied, at once and without waiting.
  ///
  /// - Parameter enclosure: the bytes that it names by their content.
  func record(_ entry: Entry, with enclosure: Enclosure?)
  /// Returns once the entry is durable: nothing is done about it before.
  func recordDurably(_ entry: Entry) async
  /// Called with the state that an entry has led to. In the owner's isolation; must return at once.
  func applied(_ entry: Entry, to state: State)
}
