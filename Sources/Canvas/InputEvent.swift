/// A key as a person presses it, whatever bytes a terminal makes of it.
package enum Key: Sendable, Hashable {
  case character(Character)
  case enter, escape, tab, backTab, backspace, delete, insert
  case up, down, left, right, home, end, pageUp, pageDown
  case function(Int)
  /// Control with a letter or sign, as lower case: `.control("c")`.
  case control(Character)
  case alt(Character)
}

/// What a mouse did, and on which cell.
package enum Mouse: Sendable, Hashable {
  case press(Point)
  /// Rows, down where positive.
  case wheel(Int, Point)
}

/// What the edge at the terminal tells the console.
package enum InputEvent: Sendable, Hashable {
  case key(Key)
  /// Only where the responder turned the mouse on.
  case mouse(Mouse)
  /// Text that came in one piece between paste brackets; never to be read as keys.
  case paste(String)
  case resize(Size)
  /// The program was stopped and goes on; the whole screen has been drawn again.
  case resumed
  /// The program is asked to end; it is expected to finish the screen soon.
  case ending(Ending)

  package enum Ending: Sendable, Hashable {
    case interrupted, terminated
    /// The terminal is gone: the link died, or its reader closed it.
    case hangup
  }
}
