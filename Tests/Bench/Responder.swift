import Bridge
import Containment
import Fleet
import Foundation
import Glibc
import Recording
import Runbooks
import Session

/// `damcon-bench act`: a screen that draws nothing and whose responder acts all the time.
///
/// They mark the steps of a runbook and ask for an action; somebody else, if there is anybody, approves it. Nothing is
/// ever sent to a service: two would have to approve.
struct Responder {
  /// From one act to the next; the next is not asked for before it is known what came of the one before.
  static let gap = 0.05

  private var socket = ""
  private var other: OtherUser?
  private var seconds = 10.0

  init(_ arguments: some Sequence<String>) throws(BenchError) {
    var left = Array(arguments)
    while left.count >= 2 {
      let (word, value) = (left.removeFirst(), left.removeFirst())
      switch word {
      case "--socket": socket = value
      case "--approver":
        guard let known = OtherUser(value) else { throw BenchError("there is no user \(value)") }
        other = known
      case "--seconds": seconds = Double(value) ?? 10
      default: throw BenchError("act does not understand \(word)")
      }
    }
    guard !socket.isEmpty, left.isEmpty else { throw BenchError("act takes --socket PATH") }
  }

  /// Acts for so long, and prints what was done and when.
  func run() -> Never {
    guard let caller = BridgeLine(socket), let own = Post(socket) else {
      Responder.end("not let in")
    }
    var approver: Post?
    if let other {
      guard other.become(), let post = Post(socket) else {
        Responder.end("\(other.name) is not let in")
      }
      approver = post
    }
    var desk = Desk(own: own, approver: approver, caller: caller)
    desk.act(until: Clock.now() + Int64(seconds * 1e9))
    print(desk.findings.line)
    fflush(nil)
    exit(0)
  }

  fileprivate static func end(_ why: String) -> Never {
    FileHandle.standardError.write(Data("damcon-bench act: \(why)\n".utf8))
    exit(3)
  }
}

extension Responder {
  /// The runbook whose steps are marked, as it lies in its folder, and the action that is asked for.
  static let runbook = """
    # The pool is full

    ## Containment

    1. Look which pool it is.
    2. Cap what comes in.
    3. Tell those who call.

    """
  static let runbookName = "pool"
  static let service = "service-0000"
  static let action = "cap"

  /// What the fleet file says beside its services.
  static func fleetText(approver: OtherUser?) -> String {
    let own = getpwuid(geteuid()).map { String(cString: $0.pointee.pw_name) } ?? "#\(geteuid())"
    var text = "access:\n  responder: {users: [\"\(own)\"]}\n"
    if let approver { text += "  approver: {users: [\"\(approver.name)\"]}\n" }
    return text + """
      runbooks: [runbooks/]
      actions:
        \(action):
          kind: cap-concurrency
          services: [\(service)]
          risk: low
          http: {url: "{instance}/limit", body: {limit: 5}}
          timeout: 5s
          approvals: 2

      """
  }

  fileprivate static let pin = RunbookAct.Pin(
    RunbookCard(
      id: runbookName, title: "The pool is full",
      hash: ContentHash(of: Array(runbook.utf8)).bytes))
}

/// What somebody did, as a line between processes.
struct ActFindings {
  enum Kind: String { case mark, request, approval }

  struct Act {
    var kind: Kind
    /// The last entry of the batch that it was told in.
    var last: UInt64
    /// When the client began to write it, by `Clock.now`.
    var written: Int64
  }

  var acts: [Act] = []
  /// Acts that nothing came of, and why the first of them was refused.
  var refused = 0
  var why = ""

  var line: String {
    let acts = acts.map { "\($0.kind.rawValue):\($0.last):\($0.written)" }.joined(separator: ",")
    return "acted \(refused) \(acts) \(why.replacing("\n", with: " "))"
  }

  init() {}

  init?(_ line: String) {
    let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
    guard words.count == 4, words[0] == "acted", let refused = Int(words[1]) else { return nil }
    self.refused = refused
    why = String(words[3])
    for act in words[2].split(separator: ",") {
      let parts = act.split(separator: ":")
      guard parts.count == 3, let kind = Kind(rawValue: String(parts[0])),
        let last = UInt64(parts[1]), let written = Int64(parts[2])
      else { return nil }
      acts.append(Act(kind: kind, last: last, written: written))
    }
  }

  /// Milliseconds from the writing of each act of a kind to its arrival at everybody who was told of it.
  func delays(_ kind: Kind, at told: [(last: UInt64, at: Int64)]) -> [Double] {
    let written = Dictionary(
      acts.filter { $0.kind == kind }.map { ($0.last, $0.written) }, uniquingKeysWith: min)
    return told.compactMap { one in
      written[one.last].map { max(0, Double(one.at - $0) / 1e6) }
    }
  }
}

/// What is done, turn by turn.
private struct Desk {
  let own: Post
  let approver: Post?
  let caller: BridgeLine
  private(set) var findings = ActFindings()
  private var asks: UInt64 = 0
  /// The plan that waits to be approved.
  private var run: (id: String, hash: String)?

