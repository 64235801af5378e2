/// Code between fences, or indented: shown and copied, never run.
package struct CodeFence: Sendable, Hashable {
  /// The first word after the fence, as in `sh`; nil where there is none.
  package var language: String?
  /// What the author calls it, as runme has it: `sh {"name":"drain"}` or `sh {name=drain}`.
  package var name: String?
  package var text: String

  /// - Parameter info: what stands behind the opening fence.
  package init(info: String, text: String) {
    self.text = text
    let info = info.trimmingSpaces
    let word = info.prefix { $0 != " " && $0 != "\t" && $0 != "{" }
    language = word.isEmpty ? nil : String(word)
    name = CodeFence.name(in: info.dropFirst(word.count))
  }

  /// Both spellings: attributes of JSON, and of words.
  private static func name(in attributes: Substring) -> String? {
    guard let open = attributes.firstIndex(of: "{") else { return nil }
    let inner = attributes[attributes.index(after: open)...].prefix { $0 != "}" }
    for part in inner.split(whereSeparator: { $0 == "," || $0 == " " }) {
      let pair = part.split(separator: part.contains("=") ? "=" : ":", maxSplits: 1)
      guard pair.count == 2, pair[0].filter({ $0 != "\"" }) == "name" else { continue }
      let name = pair[1].filter { $0 != "\"" && $0 != "'" }
      return name.isEmpty ? nil : String(name)
    }
    return nil
  }
}

extension String {
  var trimmingSpaces: Substring { trimmingEnd.drop { $0.isWhitespace } }

  var trimmingEnd: Substring {
    var rest = self[...]
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return rest
  }
}
