import Foundation

/// A real terminal: a program in tmux, its keys and its screen.
final class Terminal {
  private let socket = "damcon-test-\(UUID().uuidString.prefix(8))"
  private let configuration: URL
  /// tmux's own process, ended by its id.
  private var server: Int32 = 0

  /// Runs `command` (through `sh -c`) in a terminal of `columns` by `rows`.
  init(
    _ command: String, columns: Int = 80, rows: Int = 24, term: String = "tmux-256color",
    environment: [String: String] = [:]
  ) throws {
    configuration = FileManager.default.temporaryDirectory
      .appendingPathComponent("\(socket).conf")
    try """
    set -g default-terminal \(term)
    set -g status off
    set -g remain-on-exit on
    set -s escape-time 0
    """.write(to: configuration, atomically: true, encoding: .utf8)
    // The shell outlives the program: what a terminal is told just before it closes may be lost.
    let script = "\(command); echo \"ended with $?\"; exec sleep 600"
    let variables = environment.map { "\($0.key)='\($0.value)'" }.sorted().joined(separator: " ")
    try run([
      "-f", configuration.path, "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)",
      "env LC_ALL=C.UTF-8 \(variables) sh -c '\(script.replacing("'", with: "'\\''"))'",
    ])
    server = Int32(format("#{pid}")) ?? 0
  }

  deinit {
    for child in [processID, shellID] { if let child { kill(child, SIGKILL) } }
    if isServing { kill(server, SIGKILL) }
    try? FileManager.default.removeItem(at: configuration)
  }

  /// What the screen shows, rows without trailing spaces.
  var screen: String { (try? run(["capture-pane", "-p"])) ?? "" }

  /// The screen with the sequences that color it.
  var colored: String { (try? run(["capture-pane", "-e", "-p"])) ?? "" }

  /// Exit status once the program has ended, 128 and the signal's number where one ended it; nil
  /// while it runs. The shell around it writes it on the screen.
  var exitStatus: Int? {
    let screen = screen
    guard let note = screen.range(of: "ended with ", options: .backwards) else { return nil }
    return Int(screen[note.upperBound...].prefix { $0.isNumber })
  }

  /// Whether the alternate screen is on.
  var isAlternate: Bool { format("#{alternate_on}") == "1" }

  /// The program under test.
  var processID: Int32? {
    guard let shell = shellID,
      let children = try? String(
        contentsOfFile: "/proc/\(shell)/task/\(shell)/children", encoding: .utf8)
    else { return nil }
    return children.split(separator: " ").first.flatMap { Int32($0) }
  }

  /// nil once it has ended: its number may be another's.
  private var shellID: Int32? { Int32(format("#{?pane_dead,,#{pane_pid}}")) }

  /// The process that was tmux's still is.
  private var isServing: Bool {
    guard server > 0 else { return false }
    let words = try? String(contentsOfFile: "/proc/\(server)/cmdline", encoding: .utf8)
    return words?.contains(socket) == true
  }

  func format(_ format: String) -> String {
    ((try? run(["display-message", "-p", format])) ?? "")
      .trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// Every byte that the program writes from now on goes into a file too.
  func log(to file: String) { _ = try? run(["pipe-pane", "cat >>'\(file)'"]) }

  /// Types keys in tmux's names: `j`, `Enter`, `Escape`, `Up`.
  func type(_ keys: String...) { _ = try? run(["send-keys"] + keys) }

  /// tmux's newest buffer: what a copy inside tmux arrives in.
  var copied: String { (try? run(["show-buffer"])) ?? "" }

  func resize(columns: Int, rows: Int) {
    _ = try? run(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  /// Waits until the screen satisfies `condition`; false when it has not after `seconds`.
  func wait(_ seconds: Double = 20, until condition: (String) -> Bool) -> Bool {
    waitUntil(seconds) { condition(screen) }
  }

  func waitForExit(_ seconds: Double = 20) -> Int? {
    _ = waitUntil(seconds) { exitStatus != nil }
    return exitStatus
  }

  @discardableResult private func run(_ arguments: [String]) throws -> String {
    try Command.run("/usr/bin/env", ["tmux", "-L", socket] + arguments).output
  }
}

/// Looks again every 50 ms until `condition` holds; false when it has not after `seconds`.
func waitUntil(_ seconds: Double, _ condition: () -> Bool) -> Bool {
  let deadline = ContinuousClock.now + .seconds(seconds)
  while !condition() {
    if ContinuousClock.now > deadline { return false }
    Thread.sleep(forTimeInterval: 0.05)
  }
  return true
}
