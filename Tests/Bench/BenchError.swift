import Glibc

/// Why a part could not be measured, as a sentence.
struct BenchError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// What the last C call said went wrong.
func lastError() -> String { String(cString: strerror(errno)) }
