import Canonical

/// A large value that copies of what holds it share until one of them writes.
///
/// What is known of an instance is dozens of arrays: a loop over instances, or a frame that keeps
/// the present for itself, would retain each.
struct Shared<Value: Sendable>: Sendable {
  /// Written to only while nobody else holds it.
  private final class Storage: @unchecked Sendable {
    var place: Place
    init(_ value: Value) { place = Place(value: value) }
  }

  /// Not copyable, so that the compiler cannot copy the value to look at it.
  private struct Place: ~Copyable {
    var value: Value

    @inline(__always)
    borrowing func read<Answer>(_ body: (borrowing Value) -> Answer) -> Answer { body(value) }
  }

  private var storage: Storage

  init(_ value: Value) { storage = Storage(value) }

  /// Asking a method of `value` copies it first, for whatever the method may call could write to it.
  /// Where that is done for every scrape, `read` asks it in place.
  var value: Value {
    @inline(__always) _read { yield storage.place.value }
    @inline(__always) _modify {
      if !isKnownUniquelyReferenced(&storage) { storage = Storage(storage.place.value) }
      yield &storage.place.value
    }
  }

  @inline(__always)
  func read<Answer>(_ body: (borrowing Value) -> Answer) -> Answer { storage.place.read(body) }
}

extension Shared: Equatable where Value: Equatable {
  static func == (a: Shared, b: Shared) -> Bool {
    a.storage === b.storage || a.value == b.value
  }
}

extension Shared: Hashable where Value: Hashable {
  func hash(into hasher: inout Hasher) { value.hash(into: &hasher) }
}

/// As the value alone.
extension Shared: CanonicalOnly, CanonicalCodable, Codable where Value: CanonicalCodable {
  func write(to encoder: CanonicalEncoder) throws { try value.write(to: encoder) }
  init(canonical decoder: CanonicalDecoder) throws { self.init(try Value(canonical: decoder)) }
}
