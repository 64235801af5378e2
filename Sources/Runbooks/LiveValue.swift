package import Conditions

/// A value of the moment that an author asks for: `{{ signal p99_ms service }}`.
///
/// `service` is the one that the runbook is read for, and may be left out; another is named instead.
package struct LiveValue: Sendable, Hashable {
  package var reference: Reference

  package init(reference: Reference) { self.reference = reference }

  /// A text cut where values stand in it.
  package enum Piece: Sendable, Hashable {
    case text(String)
    case value(LiveValue)
    /// Asks for something that nobody can give, and why.
    case flaw(String, reason: String)
  }

  /// Cuts a text; what stands in no braces, or in braces of others, stays as it is.
  package static func pieces(of text: String) -> [Piece] {
    guard text.contains("{{") else { return [.text(text)] }
    var found: [Piece] = []
    var rest = text[...]
    while let open = rest.firstRange(of: "{{"),
      let close = rest[open.upperBound...].firstRange(of: "}}")
    {
      let inner = rest[open.upperBound..<close.lowerBound]
      let words = inner.split(separator: " ")
      if words.first == "signal" {
        if open.lowerBound > rest.startIndex {
          found.append(.text(String(rest[..<open.lowerBound])))
        }
        found.append(piece(words, String(rest[open.lowerBound..<close.upperBound])))
      } else {
        found.append(.text(String(rest[..<close.upperBound])))
      }
      rest = rest[close.upperBound...]
    }
    if !rest.isEmpty { found.append(.text(String(rest))) }
    return found
  }

  private static func piece(_ words: [Substring], _ written: String) -> Piece {
    guard words.count == 2 || words.count == 3 else {
      return .flaw(written, reason: "write {{ signal p99_ms }}, or {{ signal p99_ms pricing }}")
    }
    do {
      var reference = try Reference(String(words[1]))
      if words.count == 3, words[2] != "service" { reference.service = String(words[2]) }
      return .value(LiveValue(reference: reference))
    } catch {
      return .flaw(written, reason: error.reason)
    }
  }
}
