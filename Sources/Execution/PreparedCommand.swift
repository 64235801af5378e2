import Containment
import Foundation

/// A planned command with all that it needs from this side: its program found, its secrets read, its arguments
/// looked at once more.
struct PreparedCommand: Sendable {
  /// The path of the program.
  let program: String
  /// As it gets them, its own name first.
  let arguments: [String]
  /// All of it.
  let environment: [String: String]
  let input: String?
  let success: [ClosedRange<Int>]
  let secrets: [String]
  /// What must not be told of what the program says.
  let mask: SecretMask

  /// Why it cannot be run.
  struct Flaw: Error, CustomStringConvertible { var description: String }

  private static let folders = [
    "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin",
  ]

  /// - Parameter further: arguments that are added at the end.
  init(_ planned: PlannedCommand, further: [String] = []) async throws {
    let words = planned.arguments + further
    guard let name = words.first, !name.isEmpty else {
      throw Flaw(description: "it names no program")
    }
    guard words.allSatisfy({ !$0.utf8.contains(0) }) else {
      throw Flaw(description: "an argument has a sign that none can have")
    }
    program = try PreparedCommand.path(of: name)
    arguments = words
    // All that can be refused is, before a secret is read.
    for variable in planned.environment { try PreparedCommand.check(variable) }
    var environment = PreparedCommand.usual
    var secrets: [String] = []
    for variable in planned.environment {
      switch variable.value {
      case .text(let text): environment[variable.name] = text
      case .secret(let place):
        let secret = try await place.resolve()
        secrets.append(secret)
        environment[variable.name] = secret
      }
    }
    self.environment = environment
    self.secrets = secrets
    input = planned.input
    success = planned.success
    mask = SecretMask(secrets)
  }

  /// What every program gets of an environment.
  static var usual: [String: String] {
    let home = ProcessInfo.processInfo.environment["HOME"] ?? ""
    return [
      "PATH": folders.joined(separator: ":"), "LANG": "C.UTF-8",
      "HOME": home.hasPrefix("/") ? home : "/",
    ]
  }

  private static func check(_ variable: PlannedRequest.Header) throws(Flaw) {
    let isName =
      !variable.name.isEmpty
      && variable.name.utf8.allSatisfy { sign in
        switch sign {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x5f: true
        default: false
        }
      }
    guard isName, variable.name != "PATH" else {
      throw Flaw(description: "'\(variable.name)' is no variable that can be set")
    }
    if case .text(let text) = variable.value,
      !text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    {
      throw Flaw(description: "the variable \(variable.name) is not one line")
    }
  }

  /// Where the program is: as it is written where that is a path, else in the usual folders.
  private static func path(of name: String) throws(Flaw) -> String {
    guard !name.contains("/") else {
      // It is run in another folder than this one.
      let path =
        name.hasPrefix("/") ? name : "\(FileManager.default.currentDirectoryPath)/\(name)"
      guard isProgram(path) else { throw Flaw(description: "there is no program \(name)") }
      return path
    }
    guard let folder = folders.first(where: { isProgram("\($0)/\(name)") }) else {
      throw Flaw(
        description: "there is no program \(name) in \(folders.joined(separator: ", ")); write its "
          + "whole path")
    }
    return "\(folder)/\(name)"
  }

  private static func isProgram(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      && access(path, X_OK) == 0
  }
}
