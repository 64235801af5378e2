import Runbooks

/// A file that says how things are watched and dealt with, as it was in force: which one, by its content.
///
/// Its text is kept beside the entries, by its hash; the state holds this and no more of it.
public struct Document: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable { case fleetFile, runbook }

  public var kind: Kind
  /// Its name without the folder, which is nobody else's business.
  public var name: String
  /// SHA-256 of the text as it is kept.
  public var hash: [UInt8]
  /// Bytes of the same.
  public var size: Int
  /// Secrets that were written in it, each of which is masked in the text that is kept.
  public var masked: Int

  public init(kind: Kind, name: String, hash: [UInt8], size: Int, masked: Int = 0) {
    self.kind = kind
    self.name = name
    self.hash = hash
    self.size = size
    self.masked = masked
  }
}

extension State {
  /// The same state with other documents in force: a recording that is cut may carry other texts.
  public mutating func replaceDocuments(_ body: ([Document]) throws -> [Document]) rethrows {
    present.documents = try body(present.documents)
  }

  /// The same state with runbooks whose texts are kept under other hashes.
  public mutating func renameRunbooks(_ body: ([UInt8]) -> [UInt8]) {
    for place in present.runbooks.indices {
      present.runbooks[place].hash = body(present.runbooks[place].hash)
    }
    for place in present.works.indices {
      present.works[place].rename(hash: body(present.works[place].runbook.hash))
    }
  }
}
