import Canvas
import YAMLText

/// Reads settings out of environment variables; one that is empty counts as not set.
final class EnvironmentReader {
  private let environment: [String: String]
  private(set) var problems: [Problem] = []

  init(_ environment: [String: String]) { self.environment = environment }

  private func value(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  private func refuse(_ key: SettingKey, _ expected: String, _ found: String) {
    let found = DisplayText.sanitised(String(found.prefix(60)))
    problems.append(Problem(file: nil, "\(key.variable): expected \(expected), found '\(found)'"))
  }

  func text(_ key: SettingKey) -> Setting<String>? {
    value(key.variable).map { Setting($0, from: .environment(key.variable)) }
  }

  func word<Word: RawRepresentable & CaseIterable & Sendable & Hashable>(
    _ key: SettingKey, _ type: Word.Type
  ) -> Setting<Word>? where Word.RawValue == String {
    guard let text = value(key.variable) else { return nil }
    guard let word = Word(rawValue: text) else {
      refuse(key, NearestWord.listed(Word.allCases.map(\.rawValue)), text)
      return nil
    }
    return Setting(word, from: .environment(key.variable))
  }

  func truth(_ key: SettingKey) -> Setting<Bool>? {
    guard let text = value(key.variable) else { return nil }
    guard let truth = Truth.read(text) else {
      refuse(key, "yes or no", text)
      return nil
    }
    return Setting(truth, from: .environment(key.variable))
  }

  func link() -> Setting<Int>? {
    guard let text = value(SettingKey.link.variable) else { return nil }
    guard let bits = Int(text), bits == 0 || Settings.links.contains(bits) else {
      refuse(.link, "bits a second such as 9600, or 0 for none", text)
      return nil
    }
    return Setting(bits, from: .environment(SettingKey.link.variable))
  }

  /// The convention of no-color.org: any text but none.
  var noColor: Setting<ColorDepth>? {
    value("NO_COLOR").map { _ in Setting(.none, from: .environment("NO_COLOR")) }
  }
}

/// The words for yes and no.
enum Truth {
  static func read(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "yes", "on", "1": true
    case "false", "no", "off", "0": false
    default: nil
    }
  }
}
