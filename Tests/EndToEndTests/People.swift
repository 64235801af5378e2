import Foundation
import Testing

/// People of this host, for as long as a test lasts.
final class People {
  let group: String
  private(set) var names: [String] = []

  init(_ count: Int) throws {
    let mark = String(UInt32.random(in: 0 ... .max), radix: 36)
    group = "dcg\(mark)"
    try check("groupadd", [group])
    for number in 1...count {
      let name = "dcu\(number)\(mark)"
      try check("useradd", ["-M", "-N", "-g", group, "-s", "/bin/sh", name])
      names.append(name)
    }
  }

  private func check(_ program: String, _ words: [String]) throws {
    let result = try Command.run("/usr/bin/env", [program] + words)
    try #require(result.status == 0, "\(program): \(result.errors)")
  }

  deinit {
    for name in names { _ = try? Command.run("/usr/bin/env", ["userdel", name]) }
    _ = try? Command.run("/usr/bin/env", ["groupdel", group])
  }
}
