import Foundation

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// That this process alone listens at a place: held on a file beside the socket until the process lets go of
/// it or dies, whatever it dies of. The file stays: to take it away would let two hold it.
final class SocketLock: Sendable {
  private let file: Int32

  /// - Parameter group: whose members may take the place over once it is free; nil: nobody else.
  init(_ socket: String, group: UInt32? = nil) throws(BridgeError) {
    let name = socket + ".lock"
    file = open(name, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0o600)
    guard file >= 0 else {
      throw BridgeError(name, "it cannot be locked: \(BridgeError.system(errno))", .denied)
    }
    // One that somebody else of them made is theirs to open.
    if let group {
      _ = fchown(file, uid_t.max, group)
      _ = fchmod(file, 0o660)
    }
    while flock(file, LOCK_EX | LOCK_NB) != 0 {
      let reason = errno
      if reason == EINTR { continue }
      close(file)
      guard reason == EWOULDBLOCK else {
        throw BridgeError(name, "it cannot be locked: \(BridgeError.system(reason))", .denied)
      }
      throw BridgeError(socket, "another Damcon listens there", .held)
    }
  }

  deinit { close(file) }
}
