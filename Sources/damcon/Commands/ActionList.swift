import ArgumentParser
import Bridge
import Containment
import Export

/// What can be triggered.
struct ActionList: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List what can be triggered, and why what cannot be is not.",
    discussion: "Exits 1 where there is nothing.")

  @Option(help: ArgumentHelp("Only what is for this service.", valueName: "name"))
  var service: String?
  @OptionGroup var bridge: BridgeOptions

  func run() throws {
    let client = try bridge.connect()
    let reply = try client.answer(to: .list(service: service), bridge.format)
    guard case .offers(let offers, let left) = reply else {
      throw Failure("\(client.path): the answer is to another question")
    }
    switch bridge.format {
    case .text: try StandardOutput.write(text(offers, left))
    case .json:
      try StandardOutput.write(
        client.document([
          ("actions", .array(offers.map(object))), ("left", .number(left)),
        ]))
    }
    if offers.isEmpty { throw ExitCode(Failure.Code.notFine.rawValue) }
  }

  private func text(_ offers: [Offer], _ left: Int) -> String {
    guard !offers.isEmpty else { return "no action\n" }
    var table = TextTable([
      ("service", .left), ("action", .left), ("risk", .left), ("mode", .left),
      ("takes", .left), ("approvals", .right), ("undone", .left), ("not now", .left),
    ])
    for offer in offers {
      table.add([
        offer.service, offer.id, offer.risk.rawValue, offer.mode.rawValue,
        offer.parameters.isEmpty ? "-" : offer.parameters.map(words).joined(separator: " "),
        "\(offer.approvals)", offer.isReversible ? "yes" : "no", offer.obstacle ?? "",
      ])
    }
    let more = left > 0 ? ["\(left) more: name a service (--service)"] : []
    return (table.lines + more).map { $0 + "\n" }.joined()
  }

  /// `limit=1..512`, `flag=new-cart|fast-quotes`
  private func words(_ parameter: Parameter) -> String {
    var words = parameter.name + "="
    if !parameter.choices.isEmpty {
      words += parameter.choices.joined(separator: "|")
    } else if parameter.lowest != nil || parameter.highest != nil {
      let low = parameter.lowest.map { Argument.number($0).words } ?? ""
      let high = parameter.highest.map { Argument.number($0).words } ?? ""
      words += "\(low)..\(high)"
    } else {
      words += parameter.type.rawValue
    }
    return words
  }

  private func object(_ offer: Offer) -> JSONText {
    .object([
      ("id", .string(offer.id)), ("service", .string(offer.service)),
      ("kind", .string(offer.kind)), ("title", .string(offer.title)),
      ("risk", .string(offer.risk.rawValue)), ("mode", .string(offer.mode.rawValue)),
      ("approvals", .number(offer.approvals)), ("reversible", .bool(offer.isReversible)),
      ("available", .bool(offer.obstacle == nil)), ("obstacle", .string(offer.obstacle)),
      (
        "parameters",
        .array(
          offer.parameters.map {
            .object([
              ("name", .string($0.name)), ("type", .string($0.type.rawValue)),
              ("default", $0.usual.map(ActionRunJSON.value) ?? .null),
              ("min", .number($0.lowest)), ("max", .number($0.highest)),
              ("choices", .strings($0.choices)), ("unit", .string($0.unit)),
            ])
          })
      ),
    ])
  }
}
