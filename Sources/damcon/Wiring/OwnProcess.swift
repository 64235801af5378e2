import Foundation
import SelfReport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What this process takes, as the system counts it.
enum OwnProcess {
  static func figures() -> SelfFigures.Process {
    var figures = SelfFigures.Process()
    var usage = rusage()
    #if os(Linux)
      let own = RUSAGE_SELF.rawValue
    #else
      let own = RUSAGE_SELF
    #endif
    if getrusage(__rusage_who_t(own), &usage) == 0 {
      figures.cpuSeconds = seconds(usage.ru_utime) + seconds(usage.ru_stime)
    }
    var limit = rlimit()
    if getrlimit(descriptors, &limit) == 0 {
      figures.mostFiles = Int(clamping: limit.rlim_cur)
    }
    #if os(Linux)
      figures.openFiles = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))
        .map { max(0, $0.count - 1) }
      let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
      figures.residentBytes = number("VmRSS:", in: status).map { UInt64($0) * 1024 }
      figures.threads = number("Threads:", in: status)
    #endif
    return figures
  }

  #if os(Linux)
    private static let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
  #else
    private static let descriptors = RLIMIT_NOFILE
  #endif

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1e6
  }

  /// `VmRSS:      10240 kB`
  private static func number(_ name: String, in text: String) -> Int? {
    for line in text.split(separator: "\n") where line.hasPrefix(name) {
      return line.dropFirst(name.count).split(whereSeparator: \.isWhitespace).first
        .flatMap { Int($0) }
    }
    return nil
  }
}
