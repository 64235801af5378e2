import ArgumentParser

/// Where what is watched is recorded.
struct JournalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Record into this file instead of the journal that is always kept.", valueName: "file.damcon"),
    completion: .file(extensions: ["damcon"]))
  var record: String?

  func place(_ usual: LiveJournal.Place) -> LiveJournal.Place { record.map { .file($0) } ?? usual }
}
