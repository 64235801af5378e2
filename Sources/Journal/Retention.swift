/// How much of the past is kept.
package struct Retention: Sendable, Hashable {
  /// Seconds before the last entry.
  package var age: Double
  /// Bytes that the file may have.
  package var bytes: Int

  package init(age: Double = 7 * 86_400, bytes: Int = 2 << 30) {
    self.age = age
    self.bytes = bytes
  }
}
