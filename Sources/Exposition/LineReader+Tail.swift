extension LineReader {
  /// Reads value, timestamp and exemplar from `from`, where the series ended.
  @inline(__always)
  mutating func readTail(from: Int) -> Bool {
    hasTimestamp = false
    hasExemplar = false
    return grammar.isText ? readTextTail(from) : readOpenMetricsTail(from)
  }

  private mutating func readTextTail(_ from: Int) -> Bool {
    var i = from
    while i < stop, base[i].isBlank { i &+= 1 }
    var token = i
    while i < stop, !base[i].isBlank { i &+= 1 }
    guard i > token else {
      fail(.noValue, at: i)
      return false
    }
    guard Number.read(base + token, i &- token, into: &value) else {
      fail(.value, at: token)
      return false
    }
    if i == stop { return true }
    while i < stop, base[i].isBlank { i &+= 1 }
    if i == stop {
      if grammar.strict { fail(.trailing, at: i) }
      return !grammar.strict
    }
    if base[i] != Byte.hash || grammar.strict {
      token = i
      while i < stop, !base[i].isBlank { i &+= 1 }
      guard let milliseconds = Number.readInteger(base + token, i &- token) else {
        fail(.timestamp, at: token)
        return false
      }
      timestamp = Double(milliseconds)
      hasTimestamp = true
      if i == stop { return true }
      let end = i
      while i < stop, base[i].isBlank { i &+= 1 }
      if grammar.strict {
        fail(.trailing, at: end)
        return false
      }
      if i == stop { return true }
    }
    // Some exporters send OpenMetrics lines as text/plain: what they mean is plain enough to read.
    guard base[i] == Byte.hash, i &+ 2 < stop, base[i &+ 1] == Byte.space,
      base[i &+ 2] == Byte.braceOpen
    else {
      fail(.trailing, at: i)
      return false
    }
    return readExemplar(i &+ 2)
  }

  private mutating func readOpenMetricsTail(_ from: Int) -> Bool {
    var i = from
    guard i < stop, base[i] == Byte.space else {
      fail(.noValue, at: i)
      return false
    }
    i &+= 1
    var token = i
    while i < stop, base[i] != Byte.space { i &+= 1 }
    guard i > token else {
      fail(.noValue, at: i)
      return false
    }
    guard Number.read(base + token, i &- token, into: &value) else {
      fail(.value, at: token)
      return false
    }
    if i == stop { return true }
    if !startsExemplar(i) {
      i &+= 1
      token = i
      while i < stop, base[i] != Byte.space { i &+= 1 }
      guard i > token else {
        fail(.trailing, at: i)
        return false
      }
      guard Number.read(base + token, i &- token, into: &timestamp), timestamp.isFinite else {
        fail(.timestamp, at: token)
        return false
      }
      hasTimestamp = true
      timestampText = ByteRange(start: token, end: i)
      if i == stop { return true }
      guard startsExemplar(i) else {
        fail(.trailing, at: i)
        return false
      }
    }
    return readExemplar(i &+ 3)
  }

  private func startsExemplar(_ i: Int) -> Bool {
    stop &- i > 3 && base[i] == Byte.space && base[i &+ 1] == Byte.hash
      && base[i &+ 2] == Byte.space && base[i &+ 3] == Byte.braceOpen
  }

  /// Reads `{…} value [timestamp]` from the opening brace.
  private mutating func readExemplar(_ open: Int) -> Bool {
    exemplarLabels = labelCount
    guard var i = readBraces(open, named: true, exemplar: true) else { return false }
    guard i < stop, base[i] == Byte.space else {
      fail(.exemplarValue, at: i)
      return false
    }
    i &+= 1
    var token = i
    while i < stop, base[i] != Byte.space { i &+= 1 }
    guard Number.read(base + token, i &- token, into: &exemplarValue) else {
      fail(.exemplarValue, at: token)
      return false
    }
    hasExemplar = true
    exemplarHasTimestamp = false
    if i == stop { return true }
    i &+= 1
    token = i
    while i < stop, base[i] != Byte.space { i &+= 1 }
    guard i == stop, Number.read(base + token, i &- token, into: &exemplarTimestamp),
      exemplarTimestamp.isFinite
    else {
      fail(.exemplarTimestamp, at: token)
      return false
    }
    exemplarHasTimestamp = true
    return true
  }
}
