import AsyncHTTPClient
import Fleet
import Health
import Incident
import NIOCore
import NIOHTTP1
import NIOSSL

/// One run of a journey: its steps one after the other, cookies carried along, up to the first that
/// does not go as expected.
struct JourneyWalk: Sendable {
  let journey: Journey
  let fleet: Fleet
  /// The hosts that the fleet file names: no other is ever asked, whatever a redirect says.
  let hosts: Set<String>
  let clients: WalkClients
  let secret: @Sendable (Credentials.Secret) throws -> String
  /// Which run it is: another instance of a service at each.
  let turn: Int

  /// Bytes of one answer that are read.
  static let largestBody = 1 << 20
  static let redirects = 5

  /// Ends within the journey's timeout, or at once when the task is cancelled: nil then.
  func run() async -> JourneyRun? {
    let clock = ContinuousClock()
    let began = clock.now
    let deadline = began + .seconds(journey.timeout)
    var taken: [Double] = []
    var jar = CookieJar()
    var outcome = JourneyRun.Outcome.passed
    for (place, step) in journey.steps.enumerated() {
      let start = clock.now
      let result = await walk(step, until: deadline, &jar)
      if Task.isCancelled { return nil }
      taken.append(WalkClients.seconds(clock.now - start))
      let seconds = taken[place]
      if case .notReady(let reason) = result {
        outcome = .notRun(reason)
      } else if let (fault, why) = complaint(step.expect, result, seconds) {
        outcome = .failed(.init(step: place, name: step.name, fault: fault, why: why))
      } else {
        continue
      }
      break
    }
    return JourneyRun(
      duration: WalkClients.seconds(clock.now - began), steps: taken, outcome: outcome)
  }

  private enum Result {
    case answer(status: Int, body: [UInt8])
    case fault(Fault)
    case notReady(String)
  }

  /// What is wrong with what came; nil where it is as expected.
  private func complaint(
    _ expect: Journey.Expect, _ result: Result, _ seconds: Double
  ) -> (Fault?, String)? {
    switch result {
    case .notReady: return nil
    case .fault(let fault):
      return (fault, fault.detail.isEmpty ? fault.kind.rawValue : fault.detail)
    case .answer(let status, let body):
      guard expect.allows(status) else {
        return (nil, "\(status), expected \(expect.statusWords)")
      }
      if let missing = expect.contains.first(where: { !body.holds($0) }) {
        return (nil, "\(status), but its body has no \"\(Words.clipped(missing, to: 40))\"")
      }
      if let found = expect.lacks.first(where: { body.holds($0) }) {
        return (nil, "\(status), but its body has \"\(Words.clipped(found, to: 40))\"")
      }
      if let within = expect.within, seconds > within {
        return (nil, "took \(Words.duration(seconds)), more than \(Words.duration(within))")
      }
      return nil
    }
  }

  private func walk(
    _ step: Journey.Step, until deadline: ContinuousClock.Instant, _ jar: inout CookieJar
  ) async -> Result {
    let asked: Asked
    do { asked = try prepare(step) } catch { return .notReady("\(error)") }
    do {
      return try await ask(asked, step, until: deadline, &jar)
    } catch let error as NotReady {
      return .notReady(error.reason)
    } catch {
      return .fault(Fault.walking(error))
    }
  }

  /// A request with everything that it needs from Damcon's side.
  private struct Asked {
    var place: WalkPlace
    var headers: [(name: String, value: String)]
    var tls: Credentials.TLS
    var body: String?
  }

  private struct Lacking: Error, CustomStringConvertible { var description: String }

