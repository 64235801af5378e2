internal import CNcurses
package import Canvas

/// What the terminal in front of us understands, and how that was found out.
package struct Terminal: Sendable, Hashable {
  /// The terminfo entry drawn with; a `-direct` one for 24-bit colours.
  package var entry: String
  package var depth: ColorDepth
  package var isUTF8: Bool

  package init(entry: String, depth: ColorDepth, isUTF8: Bool) {
    self.entry = entry
    self.depth = depth
    self.isUTF8 = isUTF8
  }

  package var glyphs: GlyphSet { isUTF8 ? .unicode : .ascii }

  /// What a terminfo entry says of a terminal, as far as it decides anything here.
  package struct Capabilities: Sendable, Hashable {
    package var colors: Int
    /// The entry takes colours as red, green and blue.
    package var isDirect: Bool
    package var placesCursor: Bool

    package init(colors: Int, isDirect: Bool, placesCursor: Bool) {
      self.colors = colors
      self.isDirect = isDirect
      self.placesCursor = placesCursor
    }
  }

  /// Decides from the environment and a lookup of terminfo entries. Pure but for what `lookup` does.
  ///
  /// The depth comes from the flag, else NO_COLOR (where not empty), else COLORTERM, else terminfo; it is
  /// never more than the entry found can carry, since a wrong guess leaves garbage on the screen.
  package static func detect(
    environment: [String: String], flag: ColorDepth?, isUTF8: Bool,
    lookup: (String) -> Capabilities?
  ) throws(ScreenError) -> Terminal {
    guard let term = environment["TERM"], !term.isEmpty else { throw .termUnset }
    guard isPlain(term), let own = lookup(term) else {
      throw .termUnknown(DisplayText.sanitised(String(term.prefix(40)), glyphs: .ascii))
    }
    guard own.placesCursor else { throw .termCannot(term) }
    let known = depth(of: own)
    var wanted = known
    if let flag {
      wanted = flag
    } else if let no = environment["NO_COLOR"], !no.isEmpty {
      wanted = .none
    } else if let word = environment["COLORTERM"]?.lowercased(),
      ["truecolor", "24bit"].contains(word)
    {
      wanted = .truecolor
    }
    if wanted == .truecolor {
      if own.isDirect { return Terminal(entry: term, depth: .truecolor, isUTF8: isUTF8) }
      for candidate in directNames(term) {
        if let direct = lookup(candidate), direct.isDirect, direct.placesCursor {
          return Terminal(entry: candidate, depth: .truecolor, isUTF8: isUTF8)
        }
      }
    }
    // A direct entry reads an index as a colour value: fewer colours need the indexed entry of the family.
    if own.isDirect, wanted == .sixteen || wanted == .indexed {
      let family = String(term.prefix(term.count - "-direct".count))
      for candidate in [family + "-256color", family] {
        if let found = lookup(candidate), found.placesCursor, !found.isDirect {
          let least = min(rank(wanted), rank(depth(of: found)))
          return Terminal(entry: candidate, depth: ColorDepth.allCases[least], isUTF8: isUTF8)
        }
      }
      return Terminal(entry: term, depth: .eight, isUTF8: isUTF8)
    }
    let least = min(rank(wanted), rank(known))
    return Terminal(entry: term, depth: ColorDepth.allCases[least], isUTF8: isUTF8)
  }

  private static func rank(_ depth: ColorDepth) -> Int {
    ColorDepth.allCases.firstIndex(of: depth) ?? 0
  }

  private static func depth(of entry: Capabilities) -> ColorDepth {
    if entry.isDirect { return .truecolor }
    return switch entry.colors {
    case 256...: .indexed
    case 16...: .sixteen
    case 8...: .eight
    default: .none
    }
  }

  /// `xterm-256color`: `xterm-256color-direct`, `xterm-direct`.
  private static func directNames(_ term: String) -> [String] {
    var names = [term + "-direct"]
    if let dash = term.lastIndex(of: "-") {
      names.append(term[..<dash] + "-direct")
      names.append(term[term.index(after: dash)...] + "-direct")
    }
    return names
  }

  /// A name that is safe to look up as a file and to print.
  private static func isPlain(_ term: String) -> Bool {
    term.utf8.count < 64
      && term.utf8.allSatisfy { byte in
        byte > 0x20 && byte < 0x7f && byte != UInt8(ascii: "/")
      }
  }
}

extension Terminal.Capabilities {
  /// What this system's terminfo says of a terminal, nil where it knows none of that name.
  static func lookup(_ term: String) -> Terminal.Capabilities? {
    guard cn_lookup(term) == 1 else { return nil }
    let isDirect = cn_flag("RGB") == 1 || cn_number("RGB") > 0 || cn_string("RGB") != nil
    return Terminal.Capabilities(
      colors: Int(cn_number("colors")), isDirect: isDirect, placesCursor: cn_string("cup") != nil)
  }
}
