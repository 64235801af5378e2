package import Containment
import Foundation
import Subprocess
import Synchronization

/// Runs one planned program at a time, each once, by a supervisor that outlives this process.
///
/// No shell takes anything apart, and the program gets no more of this process than what the plan says. Where it
/// was stopped or nobody heard of its end, it may have done it all the same: it says so.
package final class CommandExecutor: OrderExecutor {
  /// nil where there is no folder for it: then nothing is run that changes anything.
  private let spool: Spool?
  private let trouble: String
  /// The program that supervises, and its first arguments.
  private let supervisor: [String]

  /// Seconds beyond its time after which nobody waits for a supervisor.
  private static let grace = 5.0

  /// - Parameters:
  ///   - folder: where it is kept what came of programs; nil where there is none.
  ///   - supervisor: the program that supervises, and its first arguments; by itself this one, asked for its
  ///     command `supervise`.
  package init(spool folder: String?, supervisor: [String] = CommandExecutor.itself) {
    self.supervisor = supervisor
    var spool: Spool?
    var trouble = "there is no folder to keep what comes of programs"
    if let folder {
      do throws(Spool.Flaw) { spool = try Spool(folder) } catch { trouble = error.description }
    }
    self.spool = spool
    self.trouble = trouble
    spool?.tidy()
  }

  package static var itself: [String] {
    #if os(Linux)
      // Whatever is at its path by now: this is what runs.
      ["/proc/self/exe", "supervise"]
    #else
      [Bundle.main.executablePath ?? CommandLine.arguments[0], "supervise"]
    #endif
  }

  package func send(
    _ order: PlannedOrder, as name: SendingName, key: String?, timeout: Double,
    began: @escaping @Sendable () async -> String?
  ) async -> ActionAnswer {
    guard case .command(let planned) = order else { return .unsent("it is no program") }
    guard let spool else { return .unsent(trouble) }
    let patience = Patience(seconds: timeout)
    let command: PreparedCommand
    let file: String
    do {
      file = try spool.unused(name)
      command = try await PreparedCommand(planned)
    } catch { return .unsent("\(error)") }

    let sending = Sending(spool: spool, file: file, supervisor: supervisor)
    let wait = patience.left + SupervisedProgram.grace + CommandExecutor.grace
    let answer = await FirstOf<ActionAnswer?>.within(wait, else: nil) { first in
      // It is not called off with whoever waits for it: what was begun goes on.
      Task { first.take(await sending.run(command, patience, began: began)) }
    }
    if let answer { return answer }
    let reason =
      Task.isCancelled ? "it was called off" : "nothing was heard of it in \(patience.words)"
    return sending.abandon() ? .unsent(reason) : .unknown(reason)
  }

  package func outcome(of name: SendingName, _ order: PlannedOrder) async -> SpooledOutcome {
    guard case .command = order, let spool else { return .none }
    return spool.outcome(of: name)
  }
}

/// One program that is handed to a supervisor.
private final class Sending: Sendable {
  private let spool: Spool
  private let file: String
  private let supervisor: [String]

  private enum Stage { case open, handed, abandoned }
  private let stage = Mutex(Stage.open)

  init(spool: Spool, file: String, supervisor: [String]) {
    self.spool = spool
    self.file = file
    self.supervisor = supervisor
  }

  /// Keeps it from being handed over any more.
  ///
  /// - Returns: false where it was before.
  func abandon() -> Bool { move(to: .abandoned) }

  private func move(to next: Stage) -> Bool {
    stage.withLock { stage in
      guard stage == .open else { return false }
      stage = next
      return true
    }
  }

  func run(
    _ command: PreparedCommand, _ patience: Patience,
    began: @escaping @Sendable () async -> String?
  ) async -> ActionAnswer {
    var options = PlatformOptions()
    options.createSession = true
    let platform = options
    let refusal: String?
    do {
      refusal = try await Subprocess.run(
        .path(Path(supervisor[0])),
        arguments: Arguments(Array(supervisor.dropFirst()) + [spool.folder, file]),
        environment: PreparedCommand.usual.asEnvironment, platformOptions: platform,
        input: .inputWriter, output: .sequence, error: .discarded
      ) { execution in
        var refusal: String? = Sending.silence
        // To throw would be to end it: what was handed over is left alone, whatever happens here.
        do {
          var chunks = execution.standardOutput.makeAsyncIterator()
          guard let line = try await Sending.line(of: &chunks) else { return refusal }
          refusal = await self.refusal(line, patience, began)
          if refusal == nil {
            let order = try JSONEncoder().encode(command.supervised(for: patience))
            _ = try await execution.standardInputWriter.write(Array(order))
          }
          try await execution.standardInputWriter.finish()
          while try await chunks.next() != nil {}
        } catch {}
        return refusal
      }.closureResult
    } catch {
      // Where it was handed over, its supervisor is gone or deaf; else nothing was ever run.
      refusal = abandon() ? Sending.silence : nil
    }
    if let refusal { return .unsent(refusal) }
    switch spool.state(of: file) {
    case .ended(let answer): return answer
    case .claimed: return .unsent("what runs programs ended before it began")
    case .absent, .running, .lost:
      return .unknown("what ran it is gone, and said nothing of what came of it")
    }
  }

  private static let silence = "what runs programs cannot be begun"

  /// The first line that it says; nil where it says none.
  private static func line(
    of chunks: inout SubprocessOutputSequence.AsyncIterator
  ) async throws -> String? {
    var heard: [UInt8] = []
    while let chunk = try await chunks.next() {
      heard += chunk.withUnsafeBytes { Array($0) }
      if let end = heard.firstIndex(of: 0x0a) {
        return String(decoding: heard[..<end], as: UTF8.self)
      }
    }
    return nil
  }

  /// Why what waits to be told what to run is not told.
  private func refusal(
    _ line: String, _ patience: Patience, _ began: @Sendable () async -> String?
  ) async -> String? {
    guard line == "ready" else { return String(line.trimmingPrefix("refused ")) }
    guard !patience.isOver else { return "its \(patience.words) were over before it could begin" }
    guard move(to: .handed) else { return "nobody waits for it any more" }
    if let refusal = await began() { return refusal }
    return patience.isOver ? "its \(patience.words) were over before it could begin" : nil
  }
}

extension PreparedCommand {
  fileprivate func supervised(for patience: Patience) -> SupervisedCommand {
    SupervisedCommand(
      program: program, arguments: arguments, environment: environment, input: input,
      success: success, timeout: patience.left, allowed: patience.seconds,
      secrets: secrets)
  }
}

extension [String: String] {
  /// As Subprocess takes it.
  var asEnvironment: Environment {
    var environment: [Environment.Key: String] = [:]
    for (name, value) in self { environment[Environment.Key(stringLiteral: name)] = value }
    return .custom(environment)
  }
}

/// Names the type that Subprocess takes for paths, which is of a package that is not imported here.
func Path<Value: ExpressibleByStringLiteral>(_ text: String) -> Value
where Value.StringLiteralType == String { Value(stringLiteral: text) }
