import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A socket that a service manager has made and listens on, and that this process goes on with.
package struct InheritedSocket: Sendable, Hashable {
  package var descriptor: Int32
  /// As the unit names it (`FileDescriptorName=`), else that of the unit.
  package var name: String

  package init(descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  /// What was handed over is not what was asked for.
  package struct Trouble: Error, Sendable, Hashable, CustomStringConvertible {
    package var reason: String
    package var description: String { "the sockets it was started with: \(reason)" }
  }

  /// The names to forget, so that programs that are started do not take them for theirs.
  package static let variables = ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES", "LISTEN_PIDFDID"]

  /// The first number that is handed over.
  package static let first: Int32 = 3
  private static let most = 16

  /// Takes them out of this process's own environment; to be called before the first thread is started.
  ///
  /// - Returns: none where nothing was handed over to this process.
  package static func take() throws(Trouble) -> [InheritedSocket] {
    defer { for name in variables { unsetenv(name) } }
    return try read(ProcessInfo.processInfo.environment, process: getpid(), from: first)
  }

  /// - Parameters:
  ///   - process: for whom they are.
  ///   - first: the number of the first of them.
  package static func read(
    _ environment: [String: String], process: Int32, from first: Int32
  ) throws(Trouble) -> [InheritedSocket] {
    guard let wanted = environment["LISTEN_PID"], let text = environment["LISTEN_FDS"] else {
      return []
    }
    guard let pid = Int32(wanted) else {
      throw Trouble(reason: "LISTEN_PID is a number, and not '\(wanted)'")
    }
    // Another's, which was started by somebody in between: nothing of ours.
    guard pid == process else { return [] }
    guard let count = Int(text), (0...most).contains(count) else {
      throw Trouble(reason: "LISTEN_FDS is a number up to \(most), and not '\(text)'")
    }
    let names = environment["LISTEN_FDNAMES"].map {
      $0.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    }
    if let names, names.count != count, !(count == 0 && names == [""]) {
      throw Trouble(reason: "there are \(count) of them and \(names.count) names")
    }
    // Before anything may fail: what is started from here on inherits none of them.
    for place in 0..<count { _ = fcntl(first + Int32(place), F_SETFD, FD_CLOEXEC) }
    var sockets: [InheritedSocket] = []
    for place in 0..<count {
      let descriptor = first + Int32(place)
      guard fcntl(descriptor, F_GETFD) >= 0 else {
        throw Trouble(reason: "there is no descriptor \(descriptor)")
      }
      sockets.append(InheritedSocket(descriptor: descriptor, name: names?[place] ?? "unknown"))
    }
    return sockets
  }

  /// The one that callers come by; what it is has still to be looked at.
  ///
  /// - Returns: nil where none was handed over.
  package static func only(of sockets: [InheritedSocket]) throws(Trouble) -> InheritedSocket? {
    guard sockets.count <= 1 else {
      let names = sockets.map(\.name).joined(separator: ", ")
      throw Trouble(reason: "there are \(sockets.count) of them (\(names)), and it takes one")
    }
    return sockets.first
  }
}
