/// Where a caller comes from, as far as it counts as one.
enum HTTPPlace {
  /// An address of IPv4; of IPv6 the network, for its addresses are free.
  static func of(_ address: String) -> String {
    let bare = address.prefix { $0 != "%" }
    guard bare.contains(":") else { return String(bare) }
    // Of IPv4 within IPv6.
    if bare.hasPrefix("::ffff:"), bare.contains(".") { return String(bare.dropFirst(7)) }
    let halves = bare.split(separator: ":", omittingEmptySubsequences: false)
    var groups: [Substring] = []
    for group in halves {
      guard !group.isEmpty else { break }
      groups.append(group)
    }
    while groups.count < 4 { groups.append("0") }
    return groups.prefix(4).joined(separator: ":") + "::/64"
  }
}

extension HTTPLimits {
  /// What may come from one place in a second: one request at least.
  var allowance: Double { max(1, requestsPerSecond) }
}
