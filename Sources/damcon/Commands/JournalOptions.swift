import ArgumentParser

/// Where what is watched is recorded.
struct JournalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Record into this file instead of the journal that is always kept.", valueName: "file.damcon"),
    completion: .file(extensions: ["damcon"]))
  var record: String?

  @Flag(
    help: ArgumentHelp(
      "Keep what services answer word for word too.",
      discussion: """
        The bodies of metrics and health answers, packed, each once: `damcon export --format raw` \
        gives them back. They take most of the room that a journal may have, so that it reaches less \
        far back.
        """))
  var keepRaw = false

  @Option(
    help: ArgumentHelp(
      "Where other logins of this host act (damcon action, approve); else as the fleet file says, or the user's own place.",
      valueName: "path"),
    completion: .file(extensions: ["sock"]))
  var socket: String?

  /// - Parameter usual: where to, if no file is named.
  func wish(_ usual: LiveJournal.Place) -> LiveJournal.Wish {
    LiveJournal.Wish(
      place: record.map { .file($0) } ?? usual, keepsRaw: keepRaw, socket: socket)
  }
}
