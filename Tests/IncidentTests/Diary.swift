import Fleet
import Health
import Incident

/// Entries made by hand, and what each was found to bring.
struct Diary {
  private(set) var state: State
  private(set) var now = Instant(wall: 1_795_221_900 * 1_000_000_000, offset: 0)
  private(set) var entries: [Entry] = []
  private(set) var milestones: [Milestone] = []
  private var finder = Milestones()

  init(_ fleet: Fleet) {
    state = State(began: now)
    add(.began)
    add(.fleet(fleet))
  }

  mutating func add(_ event: Event) {
    let entry = Entry(sequence: UInt64(entries.count + 1), instant: now, event: event)
    entries.append(entry)
    state.apply(entry)
    milestones += finder.take(entry, after: state)
  }

  /// Seconds pass, a tick each.
  mutating func pass(_ seconds: Int) {
    for _ in 0..<seconds {
      now = now.advanced(by: 1)
      add(.tick)
    }
  }

  mutating func pass(minutes: Int) {
    for _ in 0..<minutes {
      now = now.advanced(by: 60)
      add(.tick)
    }
  }

  /// Both health routes of the only instance of a service answer.
  mutating func answer(
    _ service: String, status: Int = 200, _ fill: (inout HealthReport) -> Void = { _ in }
  ) {
    var report = HealthReport(dialect: .damcon, status: status == 200 ? .pass : .fail)
    fill(&report)
    for kind in ProbeKind.allCases {
      add(
        .probe(
          target: Diary.target(service),
          Probe(
            kind: kind, path: "/\(kind.rawValue)", duration: 0.001,
            answer: .response(status: status, report: report))))
    }
  }

  static func target(_ service: String) -> Target {
    Target(service: service, instance: url(service))
  }

  static func url(_ service: String) -> String { "http://127.0.0.1:9000/\(service)" }

  static func fleet(_ names: String..., tier: Tier = .important) -> Fleet {
    Fleet(
      name: "shop",
      services: names.map {
        Service(name: $0, tier: tier, instances: [Instance(url: url($0))])
      })
  }

  var kinds: [Milestone.Kind] { milestones.map(\.kind) }
}
