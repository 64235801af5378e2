package import Conditions
package import Fleet
package import Markdown

/// One thing to do.
package struct Step: Sendable, Hashable {
  package enum Kind: Sendable, Hashable {
    /// Bound to an action by its name.
    case automatable(action: String)
    /// To be copied: Damcon never runs it.
    case command
    /// A person does it, or decides and says what.
    case judgement(isDecision: Bool)
  }

  /// `containment.2`: the same as long as the file is the same.
  package var id: String
  package var section: RunbookSection
  /// In its section, from 1.
  package var number: Int
  package var kind: Kind
  /// Its first line, without what is for Damcon.
  package var words: String
  package var blocks: [Block]
  /// Has to hold before anybody follows it.
  package var precondition: Condition?
  /// What is done in Go and in Rust where that differs.
  package var variants: [Variant]
  package var line: Int

  package struct Variant: Sendable, Hashable {
    package var language: Language
    package var blocks: [Block]
  }

  /// What can be copied of it, each with its name where it has one; those that fit `language` first.
  package func commands(for language: Language?) -> [CodeFence] {
    let fitting = variants.sorted { a, _ in a.language == language }.flatMap(\.blocks)
    return (fitting + blocks).flatMap { StepReader.commands(in: $0) }
  }

  /// The variants with the one that fits first; the order of the file otherwise.
  package func variants(for language: Language?) -> [Variant] {
    variants.filter { $0.language == language } + variants.filter { $0.language != language }
  }
}
