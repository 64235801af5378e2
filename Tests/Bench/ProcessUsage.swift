import Foundation
import Glibc

/// What the kernel says a process has used, all its threads together.
struct ProcessUsage {
  /// Seconds of user and system time since it began.
  let cpu: Double
  /// Bytes resident now, and the most there ever were.
  let resident: Double
  let peak: Double

  /// Nil when there is no such process.
  ///
  /// - Parameter onlyMainThread: counts the CPU time of its first thread alone.
  init?(of id: pid_t, onlyMainThread: Bool = false) {
    let place = onlyMainThread ? "/proc/\(id)/task/\(id)" : "/proc/\(id)"
    guard
      let stat = try? String(contentsOfFile: place + "/stat", encoding: .utf8),
      let status = try? String(contentsOfFile: "/proc/\(id)/status", encoding: .utf8),
      // The name between the parentheses can hold anything, spaces too.
      let paren = stat.lastIndex(of: ")")
    else { return nil }
    let fields = stat[stat.index(after: paren)...].split(separator: " ")
    guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12])
    else { return nil }
    cpu = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
    func bytes(_ name: String) -> Double {
      let line = status.split(separator: "\n").first { $0.hasPrefix(name) }
      let words = line?.split(whereSeparator: { $0 == " " || $0 == "\t" })
      return (words.flatMap { $0.count > 1 ? Double($0[1]) : nil } ?? 0) * 1024
    }
    resident = bytes("VmRSS:")
    peak = bytes("VmHWM:")
  }
}
