import Foundation

/// Looks for a regular expression in what a server or a program says; `^` and `$` match at line ends.
///
/// A pattern may take very long on a text that is made for it, and cannot be stopped: so it has little text, a
/// thread of its own, and is not waited for beyond its time.
struct PatternSearch: Sendable {
  private let pattern: String

  /// Bytes that are looked through.
  static let longest = 64 << 10

  init(_ pattern: String) { self.pattern = pattern }

  /// The first group of the first match; all of the match where the pattern has no group.
  func first(in bytes: [UInt8], _ patience: Patience) async throws(ReadingError) -> String {
    guard bytes.count <= PatternSearch.longest else {
      throw ReadingError(
        reason: "its answer is longer than \(PatternSearch.longest >> 10) KiB, too long to match")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ReadingError(reason: "its text is no UTF-8")
    }
    let pattern = pattern
    let late = "looking for \(pattern.debugDescription) took too long"
    let found = await FirstOf<Result<String, ReadingError>>.within(
      patience.left, else: .failure(ReadingError(reason: late))
    ) { first in
      Thread.detachNewThread { first.take(PatternSearch.search(pattern, text)) }
    }
    return try found.get()
  }

  private static func search(_ pattern: String, _ text: String) -> Result<String, ReadingError> {
    // A program's lines may end as a terminal's do.
    let text = text.replacing("\r\n", with: "\n")
    do {
      let expression = try Regex(pattern).anchorsMatchLineEndings()
      guard let match = try expression.firstMatch(in: text) else {
        return .failure(
          ReadingError(reason: "its answer has nothing like \(pattern.debugDescription)"))
      }
      let output = match.output
      let part = output.count > 1 ? output[1].substring : output[0].substring
      guard let part else {
        return .failure(
          ReadingError(reason: "the first group of \(pattern.debugDescription) matches nothing"))
      }
      return .success(String(part))
    } catch {
      return .failure(ReadingError(reason: "\(pattern.debugDescription) is no regular expression"))
    }
  }
}
