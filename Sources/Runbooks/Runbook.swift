package import Fleet
package import Markdown

/// A runbook as a file holds it.
package struct Runbook: Sendable, Hashable {
  package var card: RunbookCard
  /// Below the folder that it was found in, with slashes: `pricing/pricing-timeout.md`.
  package var path: String
  /// Who keeps it.
  package var owner: Owner?
  /// What users notice, in a line.
  package var impact: String?
  /// Objectives that it is about.
  package var slos: [String] = []
  package var links: [Link] = []
  package var tags: [String] = []
  /// When somebody read it last with care: days since 1970-01-01.
  package var reviewed: Int?
  /// Actions that it defines itself.
  package var actions: [ActionOutline] = []
  package var text: RunbookText
  /// The bytes of the file, as text.
  package var source: String

  package struct Link: Sendable, Hashable {
    package var title: String?
    package var url: String
    package init(title: String? = nil, url: String) {
      self.title = title
      self.url = url
    }
  }

  package init(card: RunbookCard, path: String, text: RunbookText, source: String) {
    self.card = card
    self.path = path
    self.text = text
    self.source = source
  }

  /// Everything that can be searched, in small letters.
  package var searchable: String {
    ([card.id, card.title, impact ?? "", source] + tags).joined(separator: "\n").lowercased()
  }
}

/// As much of an action as a runbook has to know of it.
package struct ActionOutline: Sendable, Hashable {
  package var name: String
  package var kind: String?
  package var isVerified: Bool
  package var isReversible: Bool

  package init(name: String, kind: String? = nil, isVerified: Bool, isReversible: Bool) {
    self.name = name
    self.kind = kind
    self.isVerified = isVerified
    self.isReversible = isReversible
  }
}
