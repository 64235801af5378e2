import Containment
import Foundation
import Journal

/// One life after another on the same journal and the same target, each ended by a kill, each looked at by the next.
final class Lane {
  private let name: String
  private let path: String
  private let target: any CrashTarget
  /// nil: nobody reads the journal while it is written, so that each life opens it as the death before left it.
  private let witness: Witness?
  /// What is not as it should be.
  private(set) var faults: [String] = []
  private(set) var kills = 0
  /// The last action that may have begun.
  private var last: String?

  /// - Parameter isScript: whether it is a program that is run here, rather than a server.
  init(_ number: Int, in folder: String, isWatched: Bool, isScript: Bool = false) throws {
    name = "lane\(number)"
    path = "\(folder)/\(name).damcon"
    let witness = isWatched ? Witness(path) : nil
    self.witness = witness
    target =
      isScript
      ? try CountingScript("\(folder)/\(name)", spool: path + ".spool")
      : try CountingTarget { witness?.fault($0) }
  }

  deinit { target.stop() }

  func run(_ deaths: [Death]) throws {
    for (number, death) in deaths.enumerated() {
      try live("\(name).\(number)", death)
      // One reason is enough: what comes after it follows from it.
      if faults.count > 5 { return }
    }
    try finish()
  }

  private func live(_ id: String, _ death: Death) throws {
    let found = try left()
    let probe = try Probe("live", path, target.place, id, death.point)
    target.aim(death.strike, at: probe)
    recover(probe, found)
    defer { if !death.point.hasPrefix("recover:") { last = id } }
    guard probe.end() else { return fault(id, death, probe, "it goes on and on") }
    kills += 1
    let lines = probe.lines
    if death.isCertain, lines.contains("survived") || target.isWaitingToStrike {
      fault(id, death, probe, "it was not killed where it should have been")
    }
    for line in lines where ["failed", "trouble", "journal"].contains(where: line.hasPrefix) {
      fault(id, death, probe, "it says: \(line)")
    }
    if !target.settle() { fault(id, death, probe, "the target is still reading") }
    if !target.faults.isEmpty { fault(id, death, probe, "\(target.faults)") }
  }

  /// What the journal says of the last action that may have begun, now that its life is over; nil where it says
  /// nothing of it, or nobody looks.
  private func left() throws -> (id: String, state: ActionRun.State)? {
    guard let witness, let last, let state = try witness.state(of: last) else { return nil }
    return (last, state)
  }

  // MARK: What the life before left

  /// Goes with a life to where what was left has come to its end.
  private func recover(_ probe: Probe, _ left: (id: String, state: ActionRun.State)?) {
    let counts = target.counts
    guard probe.wait(for: "waited ") else {
      return faults.append("\(name): it does not begin: \(probe.lines)")
    }
    let resumed = Told(probe.lines, "resumed")
    let waited = Told(probe.lines, "waited")
    if let left {
      if resumed?.id != left.id || resumed?.state != Lane.after(left.state) {
        faults.append("\(name): \(left) was left, and found was \(probe.lines)")
      }
    }
    if let resumed, resumed.state == .unknown, waited?.state != .unknown {
      faults.append("\(name): it was settled without asking: \(probe.lines)")
    }
    if target.counts != counts {
      faults.append("\(name): something was sent by itself: \(counts) became \(target.counts)")
    }
    probe.tell("go on")
    _ = waitUntil(60) { Told(probe.lines, "ended") != nil || !isRunning(probe) }
    guard let asked = Told(probe.lines, "asked") else { return }
    // What is said of it is what the target says, and that is what it has got.
    let isDone = (counts["\(asked.id)-1"] ?? 0) == 1
    let isRight =
      isDone ? [.applied, .verifying, .verified].contains(asked.state) : asked.state == .failed
    if !isRight {
      faults.append("\(name): \(asked) after the target has got \(counts["\(asked.id)-1"] ?? 0)")
    }
  }

  private func isRunning(_ probe: Probe) -> Bool {
    // A process that was killed stays until it is waited for, and has no words any more.
    let words = try? String(contentsOfFile: "/proc/\(probe.id)/cmdline", encoding: .utf8)
    return words?.isEmpty == false
  }

  /// What becomes of an action by the death of who did it.
  private static func after(_ state: ActionRun.State) -> ActionRun.State {
    switch state {
    case .confirmed: .cancelled
    case .intended, .sent: .unknown
    case .reverting: .revertFailed
    default: state
    }
  }

  // MARK: At the end

  private func finish() throws {
    let found = try left()
    let probe = try Probe("recover", path, target.place)
    recover(probe, found)
    guard probe.end() else { return faults.append("\(name): the end does not come") }
    if target.value != 256 {
      faults.append("\(name): the target is left at \(target.value): \(probe.lines)")
    }
    let verification = try Verifier.verify(path: path, heads: [])
    if !verification.isGood { faults.append("\(name): \(verification.sentences)") }
    let story = try JournalStory(path)
    faults += story.riddles(target.counts)
    if story.moves.isEmpty { faults.append("\(name): nothing is told") }
  }

  private func fault(_ id: String, _ death: Death, _ probe: Probe, _ what: String) {
    let strike = death.strike.map { ", struck when \($0.moment) (back: \($0.isRevert))" } ?? ""
    faults.append("\(id), \(death.point)\(strike): \(what): \(probe.lines)")
  }
}

/// A line of the probe that says how an action stands.
private struct Told {
  var id: String
  var state: ActionRun.State?

  init?(_ lines: [String], _ word: String) {
    guard let line = lines.first(where: { $0.hasPrefix(word + " ") }) else { return nil }
    let words = line.split(separator: " ").map(String.init)
    guard words.count == 3 else { return nil }
    id = words[1]
    state = ActionRun.State(rawValue: words[2])
  }
}
