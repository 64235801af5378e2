import Fleet

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The wall's time as simulated services stamp it on what they say; nothing is decided by it.
enum WallTime {
  /// Unix nanoseconds.
  @Sendable static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }

  static func text(_ nanoseconds: Int64) -> String {
    CivilTime(unixNanoseconds: nanoseconds).rfc3339
  }
}
