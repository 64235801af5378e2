/// The first few of many in their order, found in one walk over them; the others are counted, and never sorted.
package struct Foremost<Item> {
  package private(set) var items: [Item] = []
  /// Of all that were added.
  package private(set) var count = 0

  private let most: Int
  private let precedes: (Item, Item) -> Bool

  package init(_ most: Int, by precedes: @escaping (Item, Item) -> Bool) {
    self.most = most
    self.precedes = precedes
  }

  /// Behind those that it is like.
  package mutating func add(_ item: Item) {
    count += 1
    // Nearly all of many end here.
    if items.count >= most, items.last.map({ precedes(item, $0) }) != true { return }
    var (low, high) = (0, items.count)
    while low < high {
      let middle = (low + high) / 2
      if precedes(item, items[middle]) { high = middle } else { low = middle + 1 }
    }
    items.insert(item, at: low)
    if items.count > most { items.removeLast() }
  }
}
