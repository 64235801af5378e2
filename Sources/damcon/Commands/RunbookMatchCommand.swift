import ArgumentParser
import Export
import Fleet
import Foundation
import Incident
import Journal
import Recording
import Replay
import Runbooks

/// Which runbooks matched at an instant of a recording, and why.
struct RunbookMatchCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "match",
    abstract: "Say which runbooks match at an instant of a recording, and why.",
    discussion: """
      Asks the runbooks that the recording was made with, or those that you give, as if they had been \
      in force then. Exits 0 where one matches, 1 where none does.
      """)

  @Argument(help: "The recording.", completion: .file(extensions: ["damcon"]))
  var file: String

  @Option(parsing: .unconditional, help: ArgumentHelp("When; else its end.", valueName: "time"))
  var at: String?

  @Option(help: ArgumentHelp("This service alone.", valueName: "name"))
  var service: String?

  @OptionGroup var runbooks: RunbookOptions
  @Option(help: "How to print it.") var format: TextOrJSON = .text

  func run() throws {
    let recording = try OpenRecording(file)
    let offset =
      try at.map { try recording.offset($0, option: "--at") } ?? recording.span.last.offset
    let state = try state(of: recording, at: offset)
    let present = state.present
    if let service, present.service(named: service) == nil {
      throw Failure(
        "\(file): no service '\(service)' was watched then; there was "
          + present.services.map(\.definition.name).joined(separator: ", "), .wrongUse)
    }
    let names = service.map { [$0] } ?? present.services.map(\.definition.name)
    let found = names.map { RankedMatches(service: $0, present.runbookMatches(of: $0)) }
    let page = MatchPage(
      present: present, services: found.filter { service != nil || !$0.rows.isEmpty })
    switch format {
    case .text: try StandardOutput.write(page.text)
    case .json: try StandardOutput.write(page.document.pretty + "\n")
    }
    if let damage = recording.archive.damage { Damcon.writeError("partial: \(damage)") }
    guard found.contains(where: \.isMatched) else {
      throw ExitCode(Failure.Code.notFine.rawValue)
    }
  }

  private func state(of recording: OpenRecording, at offset: Int64) throws -> State {
    let isAsked = !runbooks.folders.isEmpty || runbooks.config != nil
    if !isAsked {
      let state = try recording.player(at: offset).state
      if !state.present.runbooks.isEmpty { return state }
    }
    guard isAsked || FileManager.default.fileExists(atPath: FleetSource.defaultPath) else {
      throw Failure(
        "\(file) was recorded without runbooks: name a folder of them (--runbooks)", .wrongUse)
    }
    let shelf = try runbooks.shelf(runbooks.folders.isEmpty ? runbooks.source() : nil)
    return try RunbookWalk(recording: recording, cards: shelf.library.cards).state(at: offset)
  }
}
