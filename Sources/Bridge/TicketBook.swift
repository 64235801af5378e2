import Incident
import Session
import Synchronization

/// Tickets that screens elsewhere have asked for plans with: whoever looks for a plan by its ticket finds their own.
final class TicketBook: Sendable {
  private let taken = Mutex<[String]>([])

  /// Bytes of a ticket.
  static let longest = 256
  private static let most = 1024

  static func isTicket(_ text: String) -> Bool {
    (1...longest).contains(text.utf8.count)
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
          UInt8(ascii: "."), UInt8(ascii: ":"), UInt8(ascii: "/"):
          true
        default: false
        }
      }
  }

  /// Takes a ticket, once.
  ///
  /// - Parameter runs: the ids of all plans that there are.
  /// - Returns: whether it, and what begins with it, was nobody's.
  func take(_ ticket: String, beside runs: [String]) -> Bool {
    taken.withLock { taken in
      guard !(runs + taken).contains(where: { TicketBook.meet($0, ticket) }) else { return false }
      if taken.count >= TicketBook.most { taken.removeFirst(TicketBook.most / 2) }
      taken.append(ticket)
      return true
    }
  }

  /// Whether one could be taken for the other's plan: a plan's id is its ticket, a dot, and a number.
  private static func meet(_ one: String, _ other: String) -> Bool {
    one == other || one.hasPrefix("\(other).") || other.hasPrefix("\(one).")
  }
}
