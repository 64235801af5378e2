import Foundation
package import Yams

/// A file that a person wrote in YAML, as text and as values, or a sentence that says why it is none.
package enum YAMLDocument {
  /// The text of the file at `path`; a file of over `limit` bytes is not looked at.
  package static func text(
    at path: String, noun: String, upTo limit: Int
  ) throws(FileProblems) -> String {
    let data: Data
    do {
      data = try Data(contentsOf: URL(fileURLWithPath: path))
    } catch {
      throw FileProblems([Problem(file: path, "cannot be read: \(reason(error))")])
    }
    guard data.count <= limit else {
      throw FileProblems([
        Problem(file: path, "is larger than \(limit >> 20) MiB: this is no \(noun)")
      ])
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw FileProblems([Problem(file: path, "is not UTF-8 text")])
    }
    return text
  }

  private static func reason(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileReadNoSuchFile: "there is no such file"
    case .fileReadNoPermission: "permission denied"
    default: "it is no readable file"
    }
  }

  /// The one value of a YAML text; nil where the text holds none.
  package static func root(of text: String, path: String) throws(FileProblems) -> Node? {
    do {
      return try compose(yaml: text, .basic)
    } catch {
      throw FileProblems([problem(error, in: text, path: path)])
    }
  }

  private static func problem(_ error: any Error, in text: String, path: String) -> Problem {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    func at(_ mark: Mark, _ sentence: String) -> Problem {
      Problem(file: path, line: mark.line, column: mark.column, sentence)
    }
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, _)?,
      .parser(let context, let problem, let mark, _)?,
      .composer(let context, let problem, let mark, _)?:
      if lines.indices.contains(mark.line - 1) {
        let rest = lines[mark.line - 1].unicodeScalars.dropFirst(mark.column - 1)
        if rest.first == "\t" { return at(mark, "tabs cannot indent YAML; use spaces") }
      }
      let during = context.map { " \($0.text)" } ?? ""
      return at(mark, "not YAML: \(problem)\(during)")
    case .reader(let problem, _, _, _)?: return Problem(file: path, "not YAML: \(problem)")
    case .duplicatedKeysInMapping(let keys, let context)?:
      let key = keys.first ?? ""
      let second = second(key, after: context.mark, in: lines)
      return Problem(
        file: path, line: second ?? context.mark.line, column: context.mark.column,
        "the key '\(key)' is written twice"
          + (second == nil ? "" : "; it is also on line \(context.mark.line)"))
    default: return Problem(file: path, "not YAML that can be read")
    }
  }

  /// The line on which `key` is written again: Yams tells the first place only.
  private static func second(_ key: String, after first: Mark, in lines: [Substring]) -> Int? {
    for index in lines.indices.dropFirst(first.line) {
      let scalars = lines[index].unicodeScalars
      let before = scalars.prefix(first.column - 1)
      let rest = String(String.UnicodeScalarView(scalars.dropFirst(first.column - 1)))
      if before.count == first.column - 1, before.allSatisfy({ $0 == " " }),
        ["\(key):", "\"\(key)\":", "'\(key)':", "\(key) :"].contains(where: rest.hasPrefix)
      {
        return index + 1
      }
    }
    return nil
  }
}
