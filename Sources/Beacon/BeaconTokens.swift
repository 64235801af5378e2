import Crypto
package import Fleet

/// The tokens that let senders in, by service: only marks of them are kept. One that cannot be read lets nobody in,
/// though it could be read before: whoever takes its file away takes the leave away.
package struct BeaconTokens: Sendable {
  /// Fetches what a token is; what it throws is said as the reason.
  package typealias Reading = @Sendable (Credentials.Secret) throws -> String

  private var marks: [String: SHA256Digest] = [:]
  /// Where each was read.
  let places: [String: Credentials.Secret]
  /// Why beats of a service cannot be taken, in the order of the fleet file.
  package private(set) var problems: [Problem] = []
  /// What is compared where there is no such service: nobody knows what it is the mark of.
  private static let decoy = mark(
    of: (0..<4).map { _ in "\(UInt64.random(in: 0 ... .max))" }.joined())

  package struct Problem: Sendable, Hashable {
    package var service: String
    package var reason: String
  }

  package init() { places = [:] }

  /// Reads those of a fleet, which may wait for files.
  package init(of fleet: Fleet, by reading: Reading) {
    places = BeaconTokens.places(of: fleet)
    for service in fleet.services {
      guard let beacon = service.beacon else { continue }
      do {
        let token = try reading(beacon.token)
        if token.utf8.count < Beacon.shortestToken {
          let least = Beacon.shortestToken
          problems.append(
            Problem(service: service.name, reason: "its token is shorter than \(least) characters"))
        } else {
          marks[service.name] = BeaconTokens.mark(of: token)
        }
      } catch {
        problems.append(Problem(service: service.name, reason: "\(error)"))
      }
    }
  }

  /// Whether this is the token of that service. It takes the same time whether there is such a service or not,
  /// and however much of a token is right.
  func admits(_ token: String?, to service: String) -> Bool {
    let shown = BeaconTokens.mark(of: token ?? "")
    let mark = marks[service]
    let isSame = shown == mark ?? BeaconTokens.decoy
    return isSame && mark != nil && token != nil
  }

  static func places(of fleet: Fleet) -> [String: Credentials.Secret] {
    Dictionary(
      fleet.services.compactMap { service in service.beacon.map { (service.name, $0.token) } }
    ) { first, _ in first }
  }

  private static func mark(of token: String) -> SHA256Digest {
    var hash = SHA256()
    Array(token.utf8).withUnsafeBytes { hash.update(bufferPointer: $0) }
    return hash.finalize()
  }
}
