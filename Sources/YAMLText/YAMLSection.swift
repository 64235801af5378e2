package import Yams

/// The members of one mapping, each key known to be a right one.
package struct YAMLSection {
  package private(set) var members: [(key: String, mark: Mark?, value: YAMLValue)] = []
  package let name: String
  package let mark: Mark?
  package private(set) var log: ProblemLog

  /// Lets its values complain to another log.
  package mutating func speak(_ log: ProblemLog) {
    self.log = log
    members = members.map {
      ($0.key, $0.mark, YAMLValue(node: $0.value.node, name: $0.value.name, log: log))
    }
  }

  package init(
    _ mapping: Node.Mapping, title: String, name: String, keys: [String]?, log: ProblemLog
  ) {
    self.name = name
    self.log = log
    mark = mapping.mark
    add(mapping, title: title, keys: keys, isMerged: false, depth: 0)
  }

  private mutating func add(
    _ mapping: Node.Mapping, title: String, keys: [String]?, isMerged: Bool, depth: Int
  ) {
    for (key, value) in mapping {
      log.budget -= 1
      guard log.budget > 0, depth < 8 else { return }
      guard case .scalar(let scalar) = key else {
        log.error(
          "a key is text, found \(YAMLValue(node: key, name: "", log: log).found)", at: key.mark)
        continue
      }
      let text = scalar.string
      if text == "<<", scalar.style == .plain {
        let merged: [Node] = if case .sequence(let all) = value { Array(all) } else { [value] }
        for case .mapping(let inner) in merged.prefix(64) {
          add(inner, title: title, keys: keys, isMerged: true, depth: depth + 1)
        }
        continue
      }
      // Keys that begin with x- are for the file's own use: anchors, notes.
      if keys != nil, text.hasPrefix("x-") { continue }
      if let keys, !keys.contains(text) {
        if !isMerged {
          log.error(
            "unknown key '\(text.prefix(60))' in \(title)\(NearestWord.advice(text, among: keys))",
            at: key.mark)
        }
        continue
      }
      if isMerged, members.contains(where: { $0.key == text }) { continue }
      let path = name.isEmpty ? text : "\(name).\(text)"
      members.append((text, key.mark, YAMLValue(node: value, name: path, log: log)))
    }
  }

  /// The value under `key`; nil where it is not written or left empty.
  package subscript(key: String) -> YAMLValue? {
    guard let value = members.last(where: { $0.key == key })?.value, !value.isNull else {
      return nil
    }
    return value
  }

  package func mark(of key: String) -> Mark? { members.first { $0.key == key }?.mark }
}
