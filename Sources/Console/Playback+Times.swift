package import Fleet

extension Playback {
  /// Reads a time as responders type it: `14:32`, `2026-11-21T14:32Z`, `-5m` from the instant shown.
  ///
  /// - Returns: the offset of the session's clock, or why there is none.
  package func offset(
    of text: String, from now: Instant, localOffset: Int = 0
  ) -> Result<Int64, TimeProblem> {
    do {
      let found = try TimeText(now, self, localOffset: localOffset).offsets(text)
      guard found.count == 1 else { return .failure(TimeProblem(sentence: "one time is wanted")) }
      return .success(found[0])
    } catch { return .failure(TimeProblem(sentence: error.sentence)) }
  }
}

/// Why a text is no time that there is something of.
package struct TimeProblem: Error, Sendable, Hashable {
  package var sentence: String
}
