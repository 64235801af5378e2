/// What a target's names mean: its families with their types, and its sample names with the family
/// each belongs to and whether it is wanted.
struct NameTable: Sendable {
  private var families = ByteTable()
  private var familyTypes: [FamilyTypes] = []
  /// The scrape in which a family's type was last given.
  private var typedAt: [UInt32] = []

  private(set) var names = ByteTable()
  private(set) var entries: [Name] = []
  /// The format of the scrape being read: a counter's samples are named differently in the two.
  var format = ExpositionFormat.text {
    didSet { if format != oldValue { version &+= 1 } }
  }
  /// Rises whenever a family is typed anew, so that names know when to look again.
  private(set) var version: UInt32 = 0

  struct Name: Sendable {
    var family: String
    var type: FamilyType
    var isWanted: Bool
    /// Rises when the type changes: series defined before it mean something else.
    var generation: UInt32
    /// The `version` at which family and type were looked up.
    var version: UInt32
    var seenAt: UInt32
  }

  var count: Int { entries.count }
  var familyCount: Int { familyTypes.count }

  /// Takes a TYPE line; false where the family's first type was another.
  mutating func declare(
    _ name: UnsafeBufferPointer<UInt8>, as type: FamilyType, scrape: UInt32, limit: Int
  ) -> Bool {
    guard let address = name.baseAddress else { return true }
    let hash = hashBytes(address, name.count)
    if let index = families.find(address, name.count, hash: hash) {
      if typedAt[index] == scrape {
        if familyTypes[index].add(type) { version &+= 1 }
        return familyTypes[index].inOrder[0] == type
      }
      typedAt[index] = scrape
      if !familyTypes[index].contains(type) {
        familyTypes[index] = FamilyTypes(type)
        version &+= 1
      }
      return true
    }
    guard familyTypes.count < limit else { return true }
    _ = families.insert(address, name.count, hash: hash)
    familyTypes.append(FamilyTypes(type))
    typedAt.append(scrape)
    version &+= 1
    return true
  }

  /// The family of a sample name: the one of the same name, else the one whose type gives it the
  /// name's suffix, else none.
  func family(of name: UnsafeBufferPointer<UInt8>) -> (
    name: UnsafeBufferPointer<UInt8>, type: FamilyType
  )? {
    guard let address = name.baseAddress else { return nil }
    if let index = families.find(address, name.count, hash: hashBytes(address, name.count)) {
      return (name, familyTypes[index].bare(in: format))
    }
    guard let stem = familyStem(name) else { return nil }
    guard
      let index = families.find(address, stem.length, hash: hashBytes(address, stem.length)),
      let type = familyTypes[index].suffixed(
        UnsafeBufferPointer(rebasing: name[stem.suffix.start..<stem.suffix.end]))
    else { return nil }
    return (UnsafeBufferPointer(rebasing: name[..<stem.length]), type)
  }

  @inline(__always)
  func find(_ name: BytePointer, _ length: Int, hash: UInt64) -> Int? {
    names.find(name, length, hash: hash)
  }

  /// Adds a name, asking whether it is wanted.
  mutating func add(
    _ name: UnsafeBufferPointer<UInt8>, hash: UInt64, scrape: UInt32,
    wants: (String, String, FamilyType) -> Bool
  ) -> Int {
    let written = String(decoding: name, as: UTF8.self)
    let found = family(of: name)
    let family = found.map { String(decoding: $0.name, as: UTF8.self) } ?? written
    let type = found?.type ?? .untyped
    entries.append(
      Name(
        family: family, type: type, isWanted: wants(written, family, type), generation: 0,
        version: version, seenAt: scrape))
    guard let address = name.baseAddress else { return entries.count - 1 }
    return names.insert(address, name.count, hash: hash)
  }

  /// Notes that a name was seen and, where types have changed since it was looked up, looks again.
  @inline(__always)
  mutating func touch(
    _ index: Int, scrape: UInt32, wants: (String, String, FamilyType) -> Bool
  ) {
    entries[index].seenAt = scrape
    if entries[index].version != version { refresh(index, wants: wants) }
  }

  private mutating func refresh(_ index: Int, wants: (String, String, FamilyType) -> Bool) {
    entries[index].version = version
    let written = names.string(index)
    let (family, type): (String, FamilyType) = names.withBytes(of: index) { bytes in
      guard let found = self.family(of: bytes) else { return (written, .untyped) }
      return (String(decoding: found.name, as: UTF8.self), found.type)
    }
    guard family != entries[index].family || type != entries[index].type else { return }
    entries[index].family = family
    entries[index].type = type
    entries[index].isWanted = wants(written, family, type)
    entries[index].generation &+= 1
  }

  /// How many names were not seen in this scrape.
  func goneCount(scrape: UInt32) -> Int { entries.count { $0.seenAt != scrape } }
}
