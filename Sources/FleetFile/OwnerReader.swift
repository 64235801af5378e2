import Fleet
import YAMLText

/// Reads `owner:`, of a service or a runbook: a team, or who is in it.
enum OwnerReader {
  /// - Parameter owner: what it says less than is taken from here.
  static func owner(_ value: YAMLValue, over owner: Owner = Owner()) -> Owner {
    var owner = owner
    if value.scalar != nil {
      owner.team = value.text("a team")
    } else if let section = value.section("owner", keys: Keys.owner) {
      owner.team = section["team"]?.text("a team") ?? owner.team
      owner.primary = section["primary"]?.text("a person") ?? owner.primary
      owner.secondary = section["secondary"]?.text("a person") ?? owner.secondary
      owner.channel = section["channel"]?.text("a channel") ?? owner.channel
    }
    return owner
  }
}
