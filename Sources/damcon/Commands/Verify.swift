import ArgumentParser
import Foundation
import Journal
import Ledger

/// Whether a recording is what was written.
struct Verify: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell whether a recording is intact, cut or altered, and from where.",
    discussion: """
      Everything in a journal is chained by hash, so that a change in the middle shows. A file that \
      was written anew from its beginning, or lost its end, shows only beside a head that was kept \
      elsewhere: Damcon tells the system log one with each action. Give those lines with --log, or \
      one head with --head. What budgets have seen lies in the same file outside of the chain, and is told \
      of by itself. Exits 1 where anything speaks against the file.
      """)

  @Argument(help: "The recording.", completion: .file(extensions: ["damcon"]))
  var file: String

  @Option(
    help: ArgumentHelp(
      "A head that was kept elsewhere, as `verify` prints it.", valueName: "\"entry hash\""))
  var head: [String] = []

  @Option(
    help: ArgumentHelp(
      "A file with lines of the system log, such as `journalctl -t damcon` prints.",
      valueName: "file"),
    completion: .file())
  var log: String?

  func run() throws {
    var heads: [JournalHead] = []
    for text in head {
      guard let head = JournalHead(text) else {
        throw Failure("--head: `\(text)` is no head; it is an entry's number and a hash", .wrongUse)
      }
      heads.append(head)
    }
    if let log {
      guard let data = FileManager.default.contents(atPath: log) else {
        throw Failure("--log: \(log) cannot be read", .wrongUse)
      }
      let fleet = (try? JournalArchive(path: file).about())?.fleet ?? ""
      let found = JournalHead.found(in: String(decoding: data, as: UTF8.self), of: fleet)
      guard !found.isEmpty else {
        throw Failure("--log: \(log) holds no head of the journal of \(fleet)", .wrongUse)
      }
      heads += found
    }
    let verification: Verification
    do { verification = try Verifier.verify(path: file, heads: heads) } catch {
      throw Failure(error.description, error.cause == .absent ? .wrongUse : .couldNotRun)
    }
    // Beside the recording, and judged by itself: where the file cannot be opened that was said.
    let budgets = try? LedgerCheck(path: file)
    let sentences = verification.sentences + [budgets?.sentence].compactMap(\.self)
    try StandardOutput.write(sentences.map { LineText.clean($0) }.joined())
    if !verification.isGood || budgets?.isGood == false {
      throw ExitCode(Failure.Code.notFine.rawValue)
    }
  }
}
