import YAMLText
import Yams

/// One of several that have names: a member of a mapping, or an item of a list with `name:`.
struct NamedValue {
  let name: String
  let mark: Mark?
  let value: YAMLValue
  /// The name is a key of it.
  let isListed: Bool

  /// Bytes of the longest name.
  static let longest = 64

  /// Those that have a right name, each once; of too many, as many as are right.
  ///
  /// - Parameters:
  ///   - noun: what each is: `action`.
  ///   - isOther: items of a list that are something else, and read elsewhere.
  static func all(
    _ value: YAMLValue, _ noun: String, most: Int, besides isOther: (Node) -> Bool = { _ in false }
  ) -> [NamedValue] {
    var found: [NamedValue] = []
    var places: [String: Mark?] = [:]
    for entry in entries(value, noun, besides: isOther) {
      guard let first = places[entry.name] else {
        places[entry.name] = entry.mark
        found.append(entry)
        continue
      }
      let line = first.map { "; it is also on line \($0.line)" } ?? ""
      value.log.error("the \(noun) '\(entry.name)' is named twice\(line)", at: entry.mark)
    }
    if found.count > most {
      value.log.error(
        "\(value.name): at most \(most) \(noun)s, found \(found.count)", at: value.mark)
    }
    return Array(found.prefix(most))
  }

  private static func entries(
    _ value: YAMLValue, _ noun: String, besides isOther: (Node) -> Bool
  ) -> [NamedValue] {
    switch value.node {
    case .mapping:
      return value.section(keys: nil)?.members.compactMap { member in
        guard isRight(member.key) else {
          complain(member.key.prefix(60), member.mark, in: value)
          return nil
        }
        return NamedValue(
          name: member.key, mark: member.mark, value: member.value, isListed: false)
      } ?? []
    case .sequence:
      return value.list().filter { !isOther($0.node) }.compactMap { item in
        guard case .mapping = item.node, let node = item.node["name"] else {
          item.log.error("\(item.name): 'name' is missing", at: item.mark)
          return nil
        }
        let name = YAMLValue(node: node, name: "\(item.name).name", log: item.log)
        guard let text = name.text("the \(noun)'s name") else { return nil }
        guard isRight(text) else {
          complain(text.prefix(60), name.mark, in: name)
          return nil
        }
        return NamedValue(name: text, mark: name.mark, value: item, isListed: true)
      }
    case .scalar, .alias:
      value.expected("a list or a mapping of \(noun)s")
      return []
    }
  }

  private static func isRight(_ name: String) -> Bool {
    name.utf8.count <= longest && name.first.map { $0.isASCII && $0.isLetter } == true
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
  }

  private static func complain(_ name: Substring, _ mark: Mark?, in value: YAMLValue) {
    value.log.error(
      "\(value.name): a name begins with a letter and has letters, digits, '-' and '_', at most "
        + "\(longest) of them, found '\(name)'", at: mark)
  }
}
