import Containment
import Fleet
import Health
package import Incident
import Runbooks

/// What a screen that strangers can see does not say: other words in place of names, the same ones wherever the same
/// fleet is shown.
///
/// Names are never cut out of a finished picture: whoever draws asks here for every word that is not Damcon's own.
package struct Veil: Sendable {
  package enum Rule: String, Sendable, Hashable, CaseIterable {
    /// Of the fleet, its services, and what else the fleet file names.
    case services
    /// Responders, owners, whom to call, and where they talk.
    case people
    /// Addresses and the names of hosts.
    case addresses
    /// What services and people say in their own words.
    case messages
  }

  private let rules: Set<Rule>
  private let present: Present
  private let company: [String]
  /// By name; empty where people may be named.
  private let people: [String: Int]
  /// nil where no name has to be found in a text.
  private let names: NameFinder?
  /// By address; empty where none has to be found in a text.
  private let hosts: [String: (service: Int, instance: Int)]

  /// - Parameter company: who is here.
  package init(_ rules: Set<Rule>, _ present: Present, company: [String] = []) {
    self.rules = rules
    self.present = present
    self.company = company
    people = rules.contains(.people) ? Veil.people(present, company) : [:]
    // What is left out altogether need not be searched.
    let isSearched = !rules.isSuperset(of: [.services, .messages])
    let hasNames = isSearched && !rules.isDisjoint(with: [.services, .people])
    names = hasNames ? Veil.finder(rules, present, people) : nil
    hosts = isSearched && rules.contains(.addresses) ? Veil.hosts(present) : [:]
  }

  /// The rules that a list names: `names,addresses`; `names` are those of services and of people, `all` is all.
  ///
  /// - Throws: a sentence about the first word that is none.
  package static func rules(named list: String) throws(Problem) -> Set<Rule> {
    var rules: Set<Rule> = []
    for word in list.split(separator: ",", omittingEmptySubsequences: false) {
      let word = word.filter { $0 != " " }.lowercased()
      if word == "all" {
        rules.formUnion(Rule.allCases)
      } else if word == "names" {
        rules.formUnion([.services, .people])
      } else if let rule = Rule(rawValue: word) {
        rules.insert(rule)
      } else {
        throw Problem(
          sentence: "`\(word)` is no rule: those are "
            + Rule.allCases.map(\.rawValue).joined(separator: ", ")
            + ", names for the first two, and all")
      }
    }
    return rules
  }

  package struct Problem: Error, Sendable, Hashable {
    package var sentence: String
  }

  // MARK: Names

  package var fleet: String {
    if hides(present.fleet.name) { return "fleet" }
    return present.fleet.name.isEmpty ? "damcon" : present.fleet.name
  }

  /// `pricing`, or `service F`: by its place in the fleet file.
  package func service(_ name: String) -> String {
    guard hides(name) else { return name }
    return present.index(of: name).map { "service \(Veil.letters($0))" } ?? "a service"
  }

  package func capability(_ name: String) -> String {
    guard rules.contains(.services) else { return name }
    let place = present.capabilities.firstIndex { $0.definition.name == name }
    return place.map { "capability \(Veil.letters($0))" } ?? "a capability"
  }

  /// A name of something that belongs to a service: of a fallback, an objective, a rule.
  package func name(_ name: String, or kind: String) -> String {
    rules.contains(.services) ? kind : cleaned(name)
  }

  /// A service that the fleet file does not name is called by its address.
  private func hides(_ name: String) -> Bool {
    rules.contains(.services) || rules.contains(.addresses) && Veil.isAddress(name[...])
  }

  package func person(_ name: String) -> String {
    guard rules.contains(.people) else { return name }
    if name == ActionMove.itself { return name }
    if name.hasPrefix(Rule.aRule) { return "a rule" }
    return people[name].map { "responder \($0)" } ?? "a responder"
  }

  /// Whether people and where they talk may be named.
  package var namesPeople: Bool { !rules.contains(.people) }

  /// What somebody or something said, as far as it may be read; nil where nothing of it may.
  package func said(_ text: String?) -> String? {
    guard let text, !text.isEmpty, !rules.contains(.messages) else { return nil }
    return cleaned(text)
  }

  private func cleaned(_ text: String) -> String {
    if rules.isEmpty { return text }
    let words = veiledWords(text)
    return names?.replaced(in: words) ?? words
  }

  /// `A` … `Z`, `AA`: as columns of a sheet are counted.
  static func letters(_ place: Int) -> String {
    var left = place
    var text = ""
    repeat {
      text = String(UnicodeScalar(UInt8(65 + left % 26))) + text
      left = left / 26 - 1
    } while left >= 0
    return text
  }

  // MARK: Words that show what they are

  /// Addresses, hosts, mail addresses, handles and channels replaced, each as its rule wants it.
  private func veiledWords(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    while !rest.isEmpty {
      result += rest.prefix(while: \.isWhitespace)
      rest = rest.drop(while: \.isWhitespace)
      var word = rest.prefix { !$0.isWhitespace }
      rest = rest.dropFirst(word.count)
      var (before, after) = ("", "")
      while let first = word.first, Veil.brackets.contains(first) {
        before.append(word.removeFirst())
      }
      while let last = word.last, Veil.brackets.contains(last) || Veil.stops.contains(last) {
        after = String(word.removeLast()) + after
      }
      let isCut = after.contains("…") || after.contains("...")
      result += before + (veiled(word, isCut: isCut) ?? String(word)) + after
    }
    return result
  }

  /// - Parameter isCut: whether its end is missing.
  private func veiled(_ word: Substring, isCut: Bool) -> String? {
    if rules.contains(.people) {
      if word.first == "#", word.dropFirst().first?.isLetter == true { return "a channel" }
      if !word.contains("://"), word.contains("@") { return person(String(word)) }
    }
    guard rules.contains(.addresses) else { return nil }
    guard Veil.isAddress(word) else {
      // What an address begins with is a part of one; what else begins so is missed by nobody.
      if isCut, word.contains(where: { ".:/".contains($0) }) { return "" }
      return veiledPieces(word)
    }
    return host(word)
  }

  private func host(_ address: Substring) -> String {
    guard let host = hosts[String(address)] else { return "a host" }
    return "host \(Veil.letters(host.service))\(host.instance + 1)"
  }

  /// Of a word that is no address as a whole, those that it is put together from: `pricing/10.0.0.7:80`.
  private func veiledPieces(_ word: Substring) -> String {
    var result = ""
    var rest = word
    while !rest.isEmpty {
      result += rest.prefix { Veil.joints.contains($0) }
      rest = rest.drop { Veil.joints.contains($0) }
      let piece = rest.prefix { !Veil.joints.contains($0) }
      rest = rest.dropFirst(piece.count)
      result += veiledPiece(piece)
    }
    return result
  }

  /// Also behind a word and a colon: `upstream:db.internal`.
  private func veiledPiece(_ piece: Substring) -> String {
    var before = ""
    var piece = piece
    while !Veil.isAddress(piece) {
      guard let colon = piece.firstIndex(of: ":") else {
        return before + Veil.withoutQuads(piece)
      }
      before += Veil.withoutQuads(piece[...colon])
      piece = piece[piece.index(after: colon)...]
    }
    return before + host(piece)
  }

  /// Without four numbers with dots between them, wherever they stand, and the port behind them.
  private static func withoutQuads(_ text: Substring) -> String {
    let bytes = Array(text.utf8)
    func isDigit(_ at: Int) -> Bool { at < bytes.count && (0x30...0x39).contains(bytes[at]) }
    var result: [UInt8] = []
    var at = 0
    while at < bytes.count {
      // What begins inside of a number is no number.
      var (end, numbers) = (at, 0)
      while at == 0 || !isDigit(at - 1), isDigit(end) {
        while isDigit(end) { end += 1 }
        numbers += 1
        guard end < bytes.count, isDigit(end + 1),
          bytes[end] == UInt8(ascii: ".") || numbers >= 4 && bytes[end] == UInt8(ascii: ":")
        else { break }
        end += 1
      }
      if numbers >= 4 {
        result += "a host".utf8
        at = end
      } else {
        result.append(bytes[at])
        at += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Whether a word reads like an address or the name of a host: `10.0.0.7:8080`, `[::1]`, `db-7.internal`,
  /// `unix:///run/a.sock`, `localhost:9`. Numbers with a unit are none: `2.40s`, `1.42.0`.
  static func isAddress(_ word: Substring) -> Bool {
    if word.contains("://") { return true }
    if word.count(where: { $0 == ":" }) >= 2,
      word.allSatisfy({ $0.isHexDigit || ":.%[]".contains($0) })
    {
      return !word.allSatisfy { $0.isNumber || $0 == ":" } || word.contains("::")
    }
    // With the port and the path that may follow it.
    let host = word.prefix { $0 != ":" && $0 != "/" && $0 != "=" }
    let port = word.dropFirst(host.count)
    if port.first == ":", port.dropFirst().first?.isNumber == true,
      host.contains(where: \.isLetter)
    {
      return true
    }
    if let equals = word.firstIndex(of: "="), equals < word.endIndex {
      return isAddress(word[word.index(after: equals)...])
    }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard labels.count > 1, labels.allSatisfy({ !$0.isEmpty }) else { return false }
    if labels.allSatisfy({ $0.allSatisfy(\.isNumber) }) { return labels.count == 4 }
    let last = labels[labels.count - 1]
    return last.allSatisfy { $0.isLetter || $0 == "-" } && last.count > 1
      && labels.contains { $0.contains(where: \.isLetter) }
      // `2.of` is no host, and neither is `1.42.beta`; `7.example.com` is.
      && (!labels[0].allSatisfy(\.isNumber)
        || labels.dropFirst().dropLast().contains { $0.contains(where: \.isLetter) })
  }

  private static let brackets: Set<Character> = ["(", ")", "\"", "'", "`", "<", ">", "{", "}", ","]
  private static let stops: Set<Character> = [".", ";", ":", "!", "?", "…"]
  /// What words are put together with, beside a colon.
  private static let joints: Set<Character> = brackets.union(["|", "[", "]", "/", ";", "=", "@"])

  // MARK: Who there is

  /// In an order to which later ones are added at the end, as far as that can be: whoever was `responder 2` stays it.
  private static func people(_ present: Present, _ company: [String]) -> [String: Int] {
    var found: [String: Int] = [:]
    func add(_ name: String?) {
      guard let name, !name.isEmpty, found[name] == nil, name != ActionMove.itself,
        !name.hasPrefix(Rule.aRule)
      else { return }
      found[name] = found.count + 1
    }
    for grant in present.fleet.access?.grants ?? [] {
      for user in grant.users { add(user) }
    }
    for service in present.services.indices {
      let owner = present.services[service].definition.owner
      for name in [owner?.primary, owner?.secondary, owner?.team, owner?.channel] { add(name) }
    }
    for card in present.runbooks {
      for level in card.escalation { add(level.to) }
    }
    for incident in present.incidents {
      if case .declared(let by, _) = incident.cause { add(by) }
      add(incident.commander)
      add(incident.resolved?.by)
    }
    for work in present.works { add(work.by) }
    for run in present.actionRuns {
      add(run.plan.by)
      add(run.confirmedBy)
      for approval in run.approvals { add(approval.by) }
    }
    add(present.halt?.by)
    for name in company { add(name) }
    return found
  }

  private static func finder(
    _ rules: Set<Rule>, _ present: Present, _ people: [String: Int]
  ) -> NameFinder {
    var finder = NameFinder()
    if rules.contains(.services) {
      finder.add(present.fleet.name, "the fleet")
      // By index: a copy of a service retains all that it holds.
      for place in present.services.indices {
        let word = "service \(letters(place))"
        let definition = present.services[place].definition
        finder.add(definition.name, word)
        for alias in definition.aliases { finder.add(alias, word) }
        for slo in definition.slos { finder.add(slo.name, "an objective") }
        for plan in definition.fallbacks { finder.add(plan.name, "a fallback") }
        for track in present.services[place].fallbackTracks { finder.add(track.name, "a fallback") }
      }
      for (place, capability) in present.capabilities.enumerated() {
        finder.add(capability.definition.name, "capability \(letters(place))")
      }
      addOther(present, to: &finder)
    }
    for (name, place) in people.sorted(by: { $0.value < $1.value }) {
      finder.add(name, "responder \(place)")
    }
    return finder
  }

  /// What stands in reasons beside services: named in common words, most of it.
  private static func addOther(_ present: Present, to finder: inout NameFinder) {
    func add(_ name: String?, _ word: String) {
      if let name { finder.add(name, word, standsAlone: true) }
    }
    for action in present.actions {
      add(action.id, "an action")
      add(action.name, "an action")
      add(action.title, "an action")
    }
    for rule in present.rules { add(rule.name, "a rule") }
    for card in present.runbooks {
      add(card.id, "a runbook")
      add(card.title, "a runbook")
    }
    for journey in present.fleet.journeys {
      add(journey.name, "a journey")
      for step in journey.steps { add(step.name, "a step") }
    }
    for place in present.services.indices {
      for instance in present.services[place].instances.indices {
        guard let report = present.services[place].instances[instance].health.report else {
          continue
        }
        for check in report.checks { add(check.name, "a check") }
        for breaker in report.breakers { add(breaker.name, "a breaker") }
        for flag in report.flags { add(flag.name, "a flag") }
      }
    }
    for run in present.actionRuns {
      add(run.plan.action, "an action")
    }
  }

  private static func hosts(_ present: Present) -> [String: (service: Int, instance: Int)] {
    var hosts: [String: (service: Int, instance: Int)] = [:]
    for service in present.services.indices {
      for instance in present.services[service].instances.indices {
        let url = present.services[service].instances[instance].definition.url
        if hosts[url] == nil { hosts[url] = (service, instance) }
      }
    }
    return hosts
  }
}

extension Veil.Rule {
  /// How the principals of rules begin.
  fileprivate static var aRule: String { Containment.Rule.principal("") }
}
