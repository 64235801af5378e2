/// What lists need that are kept for each of a thousand services.
extension Array {
  /// Room for more elements, twice what there was but no more than will ever be needed: none is
  /// wasted.
  mutating func makeRoom(for more: Int, atMost limit: Int) {
    guard count + more > capacity else { return }
    reserveCapacity(Swift.max(count + more, Swift.min(limit, 2 * capacity)))
  }

  /// The first element that is meant, looking at `next` before all others and leaving there the place
  /// after it: two lists in one order are gone through side by side.
  @inlinable
  package func firstIndex(near next: inout Int, where isMeant: (Element) -> Bool) -> Int? {
    let found = next < count && isMeant(self[next]) ? next : firstIndex(where: isMeant)
    if let found { next = found + 1 }
    return found
  }
}
