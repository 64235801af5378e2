import ArgumentParser
import FleetFile

/// A length of time as people write it: `10s`, `1m30s`, `500ms`, or plain seconds.
struct DurationArgument: ExpressibleByArgument, Sendable {
  var seconds: Double

  init?(argument: String) {
    guard let seconds = Double(argument) ?? FleetFile.seconds(argument), seconds >= 0,
      seconds.isFinite
    else { return nil }
    self.seconds = seconds
  }
}
