import Foundation
import Testing

@Suite("What becomes of an action when Damcon dies", .serialized, .timeLimit(.minutes(20)))
final class CrashTests {
  /// `DAMCON_CRASHES` of the environment, for fewer of them or more.
  private static let kills =
    ProcessInfo.processInfo.environment["DAMCON_CRASHES"].flatMap(Int.init) ?? 500
  private static let lanes = 4

  private let folder = NSTemporaryDirectory() + "damcon-crash-" + UUID().uuidString

  init() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  @Test("by kill -9 at every step: never sent twice, no intent lost, always explained")
  func killed() async throws {
    var dice = Dice(7)
    let plan = Death.plan(Self.kills, lanes: Self.lanes, &dice)
    let found = await outcome(of: plan, isScript: false)
    #expect(found.faults == [])
    #expect(found.kills == Self.kills)
  }

  @Test("a program that was begun goes on without Damcon, and what came of it is found")
  func programs() async throws {
    var dice = Dice(11)
    var deaths = Death.programs.shuffled(using: &dice).flatMap(\.self)
    for _ in 0..<16 { deaths.append(Death.random(&dice)) }
    let half = deaths.count / 2
    let found = await outcome(
      of: [Array(deaths[..<half]), Array(deaths[half...])], isScript: true)
    #expect(found.faults == [])
    #expect(found.kills == deaths.count)
  }

  private func outcome(
    of plan: [[Death]], isScript: Bool
  ) async -> (kills: Int, faults: [String]) {
    await withTaskGroup(of: (kills: Int, faults: [String]).self) { [folder] group in
      for (number, deaths) in plan.enumerated() {
        group.addTask { await Self.run(number, deaths, in: folder, isScript: isScript) }
      }
      var all: (kills: Int, faults: [String]) = (0, [])
      for await one in group {
        all.kills += one.kills
        all.faults += one.faults
      }
      return all
    }
  }

  /// On a thread of its own: it waits for processes, and those that wait for each other are few.
  private static func run(
    _ number: Int, _ deaths: [Death], in folder: String, isScript: Bool
  ) async -> (kills: Int, faults: [String]) {
    await withCheckedContinuation { done in
      Thread.detachNewThread {
        do {
          let lane = try Lane(
            number, in: folder, isWatched: number.isMultiple(of: 2), isScript: isScript)
          do { try lane.run(deaths) } catch {
            return done.resume(returning: (lane.kills, lane.faults + ["\(error)"]))
          }
          done.resume(returning: (lane.kills, lane.faults))
        } catch { done.resume(returning: (0, ["\(error)"])) }
      }
    }
  }

  @Test("where the intent cannot be written down, nothing is sent")
  func full() throws {
    let target = try CountingTarget { "\($0) was received" }
    defer { target.stop() }
    let probe = try Probe("full", folder + "/full.damcon", target.place, "full.1")
    try #require(probe.end())
    #expect(
      probe.lines.contains { $0.contains("it cannot be written down, so nothing is sent") },
      "\(probe.lines)")
    #expect(probe.lines.contains("carried full.1 cancelled"), "\(probe.lines)")
    #expect(target.settle())
    #expect(target.counts == [:])
    #expect(target.value == 256)
  }
}
