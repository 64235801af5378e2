import Conditions
import Fleet
import Markdown

/// Makes steps of the items of a section's lists.
///
/// An item is bound to an action by a link to it, `[cap concurrency](action:cap-concurrency)`; it has a
/// precondition where it begins with code such as `when: health is degraded`; items in it that begin
/// with `Go:` and `Rust:` are its variants.
struct StepReader {
  let section: RunbookSection
  private(set) var steps: [Step] = []
  /// Preconditions that are none: where, and why.
  private(set) var flaws: [RunbookText.Flaw] = []

  init(_ section: RunbookSection) { self.section = section }

  mutating func read(_ blocks: [Block]) {
    for block in blocks {
      switch block.content {
      case .list(let list): for item in list.items { read(item) }
      // Steps that are folded away are steps.
      case .details(_, let inner): read(inner)
      default: break
      }
    }
  }

  private mutating func read(_ item: BlockList.Item) {
    var blocks = item.blocks
    var step = Step(
      id: "\(section.rawValue).\(steps.count + 1)", section: section, number: steps.count + 1,
      kind: .judgement(isDecision: false), words: "", blocks: [], precondition: nil, variants: [],
      line: item.line)
    if case .paragraph(var words)? = blocks.first?.content {
      step.precondition = precondition(&words, line: item.line)
      blocks[0].content = .paragraph(words)
      step.words = StepReader.firstLine(words)
    } else {
      step.words = StepReader.name(of: blocks)
    }
    for block in blocks {
      if case .list(let list) = block.content, let variants = StepReader.variants(list) {
        step.variants += variants
      } else {
        step.blocks.append(block)
      }
    }
    step.kind = StepReader.kind(step)
    steps.append(step)
  }

  // MARK: Kinds

  private static func kind(_ step: Step) -> Step.Kind {
    let inner = MarkdownText(step.blocks + step.variants.flatMap(\.blocks))
    for link in inner.links {
      if let action = action(of: link.destination) { return .automatable(action: action) }
    }
    if !step.commands(for: nil).isEmpty { return .command }
    let first = step.words.lowercased()
    return .judgement(isDecision: first.hasPrefix("decide"))
  }

  /// `cap-concurrency` of `action:cap-concurrency`.
  static func action(of destination: String) -> String? {
    guard destination.hasPrefix("action:") else { return nil }
    let name = destination.dropFirst("action:".count)
    return name.isEmpty ? nil : String(name)
  }

  /// Code that a shell would take: fences that are not of another language, and code in a line that begins
  /// with a program that people on call use.
  static func commands(in block: Block) -> [CodeFence] {
    var found: [CodeFence] = []
    MarkdownText([block]).forEachBlock { block in
      switch block.content {
      case .code(let fence) where shells.contains(fence.language?.lowercased() ?? "sh"):
        found.append(fence)
      case .paragraph(let words):
        for case .code(let text) in words where isCommand(text) {
          found.append(CodeFence(info: "sh", text: text))
        }
      default: break
      }
    }
    return found
  }

  private static let shells: Set<String> = [
    "sh", "bash", "zsh", "shell", "console", "shell-session", "shellscript", "terminal",
  ]
  private static let programs: Set<String> = [
    "aws", "amtool", "cargo", "cat", "curl", "df", "dig", "dmesg", "docker", "du", "etcdctl",
    "gcloud", "gdb", "git", "go", "grep", "grpcurl", "helm", "ip", "journalctl", "jq", "kubectl",
    "lsof", "mysql", "nc", "nomad", "ping", "promtool", "ps", "psql", "redis-cli", "ss", "ssh",
    "strace", "sudo", "systemctl", "tail", "tcpdump", "timedatectl", "tokio-console", "top", "wget",
  ]

  private static func isCommand(_ text: String) -> Bool {
    if text.hasPrefix("$ ") { return true }
    let words = text.split(separator: " ", maxSplits: 1)
    return words.count == 2 && programs.contains(String(words[0]))
  }

  // MARK: Words

  private mutating func precondition(_ words: inout [Inline], line: Int) -> Condition? {
    guard case .code(let text)? = words.first, text.hasPrefix("when:") else { return nil }
    do {
      let condition = try Condition(String(text.dropFirst("when:".count).drop { $0 == " " }))
      words.removeFirst()
      if case .text(let rest)? = words.first {
        words[0] = .text(String(rest.drop { " ,:;–—-".contains($0) }))
      }
      return condition
    } catch {
      flaws.append(RunbookText.Flaw(line: line, reason: error.reason))
      return nil
    }
  }

  private static func firstLine(_ words: [Inline]) -> String {
    Array(words.prefix { $0 != .lineBreak }).plain
  }

  /// A step that is a fence alone goes by the fence's name, or by its first line.
  private static func name(of blocks: [Block]) -> String {
    for block in blocks {
      if case .code(let fence) = block.content {
        return fence.name ?? String(fence.text.prefix { $0 != "\n" })
      }
    }
    return ""
  }

  /// The items as variants; nil where any is of no language.
  private static func variants(_ list: BlockList) -> [Step.Variant]? {
    var variants: [Step.Variant] = []
    for item in list.items {
      guard case .paragraph(let words)? = item.blocks.first?.content,
        let (language, rest) = language(of: words)
      else { return nil }
      var blocks = item.blocks
      blocks[0].content = .paragraph(rest)
      variants.append(Step.Variant(language: language, blocks: blocks))
    }
    return variants.isEmpty ? nil : variants
  }

  /// `Go:` or `**Rust:**` at the beginning, and what follows it.
  private static func language(of words: [Inline]) -> (Language, [Inline])? {
    guard let first = words.first else { return nil }
    let label: String
    var rest = Array(words.dropFirst())
    switch first {
    case .strong(let inner), .emphasis(let inner):
      label = inner.plain
      if label.hasSuffix(":") == false {
        guard case .text(let text)? = rest.first, text.hasPrefix(":") else { return nil }
        rest[0] = .text(String(text.dropFirst()))
      }
    case .text(let text):
      guard let colon = text.firstIndex(of: ":") else { return nil }
      label = String(text[..<colon])
      rest.insert(.text(String(text[text.index(after: colon)...])), at: 0)
    default: return nil
    }
    if case .text(let text)? = rest.first { rest[0] = .text(String(text.drop { $0 == " " })) }
    switch label.lowercased().filter({ $0 != ":" }) {
    case "go": return (.go, rest)
    case "rust": return (.rust, rest)
    default: return nil
    }
  }
}
