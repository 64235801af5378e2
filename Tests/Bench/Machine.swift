import Foundation
import Glibc

/// What the figures were measured on.
enum Machine {
  static var description: String {
    let info = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let model =
      info.split(separator: "\n").first { $0.hasPrefix("model name") || $0.hasPrefix("Model") }?
      .split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown CPU"
    let release = read("/proc/sys/kernel/osrelease")
    let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    return "\(cores) cores, \(model), Linux \(release); load at the start \(load)"
  }

  /// Over the last minute; above the number of cores, figures are of a machine with other work.
  static var load: String {
    read("/proc/loadavg").split(separator: " ").first.map(String.init) ?? "?"
  }

  private static func read(_ file: String) -> String {
    ((try? String(contentsOfFile: file, encoding: .utf8)) ?? "?")
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// Where programs are found.
enum Program {
  /// Beside this executable, in whatever folder it was built.
  static func beside(_ name: String) -> String? {
    guard let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    else { return nil }
    let path = (own as NSString).deletingLastPathComponent + "/" + name
    return access(path, X_OK) == 0 ? path : nil
  }

  /// In the folders of `PATH`.
  static func installed(_ name: String) -> String? {
    let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
    return path.split(separator: ":").map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  static var own: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
  }
}
