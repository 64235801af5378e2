import Foundation

/// A program that is run to its end, and what it said.
struct Command {
  var status: Int32
  var output: String
  var errors: String

  /// Runs `program` and returns once it has ended; it is ended by force after `seconds`.
  @discardableResult static func run(
    _ program: String, _ arguments: [String], seconds: Double = 60,
    environment: [String: String]? = nil, in folder: URL? = nil
  ) throws -> Command {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    if let folder { process.currentDirectoryURL = folder }
    if let environment {
      process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    }
    let output = Pipe()
    let errors = Pipe()
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = output
    process.standardError = errors
    try process.run()
    let id = process.processIdentifier
    let watchdog = DispatchWorkItem { kill(id, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: watchdog)
    // Errors are read beside the output, so that neither pipe can fill and stop the program.
    let said = DispatchQueue(label: "errors")
    nonisolated(unsafe) var errorBytes = Data()
    said.async { errorBytes = errors.fileHandleForReading.readDataToEndOfFile() }
    let outputBytes = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    watchdog.cancel()
    said.sync {}
    return Command(
      status: process.terminationStatus, output: String(decoding: outputBytes, as: UTF8.self),
      errors: String(decoding: errorBytes, as: UTF8.self))
  }
}

/// The program under test: `DAMCON_BINARY`, or the one built beside the tests.
enum Damcon {
  static let path: String = {
    if let path = ProcessInfo.processInfo.environment["DAMCON_BINARY"] { return path }
    let bundle = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return bundle.appendingPathComponent("damcon").path
  }()

  static func run(_ arguments: String..., seconds: Double = 60) throws -> Command {
    try Command.run(path, arguments, seconds: seconds)
  }
}
