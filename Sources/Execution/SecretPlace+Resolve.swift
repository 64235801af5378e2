package import Containment
import Foundation
import NIOPosix
import Subprocess

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A secret that cannot be had: says from where, and why, never what it is.
package struct SecretError: Error, Sendable, Hashable, CustomStringConvertible {
  package var place: SecretPlace
  package var reason: String

  package var description: String { "no secret \(place): \(reason)" }
}

extension SecretPlace {
  /// Bytes of the longest secret.
  private static let longest = 64 << 10
  /// That a command may take.
  private static let patience = Duration.seconds(5)

  /// The secret, read now: one line, without the white space around it.
  package func resolve() async throws(SecretError) -> String {
    switch self {
    case .environment(let name):
      guard let value = ProcessInfo.processInfo.environment[name] else {
        throw error("it is not set")
      }
      return try sendable(Array(value.utf8))
    case .file(let path):
      let bytes: [UInt8]?
      // A disk may hang: no thread of the pool waits for it.
      do {
        bytes = try await NIOThreadPool.singleton.runIfActive { SecretPlace.bytes(of: path) }
      } catch {
        bytes = nil
      }
      guard let bytes else { throw error("it is no file that can be read") }
      return try sendable(bytes)
    case .command(let arguments):
      guard let program = arguments.first, !program.isEmpty else { throw error("it is not named") }
      return try sendable(try await output(of: program, Array(arguments.dropFirst())))
    }
  }

  private func error(_ reason: String) -> SecretError { SecretError(place: self, reason: reason) }

  /// At most one byte more than a secret may have; nil where there is no regular file to read.
  private static func bytes(of path: String) -> [UInt8]? {
    // A pipe that nobody writes to would be waited for without end.
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 4096)
    while bytes.count <= longest {
      let count = read(file, &room, room.count)
      guard count >= 0 else { return nil }
      if count == 0 { break }
      bytes += room[..<count]
    }
    return bytes
  }

  /// What a command prints, run without a shell, a terminal or anything to read.
  private func output(of program: String, _ arguments: [String]) async throws(SecretError)
    -> [UInt8]
  {
    let executable: Executable = program.contains("/") ? .path(Path(program)) : .name(program)
    var options = PlatformOptions()
    // With all that it has begun: what it leaves behind would keep the pipe open.
    options.createSession = true
    options.teardownSequence = [
      .send(signal: .kill, toProcessGroup: true, allowedDurationToNextStep: .milliseconds(100))
    ]
    let platform = options
    enum Ending: Sendable {
      case said([UInt8])
      case failed(String)
    }
    let ending = await withTaskGroup(of: Ending.self) { group in
      group.addTask {
        do {
          let result = try await run(
            executable, arguments: Arguments(arguments), platformOptions: platform,
            output: .bytes(limit: SecretPlace.longest), error: .discarded)
          guard result.terminationStatus.isSuccess else { return .failed("it ended with an error") }
          return .said(result.standardOutput)
        } catch {
          return .failed("it cannot be run, or says more than \(SecretPlace.longest >> 10) KiB")
        }
      }
      group.addTask {
        do { try await Task.sleep(for: SecretPlace.patience) } catch {
          return .failed("it was called off")
        }
        return .failed("it said nothing in \(SecretPlace.patience.components.seconds) s")
      }
      defer { group.cancelAll() }
      return await group.next() ?? .failed("it said nothing")
    }
    switch ending {
    case .said(let bytes): return bytes
    case .failed(let reason): throw error(reason)
    }
  }

  /// Trimmed, and known to fit into one line of a header.
  private func sendable(_ bytes: [UInt8]) throws(SecretError) -> String {
    guard bytes.count <= SecretPlace.longest else {
      throw error("it is longer than \(SecretPlace.longest >> 10) KiB")
    }
    let blanks: Set<UInt8> = [0x20, 0x09, 0x0a, 0x0d]
    let line = bytes.drop { blanks.contains($0) }.reversed().drop { blanks.contains($0) }
    guard !line.isEmpty else { throw error("it is empty") }
    guard line.allSatisfy({ (0x20...0x7e).contains($0) }) else {
      throw error("it is not one line of plain ASCII")
    }
    return String(decoding: line.reversed(), as: UTF8.self)
  }
}
