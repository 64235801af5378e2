import FleetFile
import YAMLText

/// What a whole fleet file comes to, as a text.
enum FleetText {
  /// What is wrong with it, a line each, as it prints; nothing where it is read.
  static func problems(_ text: String, path: String = "damcon.yaml") -> [String] {
    flaws(text, path: path).map(\.description)
  }

  /// The same, with each place apart from its words.
  static func flaws(_ text: String, path: String = "damcon.yaml") -> [Problem] {
    do {
      _ = try FleetFile.parse(text, path: path)
      return []
    } catch { return error.problems }
  }
}
