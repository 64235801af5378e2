/// Bytes that go with an event to whoever keeps entries, and never into the state.
package final class Enclosure: Sendable {
  package let values: [[UInt8]]
  private let release: @Sendable () -> Void

  /// - Parameter release: called once nobody holds the bytes any more.
  package init(_ values: [[UInt8]], release: @escaping @Sendable () -> Void = {}) {
    self.values = values
    self.release = release
  }

  deinit { release() }
}
