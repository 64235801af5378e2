package import Containment
import Subprocess

extension CommandExecutor {
  /// Bytes of what it says that is looked into.
  private static let longestReading = 1 << 20
  /// Bytes of what it complains of.
  private static let longestComplaint = 64 << 10
  /// Characters of what trying out says.
  private static let longestTrial = 4000

  /// What is so at a target now, as a program says that changes nothing.
  package func read(
    _ reading: PlannedReading, timeout: Double
  ) async -> Result<Argument, ReadingError> {
    guard case .command(let planned) = reading.order else {
      return .failure(ReadingError(reason: "it is no program"))
    }
    let patience = Patience(seconds: timeout)
    do throws(ReadingError) {
      let command = try await CommandExecutor.prepared(planned)
      let said = try await CommandExecutor.said(by: command, patience)
      return await reading.value(in: said, command.mask, patience)
    } catch {
      return .failure(error)
    }
  }

  /// What it would do, as the program itself says with the arguments for trying out.
  package func tryOut(
    _ order: PlannedOrder, timeout: Double
  ) async -> Result<String, ReadingError>? {
    guard case .command(let planned) = order, let further = planned.dryRun else { return nil }
    do throws(ReadingError) {
      let command = try await CommandExecutor.prepared(planned, further: further)
      let said = try await CommandExecutor.said(by: command, Patience(seconds: timeout))
      let lines = AnswerText.lines(
        String(decoding: command.mask.masked(said), as: UTF8.self))
      return .success(
        lines.count > CommandExecutor.longestTrial
          ? lines.prefix(CommandExecutor.longestTrial) + "…" : lines)
    } catch {
      return .failure(error)
    }
  }

  private static func prepared(
    _ planned: PlannedCommand, further: [String] = []
  ) async throws(ReadingError) -> PreparedCommand {
    do { return try await PreparedCommand(planned, further: further) } catch {
      throw ReadingError(reason: "\(error)")
    }
  }

  private enum Ending: Sendable {
    case ended(TerminationStatus, said: [UInt8], complaint: [UInt8])
    case failed(String)
  }

  /// What it prints, run here and now; all of its group ends when its time is over.
  private static func said(
    by command: PreparedCommand, _ patience: Patience
  ) async throws(ReadingError) -> [UInt8] {
    var options = PlatformOptions()
    options.createSession = true
    // It changes nothing: there is nothing that it would have to bring to its end.
    options.teardownSequence = [
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(100))
    ]
    let platform = options
    let ending = await withTaskGroup(of: Ending.self) { group in
      group.addTask {
        do {
          let result = try await run(
            .path(Path(command.program)),
            arguments: Arguments(
              executablePathOverride: command.arguments.first,
              remainingValues: Array(command.arguments.dropFirst())),
            environment: command.environment.asEnvironment, workingDirectory: Path("/"),
            platformOptions: platform, input: .array(Array((command.input ?? "").utf8)),
            output: .bytes(limit: longestReading), error: .bytes(limit: longestComplaint))
          return .ended(
            result.terminationStatus, said: result.standardOutput,
            complaint: result.standardError)
        } catch {
          return .failed("it cannot be run, or says more than \(longestReading >> 20) MiB")
        }
      }
      group.addTask {
        do { try await Task.sleep(for: .seconds(patience.left)) } catch {
          return .failed("it was called off")
        }
        return .failed("it did not end in \(patience.words) and was stopped")
      }
      defer { group.cancelAll() }
      return await group.next() ?? .failed("it was called off")
    }
    switch ending {
    case .failed(let reason): throw ReadingError(reason: reason)
    case .ended(.signaled(let number), _, _):
      throw ReadingError(reason: ProgramEnd.signalled(number).words(patience.seconds))
    case .ended(.exited(let code), let said, let complaint):
      guard command.success.contains(where: { $0.contains(Int(code)) }) else {
        let words = AnswerText.last(
          String(
            decoding: command.mask.masked(complaint.isEmpty ? said : complaint), as: UTF8.self))
        throw ReadingError(reason: "exit code \(code)" + (words.isEmpty ? "" : ": \(words)"))
      }
      return said
    }
  }
}
