import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Host names and their addresses: asked for once at a time, kept for half a minute.
///
/// `getaddrinfo` blocks for as long as the resolver pleases. It runs on threads of its own; nobody
/// waits for it past their deadline, a name is never asked for twice at once, and a name that was
/// once known is used as it was while it is asked for again.
final class Names: Sendable {
  private struct Known {
    var addresses: [SocketAddress] = []
    var asked: NIODeadline
    var pending: EventLoopFuture<[SocketAddress]>?
  }

  private let known = NIOLockedValueBox<[String: Known]>([:])
  private let threads: NIOThreadPool
  private static let freshness = TimeAmount.seconds(30)

  init(threads: NIOThreadPool) { self.threads = threads }

  /// The addresses of `host`, in the system's order of preference.
  func addresses(of host: String, port: Int, on loop: any EventLoop) -> EventLoopFuture<
    [SocketAddress]
  > {
    let key = "\(host):\(port)"
    let now = NIODeadline.now()
    var started: EventLoopFuture<[SocketAddress]>?
    let addresses = known.withLockedValue { known in
      if let entry = known[key] {
        let isFresh = now - entry.asked < Self.freshness
        if !entry.addresses.isEmpty, isFresh || entry.pending != nil {
          return loop.makeSucceededFuture(entry.addresses)
        }
        if let pending = entry.pending { return pending.hop(to: loop) }
      }
      let lookup = threads.runIfActive(eventLoop: loop) { try Self.lookUp(host, port: port) }
      let before = known[key]?.addresses ?? []
      known[key] = Known(addresses: before, asked: now, pending: lookup)
      started = lookup
      return before.isEmpty ? lookup : loop.makeSucceededFuture(before)
    }
    // Outside the lock: a lookup that cannot even begin settles here and now.
    started?.whenComplete { self.settle(key, $0) }
    return addresses
  }

  /// Forgets when `host` was asked for, after none of its addresses could be reached.
  func doubt(_ host: String, port: Int) {
    known.withLockedValue { $0["\(host):\(port)"]?.asked = .uptimeNanoseconds(0) }
  }

  private func settle(_ key: String, _ result: Result<[SocketAddress], any Error>) {
    known.withLockedValue { known in
      known[key]?.pending = nil
      switch result {
      case .success(let addresses): known[key]?.addresses = addresses
      // A name that is gone is forgotten; one whose server does not answer is still believed.
      case .failure(let error as NameError) where error.isDenial: known[key] = nil
      case .failure: if known[key]?.addresses.isEmpty ?? true { known[key] = nil }
      }
    }
  }

  private static func lookUp(_ host: String, port: Int) throws -> [SocketAddress] {
    var hints = addrinfo()
    #if canImport(Glibc)
      hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    #else
      hints.ai_socktype = SOCK_STREAM
    #endif
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, String(port), &hints, &list)
    guard code == 0 else { throw NameError(host: host, code: code) }
    defer { freeaddrinfo(list) }
    var addresses: [SocketAddress] = []
    var next = list
    while let info = next?.pointee {
      if let address = info.ai_addr {
        switch info.ai_family {
        case AF_INET:
          address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
            addresses.append(SocketAddress($0.pointee))
          }
        case AF_INET6:
          address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
            addresses.append(SocketAddress($0.pointee))
          }
        default: break
        }
      }
      next = info.ai_next
    }
    guard !addresses.isEmpty else {
      throw NameError(reason: "\(host) has no address", isDenial: true)
    }
    return addresses
  }
}

/// A name that has no address, or whose lookup failed; becomes `dns`.
struct NameError: Error {
  var reason: String
  /// The name is known not to exist, rather than not known.
  var isDenial: Bool

  init(reason: String, isDenial: Bool) {
    self.reason = reason
    self.isDenial = isDenial
  }

  init(host: String, code: CInt) {
    isDenial = code == EAI_NONAME
    switch code {
    case EAI_NONAME: reason = "there is no host \(host)"
    case EAI_AGAIN: reason = "the name server does not answer for \(host)"
    default: reason = "\(host): \(String(cString: gai_strerror(code)))"
    }
  }
}

/// Hands addresses that are known already to NIO's happy eyeballs.
struct KnownAddresses: Resolver, Sendable {
  var addresses: [SocketAddress]
  var loop: any EventLoop

  func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
    loop.makeSucceededFuture(addresses.filter { $0.protocol == .inet })
  }

  func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
    loop.makeSucceededFuture(addresses.filter { $0.protocol == .inet6 })
  }

  func cancelQueries() {}
}
