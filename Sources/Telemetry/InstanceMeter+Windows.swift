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
        let position =
          window.index * Window.held + Int((now - step) % Int64(Window.held))
        var cell = position
        while cell < cells.count {
          cells[cell] = 0
          cell += InstanceMeter.columnSize
        }
      }
    }
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
    let base = column * InstanceMeter.columnSize
    let held = Int64(Window.held)
    cells[base + Int(slots[0] % held)] += increase
    cells[base + Window.held + Int(slots[1] % held)] += increase
    cells[base + 2 * Window.held + Int(slots[2] % held)] += increase
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
    let start = cells.count / InstanceMeter.columnSize
    cells.append(
      contentsOf: repeatElement(0, count: width(of: blocks[block]) * InstanceMeter.columnSize))
    blocks[block].start = start
    starts[block] = Int32(start)
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
