import Export
import Testing

struct PointStoreTests {
  private static let values: [Double] = [
    0, -0.0, 1, 1, 1.5, .nan, .infinity, -.infinity, 5e-324, 1.7976931348623157e308, -3,
  ]

  /// However little fits into memory, and wherever the rest lies.
  @Test(arguments: [0, 7, 100, 4096, 1 << 20])
  func `A series comes back as it was put down`(room: Int) throws {
    let folder = Folder()
    for spool in [MemorySpool(), try FileSpool(in: folder.path)] as [any Spool] {
      var store = PointStore(spool: spool, room: room)
      var kept: [[(Int64, Double)]] = []
      for series in 0..<5 {
        #expect(store.addSeries() == series)
        kept.append([])
      }
      var seed: UInt64 = 7
      var time: Int64 = -2_000_000
      for _ in 0..<2000 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let series = Int(seed >> 33) % 4
        let value = PointStoreTests.values[Int(seed >> 40) % PointStoreTests.values.count]
        time += Int64(seed >> 50)
        if let last = kept[series].last, last.0 >= time { continue }
        kept[series].append((time, value))
        try store.add(value, at: time, to: series)
      }
      for series in 0..<5 {
        var reader = try store.points(of: series)
        for (time, value) in kept[series] {
          let point = try #require(try reader.next())
          #expect(point.time == time && point.value.bitPattern == value.bitPattern)
        }
        #expect(try reader.next() == nil)
        #expect(store.hasPoints(series) == !kept[series].isEmpty)
      }
    }
  }

  @Test func `A series has one value at a time, and never goes back`() throws {
    var store = PointStore(spool: MemorySpool())
    let series = store.addSeries()
    for (time, value) in [(5, 1.0), (5, 2), (4, 3), (6, 4)] {
      try store.add(value, at: Int64(time), to: series)
    }
    var reader = try store.points(of: series)
    var found: [Double] = []
    while let point = try reader.next() { found.append(point.value) }
    #expect(found == [1, 4])
  }

  @Test func `A spool that is gone is an error in words`() throws {
    #expect {
      _ = try FileSpool(in: "/nonexistent")
    } throws: { error in
      "\(error)"
        == "the temporary file of the export cannot be used: in /nonexistent, "
        + "No such file or directory"
    }
    #expect(throws: SpoolError.self) { try MemorySpool().read(1, at: 0) }
    let folder = Folder()
    #expect(throws: SpoolError.self) { try FileSpool(in: folder.path).read(1, at: 0) }
  }
}