  init(own: Post, approver: Post?, caller: BridgeLine) {
    (self.own, self.approver, self.caller) = (own, approver, caller)
  }

  mutating func act(until end: Int64) {
    // Acts are told to who has a state.
    let patience = Clock.now() + 10_000_000_000
    while !own.isHearing || approver?.isHearing == false, Clock.now() < patience {
      listen(until: patience)
    }
    submit(.runbook(service: Responder.service, Responder.pin, .begin), by: own, as: nil)
    var next = Clock.now()
    var turn = 0
    while Clock.now() < end {
      take(turn)
      turn += 1
      next = max(Clock.now(), next + Int64(Responder.gap * 1e9))
      while Clock.now() < next { listen(until: next) }
    }
    leave()
  }

  /// Of ten acts one asks for approval, one approves, one takes that back, and all others mark a step.
  private mutating func take(_ turn: Int) {
    switch turn % 10 {
    case 0: request(turn)
    case 4: if let run, let approver { approve(run, by: approver) } else { mark(turn) }
    case 8: if run == nil { mark(turn) } else { leave() }
    default: mark(turn)
    }
  }

  private mutating func mark(_ turn: Int) {
    let step = turn % 3 + 1
    let mark = StepMark(
      step: "containment.\(step)", title: "Step \(step)",
      outcome: turn % 2 == 0 ? .done : .decided("turn \(turn)"))
    submit(
      .runbook(service: Responder.service, Responder.pin, .mark(mark)), by: own, as: .mark)
  }

  private mutating func request(_ turn: Int) {
    let wish = ActionWish(
      ticket: "bench-\(getpid())-\(turn)", action: Responder.action, service: Responder.service,
      arguments: [:])
    guard let id = submit(.plan(wish), by: own, as: .request)?.run,
      case .run(let sight)? = caller.answer(to: .status(run: id))
    else { return }
    run = (id, sight.run.hash)
  }

  private mutating func approve(_ run: (id: String, hash: String), by approver: Post) {
    submit(.action(run: run.id, .approve(hash: run.hash)), by: approver, as: .approval)
  }

  private mutating func leave() {
    guard let run else { return }
    self.run = nil
    submit(.action(run: run.id, .cancel(reason: "it is measured")), by: own, as: nil)
  }

  /// Asks for something, and waits for what comes of it.
  ///
  /// - Parameter kind: nil where it is not measured.
  @discardableResult private mutating func submit(
    _ intent: Intent, by post: Post, as kind: ActFindings.Kind?
  ) -> IntentOutcome? {
    asks += 1
    guard let bytes = (try? Frame.bytes(of: StreamAsk(id: asks, .intent(intent)))).flatMap({ $0 })
    else { return nil }
    let written = Clock.now()
    guard post.line.say(bytes: bytes) else { Responder.end("nobody takes what is asked") }
    let patience = written + 5_000_000_000
    while post.outcomes[asks] == nil, Clock.now() < patience { listen(until: patience) }
    guard let outcome = post.outcomes.removeValue(forKey: asks), outcome.refusal == nil else {
      if findings.refused == 0 { findings.why = post.refusal ?? "nothing came of it in 5 s" }
      findings.refused += 1
      return nil
    }
    // What it led to is told before it, and nobody else acts.
    if let kind {
      findings.acts.append(.init(kind: kind, last: post.lastAct, written: written))
    }
    return outcome
  }

  /// Takes what has come, once something has.
  private func listen(until end: Int64) {
    let posts = [own] + (approver.map { [$0] } ?? [])
    var looks = posts.map { pollfd(fd: $0.line.descriptor, events: Int16(POLLIN), revents: 0) }
    let left = max(1, (end - Clock.now()) / 1_000_000)
    guard poll(&looks, nfds_t(looks.count), CInt(min(left, 1000))) > 0 else { return }
    for (post, look) in zip(posts, looks) where look.revents != 0 {
      if !post.listen() { Responder.end("the daemon has gone") }
    }
  }
}

/// Somebody who stays and acts.
private final class Post {
  fileprivate private(set) var line: BridgeLine
  /// It was told a state, and hears what follows.
  private(set) var isHearing = false
  /// The last entry of the batch that somebody's act was told in last.
  private(set) var lastAct: UInt64 = 0
  fileprivate var outcomes: [UInt64: IntentOutcome] = [:]
  /// Why something was refused last.
  private(set) var refusal: String?

  /// nil where it is not let in.
  init?(_ path: String) {
    guard let line = BridgeLine(path), line.attach() else { return nil }
    self.line = line
  }

  /// Takes what is there; false when the other side has gone.
  func listen() -> Bool {
    var bodies: [[UInt8]] = []
    let isOpen = line.take(atMost: 1 << 20) { bodies.append($0) }
    for body in bodies {
      switch StreamFrame(body) {
      case .batch(let batch):
        isHearing = true
        if batch.kind == .audit { lastAct = batch.last }
      case .news(.outcome(let id, let outcome)):
        outcomes[id] = outcome
        refusal = outcome.refusal ?? refusal
      default: break
      }
    }
    return isOpen
  }
}
