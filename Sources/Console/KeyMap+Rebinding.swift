package import Canvas

extension KeyMap {
  /// Other keys for a command; none takes its keys away.
  package struct Rebinding: Sendable, Hashable {
    package var command: Command
    package var keys: [Key]

    package init(_ command: Command, _ keys: [Key]) {
      self.command = command
      self.keys = keys
    }
  }

  /// Two commands that one key would have in one place.
  package struct Clash: Sendable, Hashable {
    package var key: Key
    package var place: Place
    /// In the order of the table.
    package var commands: [Command]
  }

  /// The table with other keys; what always quits stays as it is.
  package func rebound(_ changes: [Rebinding]) -> KeyMap {
    var map = self
    for change in changes {
      for index in map.bindings.indices
      where map.bindings[index].command == change.command && !map.bindings[index].isFixed {
        map.bindings[index].keys = change.keys
      }
    }
    return map
  }

  /// Keys whose meaning in the past is meant to be another than in LIVE.
  static let borrowed: Set<Key> = [.left, .right, .character(" ")]

  /// Every key that means two things in one place: the second would never be reached.
  package var clashes: [Clash] {
    var clashes: [Clash] = []
    for (place, tense) in Place.allCases.flatMap({ place in Tense.allCases.map { (place, $0) } }) {
      var commands: [Key: [Command]] = [:]
      var keys: [Key] = []
      for binding in bindings
      where binding.places.contains(place) && binding.tenses.contains(tense) {
        for key in binding.keys {
          if tense == .past, KeyMap.borrowed.contains(key), binding.tenses != [.past] { continue }
          if commands[key] == nil { keys.append(key) }
          if commands[key]?.contains(binding.command) != true {
            commands[key, default: []].append(binding.command)
          }
        }
      }
      for key in keys {
        guard let found = commands[key], found.count > 1 else { continue }
        let clash = Clash(key: key, place: place, commands: found)
        if !clashes.contains(clash) { clashes.append(clash) }
      }
    }
    return clashes
  }
}

extension KeyMap {
  /// The key that a sentence names for a command: the first one it has in `place`, else anywhere; the
  /// command line where it has none.
  func sign(_ command: Command, in place: Place? = nil) -> String {
    let all = bindings.filter { $0.command == command && !$0.keys.isEmpty }
    let here = place.flatMap { place in all.first { $0.places.contains(place) } } ?? all.first
    return here?.keys.first?.name(ascii: true) ?? ":\(command.rawValue)"
  }
}

extension KeyMap.Binding {
  /// Whether no setting may change it: a responder can always leave.
  package var isFixed: Bool { keys.contains(KeyName.panic) }
}
