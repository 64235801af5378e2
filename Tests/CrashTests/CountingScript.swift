import Foundation

/// A program with a value to say and to set, which writes a line each time that it is begun and that it has ended.
final class CountingScript: CrashTarget {
  let place: String
  private let spool: String
  private let log: String
  private let kept: String

  /// - Parameters:
  ///   - stem: of the paths of the script and of its files.
  ///   - spool: the folder in which it is kept what came of programs.
  init(_ stem: String, spool: String) throws {
    place = stem + ".sh"
    log = stem + ".log"
    kept = stem + ".value"
    self.spool = spool
    try "256\n".write(toFile: kept, atomically: true, encoding: .utf8)
    try "".write(toFile: log, atomically: true, encoding: .utf8)
    try """
    #!/bin/sh
    if [ "$1" = get ]; then exec cat '\(kept)'; fi
    echo "begun $2" >>'\(log)'
    sleep 0.05
    echo "$3" >'\(kept)'
    echo "ended $2" >>'\(log)'
    """.write(toFile: place, atomically: true, encoding: .utf8)
    chmod(place, 0o700)
  }

  var value: Int {
    let text = (try? String(contentsOfFile: kept, encoding: .utf8)) ?? ""
    return Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? -1
  }

  var counts: [String: Int] { count("begun ") }

  /// What was begun and never came to its end.
  var faults: [String] {
    let ended = count("ended ")
    return counts.filter { ended[$0.key] != $0.value }.map { "\($0.key) did not end" }.sorted()
  }

  let isWaitingToStrike = false
  func aim(_ strike: CountingTarget.Strike?, at victim: Probe) {}

  /// Whoever runs a program holds its file for so long.
  func settle() -> Bool {
    waitUntil(20) {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: spool)) ?? []
      return names.allSatisfy { name in
        let file = open("\(spool)/\(name)", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return errno == ENOENT }
        defer { close(file) }
        return flock(file, LOCK_SH | LOCK_NB) == 0
      }
    }
  }

  func stop() {}

  private func count(_ word: String) -> [String: Int] {
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    var counts: [String: Int] = [:]
    for line in text.split(separator: "\n") where line.hasPrefix(word) {
      counts[String(line.dropFirst(word.count)), default: 0] += 1
    }
    return counts
  }
}
