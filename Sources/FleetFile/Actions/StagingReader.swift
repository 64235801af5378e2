import Containment
import YAMLText
import Yams

/// Reads `steps:` of an action: the values that it goes through, with a look at what comes of each.
struct StagingReader {
  let log: ProblemLog

  static let most = 32

  /// - Parameter action: with its parameters and its reading.
  func staging(_ action: YAMLSection, of read: Action) -> Staging? {
    guard let value = action["steps"] else { return nil }
    guard let section = value.section("steps", keys: Keys.staging) else { return nil }
    for key in ["parameter", "values"] where section[key] == nil {
      log.error("\(value.name): '\(key)' is missing", at: value.mark)
    }
    let parameter = section["parameter"].flatMap { self.parameter($0, of: read) }
    guard let parameter, let list = section["values"] else { return nil }
    guard read.read?.expected == .parameter(parameter.name) else {
      log.error(
        "\(value.name): where a target stands has to be known: add read: with expect: "
          + "\"{\(parameter.name)}\"", at: value.mark)
      return nil
    }
    let values = values(list, of: parameter)
    return Staging(
      parameter: parameter.name, values: values,
      check: section["check"].flatMap(ProofReader(log: log).proof))
  }

  private func parameter(_ value: YAMLValue, of action: Action) -> Parameter? {
    guard let name = value.text("a parameter's name") else { return nil }
    let numbers = action.parameters.filter { $0.type == .integer || $0.type == .number }
    if let parameter = numbers.first(where: { $0.name == name }) { return parameter }
    log.error(
      "\(value.name): expected a parameter that is a number, found '\(name.prefix(60))'"
        + NearestWord.advice(name, among: numbers.map(\.name)), at: value.mark)
    return nil
  }

  /// Each more than the one before it.
  private func values(_ list: YAMLValue, of parameter: Parameter) -> [Argument] {
    let items = list.list("a list of numbers, from the least to the most")
    if items.isEmpty, case .sequence = list.node {
      log.error("\(list.name): name at least one value", at: list.mark)
    }
    if items.count > StagingReader.most {
      log.error(
        "\(list.name): at most \(StagingReader.most) values, found \(items.count)", at: list.mark)
    }
    var values: [Argument] = []
    for item in items.prefix(StagingReader.most) {
      guard let text = item.text("a number") else { continue }
      do throws(ArgumentError) {
        let value = try parameter.argument(text)
        if let last = values.last?.amount, value.amount ?? 0 <= last {
          item.expected("more than \(values[values.count - 1].words), the value before it")
          continue
        }
        values.append(value)
      } catch {
        log.error("\(item.name): \(error.reason)", at: item.mark)
      }
    }
    return values
  }
}
