import Foundation
import Incident
import Recording

/// The connection of a remote archive, with what was had by it; used by one at a time.
struct ArchiveCaller {
  private let place: SocketPlace
  /// Seconds without a word after which whoever asks waits no longer.
  private let patience: Double
  private let silence: ArchiveSilence
  private var client: BridgeClient?
  /// Questions that may be asked at once; grows as time passes.
  private var allowance = ArchiveCaller.most
  private var allowanceAt = ContinuousClock.now

  var bodies = Kept<UInt64, [UInt8]>(64 << 20)
  var blobs = Kept<ContentHash, [UInt8]>(64 << 20)
  var batches = Kept<UInt64, [Batch]>(32 << 20)
  var milestones: [Milestone] = []
  var pulses: [Pulse] = []

  /// Fewer than one user may ask, who has other things to ask as well.
  private static let most = 60.0
  private static let perSecond = BridgeLimits().requestsPerSecond * 0.75
  /// Seconds that an answer may take beyond that while it keeps coming.
  private static let longest = 17.0

  init(_ place: SocketPlace, patience: Double) {
    self.place = place
    self.patience = patience
    silence = ArchiveSilence(place, patience: patience)
  }

  /// Asks once; what has been silent lately is not waited for again.
  mutating func ask(_ question: ArchiveQuestion) throws(BridgeError) -> ArchiveAnswer {
    guard !silence.lasts() else { throw silent() }
    keepPace()
    let deadline = ContinuousClock.now + .seconds(patience)
    // One that was not used for a while has been closed.
    if client?.hasGone == true { client = nil }
    let wasKnown = client != nil
    do throws(BridgeError) { return try askOnce(question, until: deadline) } catch {
      try part(after: error, deadline)
      // It was closed just now; what is asked changes nothing, and is asked again in the time that is left.
      guard wasKnown, error.cause == .broken else { throw error }
    }
    do throws(BridgeError) { return try askOnce(question, until: deadline) } catch {
      try part(after: error, deadline)
      throw error
    }
  }

  /// What comes late is no answer to what is asked next.
  private mutating func part(
    after error: BridgeError, _ deadline: ContinuousClock.Instant
  ) throws(BridgeError) {
    let isSilent = client.map(\.isSilent) ?? (ContinuousClock.now >= deadline)
    if error.cause == .broken { client = nil }
    guard isSilent else { return }
    client = nil
    silence.begin()
    throw silent()
  }

  private mutating func askOnce(
    _ question: ArchiveQuestion, until deadline: ContinuousClock.Instant
  ) throws(BridgeError) -> ArchiveAnswer {
    func left() -> Double { max(0, ContinuousClock.now.duration(to: deadline) / .seconds(1)) }
    let client: BridgeClient
    if let known = self.client {
      client = known
    } else {
      client = try BridgeClient.connect(to: place, patience: left())
      self.client = client
    }
    // What is on its way over a slow link is waited for as long as it comes.
    let answer = try client.ask(
      .archive(question), patience: left() + ArchiveCaller.longest, silence: left())
    switch answer {
    case .archive(let answer): return answer
    case .refused(let reason): throw BridgeError(client.path, reason, .refused)
    default: throw strange()
    }
  }

  private func silent() -> BridgeError {
    trouble("the session does not answer: it is asked again, and this stays as it is until then")
  }

  /// Waits where more is asked than others have to put up with.
  private mutating func keepPace() {
    func grow() {
      let now = ContinuousClock.now
      let passed = allowanceAt.duration(to: now) / .seconds(1)
      allowance = min(ArchiveCaller.most, allowance + max(0, passed) * ArchiveCaller.perSecond)
      allowanceAt = now
    }
    grow()
    if allowance < 1 {
      Thread.sleep(forTimeInterval: (1 - allowance) / ArchiveCaller.perSecond)
      grow()
    }
    allowance -= 1
  }

  func trouble(_ sentence: String) -> BridgeError {
    BridgeError(client?.path ?? place.paths.first ?? "control socket", sentence, .broken)
  }

  /// What came is no answer to what was asked.
  func strange() -> BridgeError {
    trouble("the answer is not understood: is the same release on both sides?")
  }
}

/// Values that were asked for, as many as there is room for; the first that came are the first to go.
struct Kept<Key: Hashable & Sendable, Value: Sendable>: Sendable {
  private let limit: Int
  private var values: [Key: (value: Value, weight: Int)] = [:]
  private var order: [Key] = []
  private var weight = 0

  init(_ limit: Int) { self.limit = limit }

  subscript(key: Key) -> Value? { values[key]?.value }

  mutating func put(_ value: Value, as key: Key, weighing more: Int) {
    guard more <= limit else { return }
    if let old = values.updateValue((value, more), forKey: key) {
      weight -= old.weight
    } else {
      order.append(key)
    }
    weight += more
    while weight > limit, let oldest = order.first {
      order.removeFirst()
      weight -= values.removeValue(forKey: oldest)?.weight ?? 0
    }
  }
}
