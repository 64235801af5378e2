import Canvas
import Containment
import Fleet
import Health
import Incident

/// What is so at each target: before, now and as it is meant to be, side by side.
///
/// Before is what was read when it was planned. Now is what the answers so far come to; what nobody knows is `?`.
struct TargetTable {
  private let run: ActionRun
  private let present: Present
  private var plan: ActionPlan { run.plan }

  init(_ run: ActionRun, _ state: State) {
    self.run = run
    present = state.present
  }

  /// Weights and exposure are looked at from the beginning; all else once something of it is under way.
  var isWorthIt: Bool {
    guard plan.steps.contains(where: { $0.read != nil }) else { return false }
    let isExposure = plan.steps.contains { $0.kind == .shiftTraffic || $0.kind == .toggleFlag }
    return isExposure || run.answers.contains { $0 != nil }
  }

  func lines(width: Int) -> [[Run]] {
    guard isWorthIt else { return [] }
    let rows = plan.targets.compactMap(row)
    let figures = max(
      9, 2 + (rows.flatMap { [$0.before, $0.now, $0.target] }.map { $0.text.count }.max() ?? 0))
    let columns = min(figures, max(6, (width - 12) / 4))
    let names = min(
      max(10, width - 3 * columns), (rows.map { $0.name.count }.max() ?? 0) + 2)
    var lines = [
      [
        Run("TARGETS".padded(to: names), .title), Run("before".padded(to: columns), .dim),
        Run("now".padded(to: columns), .dim), Run("target", .dim),
      ]
    ]
    for row in rows {
      lines.append([Run(DisplayCut.clip(row.name, to: names - 1).padded(to: names))])
      for (run, isLast) in [(row.before, false), (row.now, false), (row.target, true)] {
        let text = DisplayCut.clip(run.text, to: columns - 1)
        lines[lines.count - 1].append(Run(isLast ? text : text.padded(to: columns), run.style))
      }
      if let told = row.told { lines.append([Run("  \(told)", .dim)]) }
    }
    return lines
  }

  private struct Row {
    var name: String
    var before: Run
    var now: Run
    var target: Run
    /// What the service itself says of it.
    var told: String?
  }

  private func row(_ course: TargetCourse) -> Row? {
    guard let goal = course.goal, let place = course.places.first else { return nil }
    return Row(
      name: plan.isOfSeveral && course.target != course.service
        ? "\(course.service) \(course.target)" : course.target,
      before: course.captured.map { Run($0.words) } ?? Self.unknown, now: now(course),
      target: Run(goal.words, .strong), told: told(plan.steps[place]))
  }

  private static let unknown = Run(Quantity.unknown, .unknown)

  /// What the answers come to, in their order.
  private func now(_ course: TargetCourse) -> Run {
    let before = course.captured.map { Run($0.words, .dim) } ?? Self.unknown
    var now = before
    for (place, value) in zip(course.places, course.values) where place < run.answers.count {
      switch run.answers[place] {
      case .applied, .already: now = value.map { Run($0.words, .good) } ?? Self.unknown
      case .unknown: now = Self.unknown
      case .failed, .unsent: break
      // What has begun to leave may be there already.
      case nil: if run.begun[place] { now = Self.unknown }
      }
    }
    guard !run.reverts.isEmpty else { return now }
    let reverts = course.places.compactMap { $0 < run.reverts.count ? run.reverts[$0] : nil }
    if reverts.contains(where: \.isUnknown) { return Self.unknown }
    let isBack = !reverts.isEmpty && reverts.allSatisfy(\.isDone)
    return isBack ? before : now
  }

  /// `it reports weight 10 %`, `it reports new-cart on, 25 %`
  private func told(_ step: ActionPlan.Step) -> String? {
    guard let index = present.index(of: step.service) else { return nil }
    switch step.kind {
    case .shiftTraffic:
      let weights = present.services[index].instances.compactMap { instance -> String? in
        guard step.target == step.service || instance.definition.url == step.target,
          let rollout = instance.health.report?.rollout, let weight = rollout.weight
        else { return nil }
        return "\(rollout.track.map { "\($0) " } ?? "")\(Self.percent(weight))"
      }
      return weights.isEmpty ? nil : "it reports weight \(weights.joined(separator: ", "))"
    case .toggleFlag:
      let named = plan.arguments.map(\.value.words)
      guard
        let flag = present.services[index].flags.first(where: { named.contains($0.name) })
      else { return nil }
      return "it reports \(flag.name) \(flag.on ? "on" : "off")"
        + (flag.exposure.map { ", \(Self.percent($0))" } ?? "")
    default: return nil
    }
  }

  private static func percent(_ ratio: Double) -> String {
    guard ratio.isFinite, abs(ratio) <= 100 else { return Quantity.unknown }
    return Argument.number((ratio * 1000).rounded() / 10).words + " %"
  }
}
