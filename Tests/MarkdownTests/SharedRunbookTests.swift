import Foundation
import Markdown
import Testing

/// The folder of shared real material, where there is one.
private let shared = ProcessInfo.processInfo.environment["DAMCON_SHARED"]

@Suite("Runbooks of real projects", .enabled(if: shared != nil, "DAMCON_SHARED is not set"))
struct SharedRunbookTests {
  @Test("each is read whole: its head, its headings in their order, its code")
  func collection() throws {
    let folder = URL(fileURLWithPath: shared ?? "")
      .appending(path: "runbooks-prometheus-operator/content/runbooks")
    let files = try #require(
      FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil))
    var (read, titles, fences, folds) = (0, 0, 0, 0)
    for case let file as URL in files where file.pathExtension == "md" {
      let source = try String(contentsOf: file, encoding: .utf8)
      let front = FrontMatter(source)
      let text = MarkdownText(front.body, linesBefore: front.linesBeforeBody)
      #expect(!text.isCut, "\(file.lastPathComponent)")
      #expect(
        text.headings.map { "\($0.line) \($0.level)" } == headings(of: source),
        "\(file.lastPathComponent)")
      text.forEachBlock { block in
        switch block.content {
        case .code: fences += 1
        case .details: folds += 1
        default: break
        }
      }
      read += 1
      titles += front.head?.contains("title:") == true ? 1 : 0
    }
    #expect(read >= 55)
    #expect(titles >= 50)
    #expect(fences >= 30)
    #expect(folds >= 5)
  }

  /// Lines that begin with hashes and stand in no fence, as a person sees them: number and level.
  private func headings(of source: String) -> [String] {
    var found: [String] = []
    var isInFence = false
    for (number, line) in source.split(separator: "\n", omittingEmptySubsequences: false)
      .enumerated()
    {
      if line.drop(while: { $0 == " " }).hasPrefix("```") { isInFence.toggle() }
      let level = line.prefix { $0 == "#" }.count
      if !isInFence, level > 0, line.dropFirst(level).first == " " {
        found.append("\(number + 1) \(level)")
      }
    }
    return found
  }
}
