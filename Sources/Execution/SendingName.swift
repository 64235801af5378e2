/// Which of all that a run does an order is: the step at a place, or taking that step back.
package struct SendingName: Sendable, Hashable {
  /// `ActionPlan.id`
  package var run: String
  /// Of the step in the plan, from 0.
  package var place: Int
  package var isRevert: Bool

  package init(run: String, place: Int, isRevert: Bool = false) {
    self.run = run
    self.place = place
    self.isRevert = isRevert
  }

  /// Bytes of the longest run that has a file.
  private static let longest = 100

  /// As a file is called: `run-7-1`, `run-7-1-revert`. What is no letter, digit, `-`, `_` or `.` is written as
  /// its bytes in hexadecimal, so that two names are never one file. nil where it would be too long.
  var file: String? {
    guard (1...SendingName.longest).contains(run.utf8.count) else { return nil }
    var text = ""
    for byte in run.utf8 {
      switch byte {
      case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f:
        text.unicodeScalars.append(Unicode.Scalar(byte))
      // A name that begins with a dot is hidden, or is none.
      case 0x2e where !text.isEmpty: text += "."
      default: text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
      }
    }
    return "\(text)-\(place + 1)\(isRevert ? "-revert" : "")"
  }
}
