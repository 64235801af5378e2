import Canvas
import Testing

/// How much is made for a table, in calls: what it takes in time is measured by `make bench`.
@Suite("A table's work")
struct TableWorkTests {
  private let columns = [Column("SERVICE", minimum: 8), Column("P99", minimum: 4)]

  /// The rows that were made, in their order.
  private func made(_ count: Int, first: Int = 0, height: Int) -> [Int] {
    var made: [Int] = []
    _ = Frame(Size(40, height)) { canvas in
      Table(columns).draw(on: canvas, rows: count, first: first) { row in
        made.append(row)
        return [[Run("service-\(row)")], [Run("12")]]
      }
    }
    return made
  }

  @Test(
    "each row that has room is made once, and no other, however many there are",
    arguments: [1, 2, 3, 24, 60])
  func shown(_ height: Int) {
    for count in [0, 1, 50, 1000, 1_000_000] {
      for first in [0, 1, count / 2, max(0, count - 1), count + 5] {
        let from = min(first, count)
        // The header has a line.
        let room = min(count, from + height - 1)
        #expect(made(count, first: first, height: height) == Array(from..<room))
      }
    }
  }

  @Test("where there is no room for a row none is made")
  func noRoom() {
    #expect(made(1000, height: 1).isEmpty)
    #expect(made(1000, first: 999, height: 0).isEmpty)
  }
}
