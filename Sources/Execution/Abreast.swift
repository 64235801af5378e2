extension Array where Element: Sendable {
  /// What `body` makes of each, at most `width` at once, in the order of the elements.
  func mapAbreast<Value: Sendable>(
    _ width: Int, _ body: @escaping @Sendable (Element) async -> Value
  ) async -> [Value] {
    await withTaskGroup(of: (Int, Value).self) { group in
      var values = [Value?](repeating: nil, count: count)
      var next = 0
      while next < count, next < width {
        let place = next
        group.addTask { (place, await body(self[place])) }
        next += 1
      }
      while let (place, value) = await group.next() {
        values[place] = value
        guard next < count else { continue }
        let place = next
        group.addTask { (place, await body(self[place])) }
        next += 1
      }
      return values.compactMap(\.self)
    }
  }
}
