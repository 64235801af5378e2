public import Canonical
public import Fleet

/// What is wrong with one service from its first symptom until it has rested for a while.
///
/// A service that looks well for a few polls within one trouble has not begun a new one: the first
/// symptom stays the first, which is what an origin is found by.
public struct Trouble: Sendable, Hashable {
  /// When the first symptom was seen.
  public private(set) var began: Instant
  /// In the order in which they were first seen, at most `symptomLimit`.
  public private(set) var symptoms: [Symptom] = []
  /// A symptom that is seen names what the service needs there.
  private(set) var blames = false
  /// Since when no symptom is seen; nil while one is.
  public private(set) var restingSince: Instant?

  /// Seconds without a symptom after which a trouble is over.
  public static let rest = 60.0
  /// Seconds for which one that others still suffer from is remembered.
  public static let longestRest = 600.0
  static let symptomLimit = 16

  init(_ found: [Symptom], at now: Instant) {
    began = found.map(\.at).min { $0.offset < $1.offset } ?? now
    _ = follow(found, at: now)
  }

  /// The first of those that were seen first.
  public var first: Symptom? { symptoms.first }

  public var isResting: Bool { restingSince != nil }

  /// Takes what is seen now; answers whether a symptom came or went.
  mutating func follow(_ found: [Symptom], at now: Instant) -> Bool {
    var hasChanged = false
    for index in symptoms.indices {
      guard let seen = found.first(where: { $0.isSame(as: symptoms[index]) }) else {
        if symptoms[index].isPresent {
          symptoms[index].endedAt = now
          hasChanged = true
        }
        continue
      }
      if !symptoms[index].isPresent || symptoms[index].dependency != seen.dependency {
        hasChanged = true
      }
      symptoms[index].endedAt = nil
      symptoms[index].dependency = seen.dependency
      symptoms[index].instances = seen.instances
      symptoms[index].value = seen.value
      symptoms[index].limit = seen.limit
      symptoms[index].state = seen.state
    }
    for seen in found where !symptoms.contains(where: { $0.isSame(as: seen) }) {
      if symptoms.count == Trouble.symptomLimit {
        // The first one stays: it says when this began.
        guard let over = symptoms.indices.dropFirst().first(where: { !symptoms[$0].isPresent })
        else { continue }
        symptoms.remove(at: over)
      }
      symptoms.append(seen)
      hasChanged = true
    }
    if hasChanged {
      sort()
      blames = symptoms.contains { $0.isPresent && $0.dependency != nil }
    }
    if found.isEmpty {
      restingSince = restingSince ?? now
    } else {
      restingSince = nil
    }
    return hasChanged
  }

  /// By when they were first seen; those of one moment by what says most.
  private mutating func sort() {
    let order = Symptom.Kind.allCases
    func place(_ symptom: Symptom) -> Int { order.firstIndex(of: symptom.kind) ?? 0 }
    let sorted = symptoms.enumerated().sorted { a, b in
      if a.element.at.offset != b.element.at.offset {
        return a.element.at.offset < b.element.at.offset
      }
      let (left, right) = (place(a.element), place(b.element))
      return left != right ? left < right : a.offset < b.offset
    }
    symptoms = sorted.map(\.element)
  }
}

extension Trouble: FieldCoded {
  public static var blank: Self { Self([], at: .zero) }

  public mutating func pass(_ fields: Fields) throws {
    try fields.pass(&began, &symptoms, &blames, &restingSince)
  }
}
