import Canvas
import Testing

@Suite struct TableTests {
  private let columns = [
    Column("SERVICE", minimum: 8, ideal: 14, weight: 100),
    Column("RATE/s", .decimal, minimum: 6, weight: 60),
    Column("ERR%", .decimal, minimum: 5, weight: 80),
    Column("SAT", .right, minimum: 3, weight: 20),
    Column("WHY", minimum: 8, ideal: 12, weight: 90, grows: 1),
  ]
  private let rows = [
    ["pricing", "41.2", "38.1", "97", "origin: workers, all of them busy"],
    ["checkout", "118", "4.20", "61", "needs pricing"], ["catalog", "890", "0", "32", ""],
  ]

  private func draw(_ width: Int, selected: Int? = nil) -> Frame {
    Frame(Size(width, 5)) { canvas in
      Table(columns).draw(on: canvas, rows: rows.count, selected: selected) { row in
        rows[row].map { [Run($0)] }
      }
    }
  }

  @Test("At full width every column stands, decimals below each other")
  func wide() {
    #expect(
      draw(60).text == """
        SERVICE         RATE/s   ERR%  SAT  WHY
        pricing           41.2  38.1    97  origin: workers, all of…
        checkout         118     4.20   61  needs pricing
        catalog          890     0      32

        """ + "\n")
  }

  @Test("When it gets narrow the lowest weight goes first")
  func narrow() {
    #expect(draw(36).line(0) == "SERVICE      RATE/s   ERR%  WHY")
    #expect(draw(26).line(0) == "SERVICE     ERR%  WHY")
    #expect(draw(18).line(0) == "SERVICE   WHY")
    #expect(draw(10).line(0) == "SERVICE")
    #expect(draw(4).text == "SERV\npri…\nche…\ncat…\n\n")
    #expect(draw(0).text == "\n\n\n\n\n")
  }

  @Test("Placed columns never overlap nor leave the table, at any width")
  func placement() {
    for width in 0...200 {
      let placed = Column.place(columns, width: width)
      var end = 0
      for (i, column) in placed.enumerated() {
        #expect(column.x >= end + (i == 0 ? 0 : 2))
        end = column.x + column.width
      }
      #expect(end <= max(width, 0))
    }
  }

  @Test("The selected row is one band over the whole width")
  func selection() {
    let frame = draw(60, selected: 1)
    #expect(frame.row(2).allSatisfy { $0.style.ground == .selection })
    #expect(frame.row(1).allSatisfy { $0.style.ground == .plain })
    #expect(frame.text == draw(60).text)
  }

  @Test("Scrolling moves as little as needed and keeps the page full")
  func scrolling() {
    #expect(Table.scroll(first: 0, selected: 5, count: 20, height: 10) == 0)
    #expect(Table.scroll(first: 0, selected: 12, count: 20, height: 10) == 3)
    #expect(Table.scroll(first: 5, selected: 3, count: 20, height: 10) == 3)
    #expect(Table.scroll(first: 15, selected: 19, count: 20, height: 10) == 10)
    #expect(Table.scroll(first: 9, selected: 2, count: 5, height: 10) == 0)
  }

  @Test("Tracks fill the length, honour minimums, and never exceed it")
  func tracks() {
    #expect(
      Track.split(80, [.fixed(20), .flexible(), .flexible(weight: 2)]) == [
        0..<20, 20..<40, 40..<80,
      ])
    #expect(Track.split(81, [.flexible(), .flexible()], gap: 1) == [0..<40, 41..<81])
    #expect(Track.split(50, [.flexible(min: 40), .flexible()]) == [0..<40, 40..<50])
    #expect(Track.split(10, [.fixed(8), .fixed(8)]) == [0..<8, 8..<10])
    for length in 0...60 {
      let parts = Track.split(
        length, [.fixed(5), .flexible(min: 7), .flexible(weight: 3), .fixed(2)], gap: 1)
      #expect(parts.allSatisfy { $0.upperBound <= length })
      if length >= 17 { #expect(parts.reduce(0) { $0 + $1.count } == length - 3) }
    }
  }
}
