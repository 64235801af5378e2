import Containment
import YAMLText
import Yams

/// Reads `parameters:` of an action: what has to be said to it.
struct ParameterReader {
  let log: ProblemLog

  static let most = 32
  static let mostChoices = 64
  private static let exact = 9_007_199_254_740_992.0

  /// Those that are right, and the names of all that are written.
  func parameters(_ value: YAMLValue) -> (parameters: [Parameter], names: [String]) {
    let entries = NamedValue.all(value, "parameter", most: ParameterReader.most)
    return (entries.compactMap(parameter), entries.map(\.name))
  }

  private func parameter(_ entry: NamedValue) -> Parameter? {
    let before = log.problems.count
    let value = entry.value
    if ShapeReader.builtIn.contains(entry.name) {
      log.error(
        "\(value.name): {\(entry.name)} is put in by Damcon itself; call the parameter otherwise",
        at: entry.mark)
    }
    let keys = entry.isListed ? Keys.parameter : Keys.parameter.filter { $0 != "name" }
    guard let section = value.section("a parameter", keys: keys) else { return nil }
    guard let kind = section["type"] else {
      log.error("\(value.name): 'type' is missing", at: value.mark)
      return nil
    }
    guard let type = kind.word("type", Parameter.Kind.self) else { return nil }
    var parameter = Parameter(name: entry.name, type: type)
    parameter.unit = section["unit"]?.text("a unit such as requests")
    takeLimits(section, into: &parameter)
    takeChoices(section, into: &parameter)
    guard log.problems.count == before else { return nil }
    if let value = section["default"], let text = value.text("what is usual") {
      do {
        parameter.usual = try parameter.argument(text)
      } catch {
        log.error("\(value.name): \(error.reason.dropFirst(entry.name.count + 2))", at: value.mark)
        return nil
      }
    }
    return parameter
  }

  private func takeLimits(_ section: YAMLSection, into parameter: inout Parameter) {
    let isNumber = parameter.type == .integer || parameter.type == .number
    for key in ["min", "max"] {
      guard let value = section[key] else { continue }
      guard isNumber else {
        log.error("\(value.name): '\(key)' goes with type: integer or number", at: value.mark)
        continue
      }
      guard let limit = value.scalar.flatMap(Double.init), limit.magnitude <= ParameterReader.exact
      else {
        value.expected("a number")
        continue
      }
      if parameter.type == .integer, limit != limit.rounded() {
        value.expected("a whole number")
        continue
      }
      if key == "min" { parameter.lowest = limit } else { parameter.highest = limit }
    }
    if let lowest = parameter.lowest, let highest = parameter.highest, lowest > highest {
      section["min"]?.expected("no more than max")
    }
  }

  private func takeChoices(_ section: YAMLSection, into parameter: inout Parameter) {
    guard let value = section["choices"] else { return }
    guard parameter.type == .text else {
      log.error("\(value.name): 'choices' goes with type: text", at: value.mark)
      return
    }
    let items = value.list("a list of texts")
    if items.isEmpty, case .sequence = value.node {
      log.error("\(value.name): name at least one choice", at: value.mark)
    }
    if items.count > ParameterReader.mostChoices {
      log.error(
        "\(value.name): at most \(ParameterReader.mostChoices) choices, found \(items.count)",
        at: value.mark)
    }
    for item in items.prefix(ParameterReader.mostChoices) {
      guard let text = item.text("a text") else { continue }
      do {
        _ = try Parameter(name: "", type: .text).checked(.text(text))
        if parameter.choices.contains(text) {
          log.error("\(item.name): the choice '\(text)' is there twice", at: item.mark)
        } else {
          parameter.choices.append(text)
        }
      } catch {
        item.expected("1 to \(Parameter.longest) bytes without control signs")
      }
    }
  }
}
