/// A runbook that is read for a service: by its words, so that it stays the same one whatever changes.
package struct RunbookPlace: Sendable, Hashable {
  package var service: String
  package var id: String
  /// SHA-256 of its text.
  package var hash: [UInt8]

  package init(service: String, id: String, hash: [UInt8]) {
    self.service = service
    self.id = id
    self.hash = hash
  }
}
