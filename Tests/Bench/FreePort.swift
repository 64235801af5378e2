import CBench
import Glibc

/// A port of 127.0.0.1 that nobody listens on at this moment, for a program that wants to be told.
enum FreePort {
  static func find() -> UInt16 {
    var port: UInt16 = 0
    let listener = bench_listen(&port)
    if listener >= 0 { close(listener) }
    return port
  }
}
