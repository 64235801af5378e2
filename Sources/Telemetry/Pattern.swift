/// A name with `*` at either end, or one inside, or none: all the wildcards that conventions need.
struct Pattern: Sendable {
  private var literal: String
  private var open: (front: Bool, back: Bool)
  /// What follows a `*` inside; `literal` is what stands before it.
  private var tail: String?

  init(_ text: String) {
    var literal = Substring(text)
    open = (literal.first == "*", false)
    if open.front { literal.removeFirst() }
    open.back = literal.last == "*"
    if open.back { literal.removeLast() }
    if !open.front, !open.back, let star = literal.firstIndex(of: "*") {
      tail = String(literal[literal.index(after: star)...])
      literal = literal[..<star]
    }
    self.literal = String(literal)
  }

  var isExact: Bool { !open.front && !open.back && tail == nil }

  func matches(_ text: String) -> Bool {
    if let tail {
      return text.utf8.count >= literal.utf8.count + tail.utf8.count && text.hasPrefix(literal)
        && text.hasSuffix(tail)
    }
    return switch open {
    case (false, false): text == literal
    case (true, false): text.hasSuffix(literal)
    case (false, true): text.hasPrefix(literal)
    case (true, true): literal.isEmpty || text.utf8.contains(literal.utf8)
    }
  }

  /// What the `*` stood for, without underscores at its ends; nil for an exact pattern.
  func wildcard(in text: String) -> String? {
    guard matches(text), !isExact else { return nil }
    var rest = Substring(text)
    if let tail {
      rest = rest.dropFirst(literal.count).dropLast(tail.count)
    } else if open.front {
      rest = rest.dropLast(literal.count)
    } else {
      rest = rest.dropFirst(literal.count)
    }
    while rest.first == "_" { rest.removeFirst() }
    while rest.last == "_" { rest.removeLast() }
    return rest.isEmpty ? nil : String(rest)
  }
}

extension String.UTF8View {
  fileprivate func contains(_ part: String.UTF8View) -> Bool {
    let all = Array(self)
    let sought = Array(part)
    guard !sought.isEmpty, all.count >= sought.count else { return sought.isEmpty }
    return (0...(all.count - sought.count)).contains {
      all[$0..<($0 + sought.count)].elementsEqual(sought)
    }
  }
}

extension Convention.LabelMatch {
  /// The label is there and its value matches; `*` asks only that it is there and not empty.
  func matches(_ labels: (String) -> String?) -> Bool {
    guard let found = labels(name) else { return false }
    if value == "*" { return !found.isEmpty }
    return Pattern(value).matches(found)
  }
}
