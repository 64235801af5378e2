import ArgumentParser
import Bridge

/// What is to be done to which service, and why.
struct WishOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("What `damcon action list` names.", valueName: "action"))
  var action: String

  @Argument(help: ArgumentHelp("The service that it is done to.", valueName: "service"))
  var service: String?

  @Argument(help: ArgumentHelp("What the action is told.", valueName: "name=value"))
  var values: [String] = []

  @Option(help: "Why, for the journal and for who approves it.") var reason = ""

  func request() throws -> Request {
    guard let service = service ?? (action.hasPrefix("plan:") ? "" : nil) else {
      throw Failure("name the service that \(action) is for", .wrongUse)
    }
    var arguments: [String: String] = [:]
    for value in values {
      let parts = value.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw Failure("'\(value)': what an action is told is name=value", .wrongUse)
      }
      guard arguments.updateValue(String(parts[1]), forKey: String(parts[0])) == nil else {
        throw Failure("\(parts[0]) is said twice", .wrongUse)
      }
    }
    return .plan(
      action: action, service: service, arguments: arguments, reason: reason, origin: nil)
  }
}
