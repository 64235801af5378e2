package import Canvas

/// Bytes from a terminal to keys; knows what belongs together by sequence and by time.
///
/// An Esc is a key of its own only once 250 ms have passed without the rest of a sequence, because a slow
/// link can tear an arrow key apart. What comes between paste brackets is text whatever it holds. A sequence
/// nobody knows is swallowed whole: never do its bytes turn into keys.
package struct KeyDecoder: Sendable {
  /// Key sequences of this terminal that the common forms do not cover.
  private let extra: [(bytes: [UInt8], key: Key)]
  /// Whether reports of a mouse are wanted; those that come unasked are swallowed like all answers.
  private let hearsMouse: Bool
  private var pending: [UInt8] = []
  /// When the oldest pending byte came, in milliseconds.
  private var since: Int64 = 0
  private var paste: [UInt8]?
  /// The Esc that is pending came in one piece with what stands behind it.
  private var isWhole = false

  package static let escapeWait: Int64 = 250
  /// A control sequence that has begun is given longer: no person types one.
  static let sequenceWait: Int64 = 1000
  /// A paste whose end never comes is over after this silence.
  static let pasteWait: Int64 = 2000
  /// What is kept of one paste.
  static let pasteLimit = 1 << 20

  /// - Parameter extra: sequences that begin with Esc; the longest that fits is taken.
  package init(extra: [[UInt8]: Key] = [:], hearsMouse: Bool = false) {
    self.hearsMouse = hearsMouse
    self.extra = extra.filter { $0.key.first == 0x1b && $0.key.count > 1 }
      .sorted { a, b in
        a.key.count != b.key.count
          ? a.key.count > b.key.count : a.key.lexicographicallyPrecedes(b.key)
      }
      .map { ($0.key, $0.value) }
  }

  /// When `expire` has something to do, if nothing comes before.
  package var deadline: Int64? {
    if paste != nil { return since + Self.pasteWait }
    guard !pending.isEmpty else { return nil }
    return since + (isBegunSequence ? Self.sequenceWait : Self.escapeWait)
  }

  /// Takes bytes that came together at `now`.
  package mutating func feed(_ bytes: some Sequence<UInt8>, at now: Int64) -> [InputEvent] {
    var events = expire(at: now)
    let waited = pending.count
    // A sequence that has begun is given up after a silence, not for being slow as a whole.
    if waited == 0 || paste != nil || isBegunSequence { since = now }
    pending += bytes
    decode(&events, now: now, together: waited == 0 || waited > 1 && isWhole)
    return events
  }

  /// Gives up waiting where the time has come.
  package mutating func expire(at now: Int64) -> [InputEvent] {
    guard let deadline, now >= deadline else { return [] }
    var events: [InputEvent] = []
    if let text = paste {
      paste = nil
      pending = []
      return [.paste(String(decoding: text, as: UTF8.self))]
    }
    if isWhole, pending.count == 2, ControlSequence.opensString(pending[1]) {
      // Nothing came behind it, so it is no answer but Alt with that sign.
      events.append(.key(.alt(Character(Unicode.Scalar(pending[1])))))
      pending = []
    } else if pending.first == 0x1b, !isBegunSequence {
      events.append(.key(.escape))
      pending.removeFirst()
      since = now
      decode(&events, now: now, together: false)
    } else {
      // Half a sequence or half a character: the rest was lost on the way.
      pending = []
    }
    return events
  }

  /// `ESC [` or `ESC O` with something after it, or the start of a UTF-8 character.
  private var isBegunSequence: Bool {
    pending.first != 0x1b || pending.count > 2
  }

  private mutating func decode(_ events: inout [InputEvent], now: Int64, together: Bool) {
    var at = 0
    var rest = pending[...]
    /// Whether the bytes after an Esc came with it: only then are they an Alt key.
    var isTogether = together
    defer {
      if at > 0 && at < pending.count { since = now }
      pending.removeFirst(at)
    }
    while true {
      if paste != nil {
        guard let used = readPaste(rest, &events) else {
          at = pending.count
          // Keep what may be the beginning of the closing bracket.
          at -= keptTail(rest)
          return
        }
        at += used
      } else {
        guard !rest.isEmpty else { return }
        if hearsMouse, let (used, mouse) = MouseReport.read(rest) {
          at += used
          if let mouse { events.append(.mouse(mouse)) }
          rest = pending[at...]
          continue
        }
        guard let (used, key) = read(rest, together: isTogether) else {
          isWhole = isTogether
          return
        }
        if used >= 0 {
          at += used
          if let key { events.append(.key(key)) }
        } else {
          at += 6
          paste = []
        }
        isTogether = true
      }
      rest = pending[at...]
    }
  }

  private static let pasteEnd: [UInt8] = Array("\u{1b}[201~".utf8)

  /// Moves bytes into the paste; answers how many up to and with its end, nil where that has not come yet.
  private mutating func readPaste(_ bytes: ArraySlice<UInt8>, _ events: inout [InputEvent]) -> Int?
  {
    let end = Self.pasteEnd
    var i = bytes.startIndex
    while i < bytes.endIndex {
      if bytes[i] == 0x1b, bytes[i...].starts(with: end) {
        addToPaste(bytes[..<i])
        events.append(.paste(String(decoding: paste ?? [], as: UTF8.self)))
        paste = nil
        return i - bytes.startIndex + end.count
      }
      i += 1
    }
    addToPaste(bytes.dropLast(keptTail(bytes)))
    return nil
  }

  private mutating func addToPaste(_ bytes: ArraySlice<UInt8>) {
    let room = Self.pasteLimit - (paste?.count ?? 0)
    paste?.append(contentsOf: bytes.prefix(max(0, room)))
  }

  private func keptTail(_ bytes: ArraySlice<UInt8>) -> Int {
    for n in stride(from: min(Self.pasteEnd.count - 1, bytes.count), to: 0, by: -1)
    where Self.pasteEnd.starts(with: bytes.suffix(n)) {
      return n
    }
    return 0
  }

  /// One key from the front: how many bytes it took (-1 for the opening of a paste) and which it is, if any.
  /// Nil where more bytes are needed.
  private func read(_ bytes: ArraySlice<UInt8>, together: Bool) -> (Int, Key?)? {
    let first = bytes[bytes.startIndex]
    if first != 0x1b {
      return readPlain(bytes)
    }
    let body = bytes.dropFirst()
    if let match = extra.first(where: { bytes.starts(with: $0.bytes) }) {
      return (match.bytes.count, match.key)
    }
    guard let second = body.first else { return nil }
    if ControlSequence.opensString(second) {
      switch ControlSequence.isString(body, together: together) {
      case true?: return ControlSequence.readString(body.dropFirst())
      case false?: break
      case nil: return nil
      }
    }
    switch second {
    case 0x1b: return (1, .escape)
    case UInt8(ascii: "["): return ControlSequence.read(body.dropFirst())
    case UInt8(ascii: "O"):
      guard let final = body.dropFirst().first else { return nil }
      if final == 0x1b { return (1, .escape) }
      return (3, ControlSequence.key(final: final))
    default:
      guard together, let (used, key) = readPlain(body) else {
        return together ? nil : (1, .escape)
      }
      // Alt with a key that is no character is that key.
      guard let key, case .character(let character) = key else { return (used + 1, key) }
      return (used + 1, .alt(character))
    }
  }

  private func readPlain(_ bytes: ArraySlice<UInt8>) -> (Int, Key?)? {
    let first = bytes[bytes.startIndex]
    switch first {
    case 0x0d, 0x0a: return (1, .enter)
    case 0x09: return (1, .tab)
    case 0x7f, 0x08: return (1, .backspace)
    case 0x00: return (1, .control(" "))
    case 0x01...0x1a: return (1, .control(Character(Unicode.Scalar(first + 0x60))))
    case 0x1c...0x1f: return (1, .control(Character(Unicode.Scalar(first + 0x40))))
    case 0x20...0x7e: return (1, .character(Character(Unicode.Scalar(first))))
    case 0xc2...0xf4:
      let length = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
      let tail = bytes.dropFirst().prefix(length - 1)
      guard tail.allSatisfy({ $0 & 0xc0 == 0x80 }) else { return (1, nil) }
      guard tail.count == length - 1 else { return nil }
      let text = String(decoding: bytes.prefix(length), as: UTF8.self)
      // C1 controls as UTF-8, and what is no character at all, are no keys.
      guard let character = text.first, character != "\u{fffd}",
        first != 0xc2 || bytes[bytes.startIndex + 1] >= 0xa0
      else { return (length, nil) }
      return (length, .character(character))
    default: return (1, nil)
    }
  }
}
