/// The sliding windows: columns of slots, and who gets one.
extension InstanceMeter {
  /// Moves every window on to the slot of `seconds`, clearing what falls out.
  mutating func advance(to seconds: Double) {
    for window in Window.allCases {
      let now = InstanceMeter.slot(of: seconds, in: window)
      let then = slots[window.index]
      guard now > then else { continue }
      slots[window.index] = now
      let cleared = min(now - then, Int64(Window.held))
      for step in 0..<cleared {
        let row = InstanceMeter.row(of: window, slot: now - step) * stride
        for cell in row..<row + columns { cells[cell] = 0 }
      }
    }
  }

  static func row(of window: Window, slot: Int64) -> Int {
    window.index * Window.held + Int(slot % Int64(Window.held))
  }

  /// Where in `cells` the rows of the slots of now begin.
  var rowsOfNow: (Int, Int, Int) {
    (
      InstanceMeter.row(of: .minute, slot: slots[0]) * stride,
      InstanceMeter.row(of: .fiveMinutes, slot: slots[1]) * stride,
      InstanceMeter.row(of: .hour, slot: slots[2]) * stride
    )
  }

  static func slot(of seconds: Double, in window: Window) -> Int64 {
    Int64(max(0, min(seconds / window.slot, 1e15)))
  }

  @inline(__always)
  mutating func add(_ increase: Double, block: Int, offset: Int) {
    var start = Int(starts[block])
    if start < 0 {
      allocate(block)
      start = Int(starts[block])
    }
    add(increase, column: start + offset)
  }

  @inline(__always)
  mutating func add(_ increase: Double, column: Int) {
    let now = rowsOfNow
    cells[now.0 + column] += increase
    cells[now.1 + column] += increase
    cells[now.2 + column] += increase
  }

  /// Gives a block its columns at its first traffic.
  private mutating func allocate(_ block: Int) {
    let content = blocks[block].content
    if content == .counts || content == .buckets {
      let owner = blocks[block].owner
      endpointList[owner].isUsed = true
      if !endpointList[owner].isAlive {
        let alive = endpointList.reduce(0) { $0 + ($1.isAlive ? 1 : 0) }
        if alive >= InstanceMeter.endpointLimit,
          endpointList[owner].name != InstanceMeter.otherEndpoint
        {
          redirect(block)
          return
        }
        endpointList[owner].isAlive = true
      }
    }
    blocks[block].start = columns
    starts[block] = Int32(columns)
    columns += width(of: blocks[block])
    if columns > stride { widen() }
  }

  /// Makes room for more columns, a quarter more than are needed now.
  private mutating func widen() {
    let wider = columns + columns / 4
    var widened = Array(repeating: 0.0, count: wider * InstanceMeter.rows)
    for row in 0..<InstanceMeter.rows {
      for column in 0..<stride {
        widened[row * wider + column] = cells[row * stride + column]
      }
    }
    cells = widened
    stride = wider
  }

  private mutating func redirect(_ block: Int) {
    let other = endpoint(named: InstanceMeter.otherEndpoint)
    let position = self.block(
      blocks[block].content, surface: blocks[block].surface, owner: other,
      schema: blocks[block].schema)
    if starts[position] < 0 { allocate(position) }
    blocks[block].start = Int(starts[position])
    blocks[block].isRedirected = true
    starts[block] = starts[position]
  }

  func width(of block: MeterBlock) -> Int {
    switch block.content {
    case .covered, .signal: 1
    case .counts: 2
    case .buckets, .spread: schemas[block.schema].count
    }
  }
}
