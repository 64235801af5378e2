import Glibc

/// The monotonic clock, in nanoseconds.
enum Clock {
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// The time of day, in Unix nanoseconds: entries are stamped with it.
  static func wall() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// CPU time of this thread in nanoseconds: others on the machine do not count.
  static func threadTime() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  /// Lets time pass: this is what is measured over, not what makes something true.
  static func pass(seconds: Double) {
    let end = now() + Int64(seconds * 1e9)
    while true {
      let left = end - now()
      guard left > 0 else { return }
      usleep(UInt32(min(left / 1000 + 1, 500_000)))
    }
  }

  /// Asks until `condition` holds; false when it did not within `seconds`.
  static func wait(upTo seconds: Double, until condition: () -> Bool) -> Bool {
    let end = now() + Int64(seconds * 1e9)
    while now() < end {
      if condition() { return true }
      usleep(20_000)
    }
    return condition()
  }
}
