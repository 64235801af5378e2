import Canvas
import Containment

/// One order as it would be carried out: a request that is sent, or a program that is run, with all that goes along.
struct OrderLines {
  private let width: Int

  /// - Parameter width: columns that a line has.
  init(width: Int) { self.width = max(12, width) }

  /// - Parameter number: stands before it, where it is one of several: `2 `.
  func lines(_ order: PlannedOrder, number: String = "") -> [[Run]] {
    switch order {
    case .http(let request): self.request(request, number)
    case .command(let command): self.command(command, number)
    }
  }

  private func broken(_ runs: [Run]) -> [[Run]] { LineBreaker.lines(runs, width: width) }

  // MARK: A request

  private func request(_ request: PlannedRequest, _ number: String) -> [[Run]] {
    var lines = broken([
      Run(number, .dim), Run(request.method, .strong), Run(" \(request.url)"),
    ])
    lines += request.headers.flatMap { given($0, ": ") }
    if let body = request.body { lines += broken([Run(body)]) }
    if let follow = request.follow { lines += self.follow(follow) }
    return lines
  }

  /// A header, or what a program finds in its environment; of a secret there is only its place.
  private func given(_ header: PlannedRequest.Header, _ sign: String) -> [[Run]] {
    let value: Run
    switch header.value {
    case .text(let text): value = Run(text)
    case .secret(let place): value = Run("(secret, \(place))", .info)
    }
    return broken([Run("\(header.name)\(sign)", .dim), value])
  }

  /// `then asks …/status every 2s until /state is done; failed is not done`
  private func follow(_ follow: PlannedRequest.Follow) -> [[Run]] {
    var runs = [
      Run("then asks ", .dim), Run(follow.url),
      Run(" every \(ActionWords.length(follow.every)) until ", .dim),
      Run(follow.pointer), Run(" is ", .dim), Run(follow.done.joined(separator: " or ")),
    ]
    if !follow.failed.isEmpty {
      runs += [
        Run("; ", .dim), Run(follow.failed.joined(separator: " or ")), Run(" is not done", .dim),
      ]
    }
    return broken(runs)
  }

  // MARK: A program

  private func command(_ command: PlannedCommand, _ number: String) -> [[Run]] {
    let pieces = command.arguments.map(Self.quoted)
    let isPlain = !zip(pieces, command.arguments).contains { $0 != $1 }
    var lines: [[Run]]
    if isPlain {
      lines = broken(
        [Run(number, .dim), Run(pieces.first ?? "", .strong)]
          + pieces.dropFirst().map { Run(" \($0)") })
    } else {
      // Blanks in an argument must not be taken for those between two: each has a line of its own.
      lines = pieces.enumerated().flatMap { place, piece in
        self.piece(
          piece, place == 0 ? .strong : .text, first: place == 0 ? number : "  ")
      }
    }
    lines += command.environment.flatMap { given($0, "=") }
    if let input = command.input {
      lines += broken([Run("its input: ", .dim), Run(input)])
    }
    if command.success != [0...0] {
      let codes = command.success.map {
        $0.lowerBound == $0.upperBound ? "\($0.lowerBound)" : "\($0.lowerBound) to \($0.upperBound)"
      }
      lines += broken([Run("done where it ends with \(codes.joined(separator: ", "))", .dim)])
    }
    return lines
  }

  /// As a shell would have to be told it.
  static func quoted(_ argument: String) -> String {
    PlannedOrder.command(PlannedCommand(arguments: [argument])).words
  }

  /// Cut where a line is full, and nowhere else: no blank of it is lost.
  private func piece(_ text: String, _ role: Role, first: String) -> [[Run]] {
    var lines: [[Run]] = []
    var (line, used) = ("", first.count)
    for character in text {
      let columns = DisplayText.width(of: String(character))
      if used + columns > width, !line.isEmpty {
        lines.append([Run(lines.isEmpty ? first : "    ", .dim), Run(line, role)])
        (line, used) = ("", 4)
      }
      line.append(character)
      used += columns
    }
    return lines + [[Run(lines.isEmpty ? first : "    ", .dim), Run(line, role)]]
  }
}
