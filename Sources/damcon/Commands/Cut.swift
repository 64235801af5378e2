import ArgumentParser
import Fleet
import Foundation
import Journal
import Recording

extension Redactor.Rule: ExpressibleByArgument {}

/// An incident out of a journal.
struct Cut: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Take an incident out of a journal into a file to share.",
    discussion: """
      The minutes before --from are in it too, as the baseline to compare with. The file has a chain \
      of its own and says what it is, where it was taken from and what is not in it: `damcon verify` \
      prints that. A journal that is being written is shared so, never by copying it.

      The fleet files in force go with it, and the bodies of answers where they were kept.

      --redact replaces hosts, addresses, names and tokens in every text, the same one by the same word \
      everywhere, in the fleet files too; bodies of answers are left out. It finds them by rule: \
      read the cut before you send it to strangers. Names of services, versions and messages stay.
      """)

  @Argument(help: "The recording.", completion: .file(extensions: ["damcon"]))
  var file: String

  @Option(parsing: .unconditional, help: ArgumentHelp("From when on.", valueName: "time"))
  var from: String

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Up to when; else its end.", valueName: "time"))
  var to: String?

  @Option(
    name: [.short, .long], help: ArgumentHelp("The file to make.", valueName: "file.damcon"),
    completion: .file(extensions: ["damcon"]))
  var output: String

  @Option(help: ArgumentHelp("How much from before --from.", valueName: "duration"))
  var baseline = DurationArgument(argument: "10m")!

  @Flag(help: "Replace hosts, addresses, names and tokens.") var redact = false

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Replace these alone.", valueName: "hosts|addresses|names|tokens"))
  var redactOnly: [Redactor.Rule] = []

  func run() throws {
    let recording = try OpenRecording(file)
    let start = try recording.offset(from, option: "--from")
    let end = try to.map { try recording.offset($0, option: "--to") } ?? recording.span.last.offset
    guard start <= end else { throw Failure("--from is after --to", .wrongUse) }
    let rules = redactOnly.isEmpty ? (redact ? Set(Redactor.Rule.allCases) : []) : Set(redactOnly)
    let making = CutMaking(
      source: recording,
      from: max(recording.span.first.offset, start - Int64(baseline.seconds * 1e9)),
      to: end, rules: rules)
    let made: CutMaking.Made
    do { made = try making.make(output) } catch { throw OpenRecording.failure(error, output) }
    var text =
      "\(output): entries \(made.statement.firstSequence) to \(made.statement.lastSequence)\n"
    for removed in made.statement.removed { text += "not in it: \(removed)\n" }
    for redacted in made.statement.redacted {
      text += "replaced: \(redacted.rule), \(redacted.count) different\n"
    }
    text += "head \(made.head.sequence) \(made.head.link)\n"
    if let damage = recording.archive.damage { text += "partial: \(damage)\n" }
    try StandardOutput.write(text)
  }
}
