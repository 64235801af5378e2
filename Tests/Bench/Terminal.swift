import Glibc

/// Our end of a program's terminal: bytes as they come, with the moment they came.
struct Terminal {
  let descriptor: CInt

  /// The size of what arrives within `milliseconds`; 0 when nothing did, nil when it was closed.
  ///
  /// The questions that a real terminal would answer are answered: a program that waits for one
  /// would otherwise be measured at its patience.
  func read(within milliseconds: Int) -> Int? {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&request, 1, CInt(milliseconds)) > 0 else { return 0 }
    var got = 0
    withUnsafeTemporaryAllocation(byteCount: 65_536, alignment: 1) { room in
      got = Glibc.read(descriptor, room.baseAddress, room.count)
      if got > 0 { Self.reply(to: room[..<got], on: descriptor) }
    }
    return got > 0 ? got : nil
  }

  func type(_ key: String) {
    let bytes = Array(key.utf8)
    _ = write(descriptor, bytes, bytes.count)
  }

  /// Reads until nothing came for `quiet` milliseconds; answers the bytes.
  func drain(quiet: Int) -> Int {
    var total = 0
    while let got = read(within: quiet), got > 0 { total += got }
    return total
  }

  /// Takes what waits, without looking at it.
  static func discard(from descriptor: CInt) {
    _ = Terminal(descriptor: descriptor).drain(quiet: 1)
  }

  /// Answers "who are you" (primary device attributes) and "where is the cursor".
  private static func reply(to bytes: Slice<UnsafeMutableRawBufferPointer>, on descriptor: CInt) {
    for (question, answer) in [("\u{1B}[c", "\u{1B}[?62;22c"), ("\u{1B}[6n", "\u{1B}[1;1R")]
    where contains(bytes, Array(question.utf8)) {
      let answer = Array(answer.utf8)
      _ = write(descriptor, answer, answer.count)
    }
  }

  private static func contains(_ bytes: Slice<UnsafeMutableRawBufferPointer>, _ part: [UInt8])
    -> Bool
  {
    guard bytes.count >= part.count else { return false }
    return (bytes.startIndex...(bytes.endIndex - part.count)).contains { start in
      bytes[start] == part[0] && bytes[start..<(start + part.count)].elementsEqual(part)
    }
  }
}