  private func prepare(_ step: Journey.Step) throws -> Asked {
    var credentials = journey.credentials
    let place: WalkPlace?
    switch step.place {
    case .url(let url): place = WebAddress(url).map { .web($0) }
    case .service(let name, let path):
      let instances = (fleet.services.first { $0.name == name }?.instances ?? [])
        .filter { !$0.isBeacon }
      guard !instances.isEmpty else {
        throw Lacking(description: "the service \(name) has no instances to ask")
      }
      let instance = instances[turn % instances.count]
      credentials = instance.credentials
      place = WalkPlace(base: instance.url, path: path)
    }
    guard let place else { throw Lacking(description: "\(step.place.words) is no address") }
    var headers: [(name: String, value: String)] = []
    for header in credentials.headers + step.credentials.headers {
      headers.removeAll { $0.name.lowercased() == header.name.lowercased() }
      headers.append((header.name, try secret(header.value)))
    }
    return Asked(
      place: place, headers: headers, tls: credentials.tls,
      body: try step.body.map { try secret($0.content) })
  }

  private func ask(
    _ first: Asked, _ step: Journey.Step, until deadline: ContinuousClock.Instant,
    _ jar: inout CookieJar
  ) async throws -> Result {
    var asked = first
    var method = step.method
    for hop in 0... {
      let left = deadline - ContinuousClock.now
      guard left > .zero else { throw FaultError(.timeout, timeoutWords) }
      var headers = HTTPHeaders(asked.headers.map { ($0.name, $0.value) })
      if !headers.contains(name: "User-Agent") { headers.add(name: "User-Agent", value: "damcon") }
      if let cookies = jar.header(for: asked.place.origin), !headers.contains(name: "Cookie") {
        headers.add(name: "Cookie", value: cookies)
      }
      if let body = asked.body, !headers.contains(name: "Content-Type") {
        let isJSON = body.first == "{" || body.first == "["
        headers.add(
          name: "Content-Type",
          value: isJSON ? "application/json" : "application/x-www-form-urlencoded")
      }
      let answer: WalkClients.Answer
      do {
        answer = try await clients.ask(
          asked.place, method: method, headers: headers, body: asked.body, tls: asked.tls,
          within: left, limit: JourneyWalk.largestBody)
      } catch is WalkClients.TimedOut {
        throw FaultError(.timeout, timeoutWords)
      }
      for cookie in answer.cookies { jar.take(cookie, from: asked.place.origin) }
      guard (300..<400).contains(answer.status), answer.status != 304,
        !step.expect.allows(answer.status), let location = answer.location
      else { return .answer(status: answer.status, body: answer.body) }
      guard hop < JourneyWalk.redirects else {
        throw FaultError(.protocol, "redirected more than \(JourneyWalk.redirects) times")
      }
      try follow(location, answer.status, &asked, &method)
    }
    return .fault(Fault(.protocol, "redirected without end"))
  }

  private func follow(
    _ location: String, _ status: Int, _ asked: inout Asked, _ method: inout String
  ) throws {
    guard let place = asked.place.following(location) else {
      throw FaultError(
        .protocol, "redirects to what is no address: \(Words.clipped(location, to: 60))")
    }
    if let host = place.host, !hosts.contains(host) {
      throw FaultError(
        .protocol, "redirects to \(Words.clipped(host, to: 60)), which the fleet file does not name"
      )
    }
    if place.origin != asked.place.origin {
      // Nothing that was given for one origin is sent to another.
      asked.headers = []
      asked.tls = Credentials.TLS(authorityFile: asked.tls.authorityFile)
    }
    asked.place = place
    if status == 303 || (status <= 302 && method == "POST") {
      if method != "HEAD" { method = "GET" }
      asked.body = nil
      asked.headers.removeAll { $0.name.lowercased() == "content-type" }
    }
  }

  private var timeoutWords: String { "no whole answer in \(Words.duration(journey.timeout))" }
}

extension [UInt8] {
  /// Whether these bytes hold the bytes of `text`, anywhere.
  func holds(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard let first = wanted.first else { return true }
    guard count >= wanted.count else { return false }
    return withUnsafeBufferPointer { bytes in
      for start in 0...(bytes.count - wanted.count) where bytes[start] == first {
        var length = 1
        while length < wanted.count, bytes[start + length] == wanted[length] { length += 1 }
        if length == wanted.count { return true }
      }
      return false
    }
  }
}
