import Foundation

/// Damcon's own health in the words of the contract that it reads of others.
struct SelfHealth: Encodable {
  struct Check: Encodable {
    var name: String
    var status: SelfVerdict.Status
    var required: Bool
    var message: String?
  }

  struct Saturation: Encodable {
    var name: String
    var used: Int
    var limit: Int
  }

  var status: SelfVerdict.Status
  var timestamp: String
  var message: String?
  var phase: String
  var service = "damcon"
  var version: String
  var build: String?
  var language = "swift"
  var checks: [Check]
  var saturation: [Saturation]

  init(_ figures: SelfFigures, _ verdict: SelfVerdict) {
    status = verdict.status
    timestamp = Date(timeIntervalSince1970: figures.now).formatted(.iso8601)
    message = verdict.message
    phase =
      switch figures.stage {
      case .starting: "warming"
      case .serving: "serving"
      case .stopping: "draining"
      }
    version = figures.version
    build = figures.build
    checks = verdict.checks.map {
      Check(name: $0.name, status: $0.status, required: $0.isRequired, message: $0.message)
    }
    saturation = []
    if let used = figures.process?.openFiles, let limit = figures.process?.mostFiles, limit > 0 {
      saturation.append(Saturation(name: "open-files", used: used, limit: limit))
    }
    if let clients = figures.clients, let limit = clients.limit, limit > 0 {
      saturation.append(Saturation(name: "clients", used: clients.attached, limit: limit))
    }
  }

  /// One object on one line, its keys in order.
  var text: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(self) else {
      return #"{"status":"fail","service":"damcon","message":"its health cannot be written down"}"#
    }
    return String(decoding: data, as: UTF8.self)
  }
}
