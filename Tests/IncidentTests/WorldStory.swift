import Exposition
import Fleet
import Health
import Incident
import Telemetry

/// A fleet told by hand, second by second, whose instances say what the test wants.
struct WorldStory {
  private(set) var state: State
  private(set) var now: Instant
  private var sequence: UInt64 = 0
  private var known: Set<String> = []

  /// 2026-11-20T17:46:40Z, a Friday.
  static let began = Instant(wall: 1_795_196_800_000_000_000, offset: 0)

  init(_ fleet: Fleet) {
    now = WorldStory.began
    state = State(began: now)
    add(.fleet(fleet))
  }

  mutating func add(_ event: Event) {
    sequence += 1
    state.apply(Entry(sequence: sequence, instant: now, event: event))
  }

  mutating func pass(_ seconds: Double) { now = now.advanced(by: seconds) }

  mutating func report(
    _ service: String, status: Int = 200, _ fill: (inout HealthReport) -> Void = { _ in }
  ) {
    report(service, 0, status: status, fill)
  }

  mutating func report(
    _ service: String, _ instance: Int, status: Int = 200, _ fill: (inout HealthReport) -> Void
  ) {
    var report = HealthReport(dialect: .damcon, status: status == 200 ? .pass : .fail)
    fill(&report)
    add(
      .probe(
        target: WorldStory.target(service, instance),
        Probe(
          kind: .readiness, path: "/ready", duration: 0.001,
          answer: .response(status: status, report: report))))
  }

  mutating func scrape(_ service: String, _ values: [(String, FamilyType, [Label], Double)]) {
    scrape(service, 0, values)
  }

  /// A scrape of gauges and counters by name; the set of names may change.
  mutating func scrape(
    _ service: String, _ instance: Int, _ values: [(String, FamilyType, [Label], Double)]
  ) {
    let target = WorldStory.target(service, instance)
    var extractor = extractors[target] ?? WorldStory.extractor(state, service)
    var text = ""
    for (name, type, labels, value) in values {
      text += "# TYPE \(name.replacing("_bucket", with: "")) \(type.rawValue)\n\(name)"
      if !labels.isEmpty {
        text += "{" + labels.map { "\($0.name)=\"\($0.value)\"" }.joined(separator: ",") + "}"
      }
      text += " \(value)\n"
    }
    let extraction = extractor.extract(Array(text.utf8), format: .text)
    extractors[target] = extractor
    add(
      .scrape(
        target: target,
        Scrape(duration: 0.01, outcome: .extracted(extraction, bytes: text.utf8.count))))
  }

  private var extractors: [Target: Extractor] = [:]

  private static func extractor(_ state: State, _ service: String) -> Extractor {
    let fleet = state.present.fleet
    let table =
      fleet.services.first { $0.name == service }?.roles(in: fleet.roles) ?? fleet.roles
    return Extractor { table.wants(sampleName: $0, family: $1, type: $2) }
  }

  static func target(_ service: String, _ instance: Int = 0) -> Target {
    Target(service: service, instance: url(service, instance))
  }

  static func url(_ service: String, _ instance: Int) -> String {
    "http://127.0.0.1/\(service)/\(instance)"
  }

  static func service(_ name: String, instances: Int = 1, needs: [String] = []) -> Service {
    Service(
      name: name, instances: (0..<instances).map { Instance(url: url(name, $0)) },
      dependsOn: needs)
  }

  func changes(_ service: String? = nil) -> [FleetChange.Kind] {
    state.present.changes(of: service).map(\.kind)
  }

  subscript(service: String) -> ServicePresent { state.present.service(named: service)! }
}
