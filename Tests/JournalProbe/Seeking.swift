import Crypto
import Incident
import Journal
import Recording
import Replay

/// Goes through a recording as a responder may, and tells what the state came to at each place.
enum Seeking {
  /// - Parameter places: sequences, in the order in which they are gone to; `@` before an offset.
  static func run(_ path: String, _ places: [String]) throws {
    let player = try Player(try JournalArchive(path: path))
    for place in places {
      if place.hasPrefix("@") {
        guard let offset = Int64(place.dropFirst()) else { continue }
        try player.seek(toOffset: offset)
      } else {
        guard let sequence = UInt64(place) else { continue }
        try player.seek(to: sequence)
      }
      let digest = SHA256.hash(data: try player.state.canonicalBytes())
      say(
        "\(player.sequence) \(Link(ContentHash(Array(digest))?.bytes ?? []).map { "\($0)" } ?? "")")
    }
  }
}
