internal import CNcurses

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The way out to the terminal: bytes wait here, never in a write that blocks.
///
/// Curses writes into a file of ours (`sink`); what is in it is then handed on as fast as the terminal takes
/// it. So a reader that has stopped freezes nothing, and every byte is counted.
final class Outlet {
  let sink: Int32
  let terminal: Int32
  private var pending: [UInt8] = []
  private var made: [UInt8] = []
  private var filter = RenditionFilter(turnsOff: false)
  private var budget: LinkBudget?
  private var sent = 0
  private(set) var total = 0
  /// The terminal is gone: what is written from here on is dropped.
  private(set) var isBroken = false

  init() throws(ScreenError) {
    // A description of our own, so that not blocking is not forced on the shell that shares fd 1.
    var name = [CChar](repeating: 0, count: 1024)
    var fd: Int32 = -1
    if ttyname_r(STDOUT_FILENO, &name, name.count) == 0 {
      fd = open(name, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    }
    if fd < 0 { fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3) }
    guard fd >= 0 else { throw .system("standard output: \(String(cString: strerror(errno)))") }
    terminal = fd
    let file = cn_scratch_file()
    guard file >= 0 else {
      let reason = String(cString: strerror(errno))
      close(fd)
      throw .system("a scratch file for the screen: \(reason)")
    }
    sink = file
  }

  deinit {
    close(sink)
    close(terminal)
  }

  var isEmpty: Bool { sent == pending.count }
  var pendingCount: Int { pending.count - sent }

  func write(_ text: String) { pending += text.utf8 }
  func write(_ bytes: [UInt8]) { pending += bytes }

  /// Says what the terminal can do, before the first byte of curses is collected.
  func begin(turningOffAttributes: Bool, bytesPerSecond: Int?) {
    filter = RenditionFilter(turnsOff: turningOffAttributes)
    budget = bytesPerSecond.map {
      LinkBudget(bytesPerSecond: $0, at: Monotonic.milliseconds())
    }
  }

  /// Milliseconds until the link has room for more; 0 where it has, or nothing waits.
  func pause(at now: Int64) -> Int64 {
    isEmpty ? 0 : budget?.pause(for: pendingCount, at: now) ?? 0
  }

  /// Ends in the rendition that curses asked for last: nothing is drawn behind it any more.
  func settle() {
    collect()
    filter.settle(into: &pending)
  }

  /// Another program had the terminal.
  func forgetRendition() { filter.forget() }

  /// Takes over what curses has written since the last time.
  func collect() {
    let length = Int(lseek(sink, 0, SEEK_END))
    guard length > 0 else { return }
    made.removeAll(keepingCapacity: true)
    made.append(contentsOf: repeatElement(0, count: length))
    var got = 0
    while got < length {
      let n = made.withUnsafeMutableBytes { buffer in
        pread(sink, buffer.baseAddress! + got, length - got, off_t(got))
      }
      if n <= 0 { break }
      got += n
    }
    filter.pass(made.prefix(got), into: &pending)
    ftruncate(sink, 0)
    lseek(sink, 0, SEEK_SET)
  }

  /// Writes what the terminal takes now, and the link has room for.
  func flush(regardlessOfLink: Bool = false) {
    var room = Int.max
    if !regardlessOfLink { room = budget?.take(pendingCount, at: Monotonic.milliseconds()) ?? .max }
    while !isEmpty {
      if room <= 0 { return }
      if isBroken {
        sent = pending.count
        break
      }
      let n = pending.withUnsafeBytes { buffer in
        Self.writeOnce(terminal, buffer.baseAddress! + sent, min(room, pending.count - sent))
      }
      if n > 0 {
        sent += n
        total += n
        if room != .max { room -= n }
      } else if errno == EINTR {
        continue
      } else if errno == EAGAIN || errno == EWOULDBLOCK {
        return
      } else {
        isBroken = true
      }
    }
    pending.removeAll(keepingCapacity: true)
    sent = 0
  }

  /// Writes all, waiting for the terminal, but not for longer than `milliseconds` in all.
  func drain(milliseconds: Int64) {
    let end = Monotonic.milliseconds() + milliseconds
    flush(regardlessOfLink: true)
    while !isEmpty {
      let left = end - Monotonic.milliseconds()
      if left <= 0 { break }
      var ready = pollfd(fd: terminal, events: Int16(POLLOUT), revents: 0)
      _ = poll(&ready, 1, Int32(min(left, 100)))
      flush(regardlessOfLink: true)
    }
  }

  private static func writeOnce(_ fd: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    #if canImport(Glibc)
      Glibc.write(fd, bytes, count)
    #elseif canImport(Musl)
      Musl.write(fd, bytes, count)
    #else
      Darwin.write(fd, bytes, count)
    #endif
  }
}

/// Time for waiting, not for meaning: meaning is in entries.
enum Monotonic {
  static func milliseconds() -> Int64 {
    var now = timespec()
    clock_gettime(CLOCK_MONOTONIC, &now)
    return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
  }
}
