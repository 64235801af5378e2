import FleetFile
import YAMLText

/// Texts of `actions:` below a small fleet.
enum ActionText {
  /// The first action is on line 6.
  static let head = """
    version: 1
    services:
      - {name: pricing, instances: ["http://10.0.0.1:80"]}
      - {name: cart, instances: ["http://10.0.0.2:80"]}
    actions:

    """

  static func read(_ text: String, path: String = "etc/damcon.yaml") throws -> FleetFile.Reading {
    try FleetFile.parse(head + text, path: path)
  }

  static func problems(_ text: String) -> [String] {
    FleetText.problems(head + text, path: "f.yaml")
  }
}
