import Containment
import YAMLText
import Yams

/// Reads `command:`: a program with its arguments, or a mapping with what it reads and what it is told besides.
struct CommandReader {
  /// What relative paths of the file are relative to.
  let folder: String
  let log: ProblemLog
  var shapes: ShapeReader

  static let most = 64
  private static let mostVariables = 32
  private static let mostCodes = 16

  /// - Parameter base: what it takes back; what it leaves out is as there.
  func command(_ value: YAMLValue, over base: CommandOrder? = nil) -> CommandOrder? {
    let before = log.problems.count
    let what = "a program and its arguments as a list, such as [systemctl, restart, pricing]"
    switch value.node {
    case .sequence:
      guard let arguments = arguments(value) else { return nil }
      var order = CommandOrder(arguments)
      if let base {
        (order.input, order.environment, order.success) =
          (base.input, base.environment, base.success)
      }
      return log.problems.count == before ? order : nil
    case .mapping: break
    case .scalar, .alias:
      value.expected("\(what), or a mapping with run:")
      return nil
    }
    guard let section = value.section("command", keys: Keys.command) else { return nil }
    var arguments = base?.arguments
    if let run = section["run"] {
      arguments = self.arguments(run)
    } else if base == nil {
      log.error("\(value.name): 'run' is missing: \(what)", at: value.mark)
    }
    var order = CommandOrder(arguments ?? [])
    order.input = section["input"].map(input) ?? base?.input
    order.environment = section["env"].map(environment) ?? base?.environment ?? []
    order.success = section["success"].map(codes) ?? base?.success ?? order.success
    order.dryRun = section["dry_run"].map(dryRun)
    guard arguments != nil, log.problems.count == before else { return nil }
    return order
  }

  // MARK: The program

  private func arguments(_ value: YAMLValue) -> [Template]? {
    let items = value.list(
      "a program and its arguments as a list, such as [systemctl, restart, pricing]")
    guard case .sequence = value.node else { return nil }
    guard (1...CommandReader.most).contains(items.count) else {
      log.error(
        "\(value.name): expected a program and at most \(CommandReader.most - 1) arguments",
        at: value.mark)
      return nil
    }
    let before = log.problems.count
    var templates: [Template] = []
    for (place, item) in items.enumerated() {
      if shapes.isBare(item) { continue }
      guard let text = item.scalar, !item.isNull, place > 0 || !text.isEmpty else {
        item.expected(place == 0 ? "the name of a program" : "text")
        continue
      }
      guard isWhole(text, item), let template = shapes.template(text, item) else { continue }
      templates.append(template)
    }
    guard log.problems.count == before, let program = templates.first else { return nil }
    guard case .plain(let name)? = program.parts.first, program.parts.count == 1 else {
      log.error("\(items[0].name): nothing is put into the name of a program", at: items[0].mark)
      return nil
    }
    if let (place, reason) = CommandReader.interpreted(templates) {
      log.error("\(items[place].name): \(reason)", at: items[place].mark)
      return nil
    }
    guard name.contains("/") else { return templates }
    // Beside the file, wherever Damcon is started from.
    let path = resolve(name, in: folder).replacing("{", with: "{{").replacing("}", with: "}}")
    guard let program = try? Template(path) else { return nil }
    return [program] + templates.dropFirst()
  }

  /// A program gets its arguments as C does: what stands behind a zero byte would be lost.
  private func isWhole(_ text: String, _ value: YAMLValue) -> Bool {
    if !text.utf8.contains(0) { return true }
    log.error("\(value.name): an argument has no zero byte", at: value.mark)
    return false
  }

  private static let interpreters: Set<String> = [
    "sh", "bash", "dash", "ash", "zsh", "ksh", "fish", "csh", "tcsh", "python", "python3", "perl",
    "ruby", "node", "lua", "php", "pwsh", "su", "runuser", "flock", "script",
  ]

  /// `python3.11` too.
  private static func isInterpreter(_ name: String) -> Bool {
    guard !interpreters.contains(name) else { return true }
    let stem = name.prefix { $0 != "." && $0 != "-" }
    return interpreters.contains {
      stem == $0 || stem.hasPrefix($0) && stem.dropFirst($0.count).allSatisfy(\.isNumber)
    }
  }

  /// `-c`, `-e`, `--eval` and their like: a program's text follows, or stands in the same argument.
  private static func asksForCode(_ text: String) -> Bool {
    if text.hasPrefix("--") {
      return ["--eval", "--command", "--print", "--session-command"].contains { text.hasPrefix($0) }
    }
    return text.hasPrefix("-") && text.contains { "ceErp".contains($0) }
  }

  /// An argument that would be taken apart again as a program's text, and why that is none.
  private static func interpreted(_ templates: [Template]) -> (place: Int, reason: String)? {
    var isInterpreter = false
    var isCode = false
    var isRemote = false
    for (place, template) in templates.enumerated() {
      let isPlain = template.parts.allSatisfy { if case .plain = $0 { true } else { false } }
      guard isPlain else {
        var isInline = false
        if isInterpreter, case .plain(let text)? = template.parts.first {
          isInline = asksForCode(text)
        }
        if isCode || isInline {
          return (
            place,
            "it would be run as a program, and so would what is put into it: give it as a further "
              + "argument or in env:"
          )
        }
        if isRemote {
          return (place, "ssh hands its arguments to a shell over there: nothing is put into them")
        }
        continue
      }
      guard case .plain(let text)? = template.parts.first else {
        isCode = false
        continue
      }
      let name = String(text.split(separator: "/").last ?? "")
      if CommandReader.isInterpreter(name) {
        isInterpreter = true
      } else if name == "ssh" {
        isRemote = true
      }
      isCode = isInterpreter && asksForCode(text)
    }
    return nil
  }

  /// Plain texts: nothing is put into what only tries out.
  private func dryRun(_ value: YAMLValue) -> [String] {
    let items = value.list("a list of arguments, such as [\"--dry-run=server\"]", orOne: true)
    if items.isEmpty, case .sequence = value.node {
      log.error("\(value.name): name at least one argument", at: value.mark)
    }
    if items.count > CommandReader.most {
      log.error(
        "\(value.name): at most \(CommandReader.most) arguments, found \(items.count)",
        at: value.mark)
    }
    return items.prefix(CommandReader.most).compactMap { item in
      item.text("text").flatMap { isWhole($0, item) ? $0 : nil }
    }
  }

  // MARK: What it is told

  private func input(_ value: YAMLValue) -> Template? {
    if shapes.isBare(value) { return nil }
    guard let text = value.scalar else {
      value.expected("text")
      return nil
    }
    var shapes = shapes
    shapes.hasInstance = true
    guard let template = shapes.template(text, value) else { return nil }
    guard !template.asksForInstance else {
      log.error(
        "\(value.name): {instance} is an address: it goes into an argument, not into what is read",
        at: value.mark)
      return nil
    }
    return template
  }

  private func environment(_ value: YAMLValue) -> [CommandOrder.Variable] {
    guard let section = value.section(keys: nil) else { return [] }
    if section.members.count > CommandReader.mostVariables {
      log.error(
        "\(value.name): at most \(CommandReader.mostVariables) variables, found "
          + "\(section.members.count)", at: value.mark)
    }
    return section.members.prefix(CommandReader.mostVariables).compactMap { member in
      let name = member.key
      guard !name.isEmpty, isEnvironmentName(name), name.first?.isNumber == false else {
        log.error("'\(name.prefix(60))' is no name of an environment variable", at: member.mark)
        return nil
      }
      guard name != "PATH" else {
        log.error(
          "PATH is set by Damcon itself; write the whole path of the program", at: member.mark)
        return nil
      }
      return variable(member.value).map { CommandOrder.Variable(name: name, value: $0) }
    }
  }

  private func variable(_ value: YAMLValue) -> HTTPOrder.Header.Value? {
    if case .mapping = value.node {
      if shapes.isBare(value) { return nil }
      return HeaderReader(folder: folder, log: log, shapes: shapes).place(value)
        .map { .secret($0) }
    }
    guard let text = value.scalar, !value.isNull else {
      log.error(
        "\(value.name): expected text, {env: NAME}, {file: PATH} or {command: [PROGRAM]}",
        at: value.mark)
      return nil
    }
    guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
      log.error("\(value.name): a variable's value is one line", at: value.mark)
      return nil
    }
    return shapes.template(text, value).map { .text($0) }
  }

  /// Exit codes: `0`, `0-3`, or a list of such.
  private func codes(_ value: YAMLValue) -> [ClosedRange<Int>] {
    let items = value.list("an exit code such as 0 or 0-3, or a list of them", orOne: true)
    if items.isEmpty, case .sequence = value.node {
      log.error("\(value.name): name at least one exit code", at: value.mark)
    }
    if items.count > CommandReader.mostCodes {
      log.error(
        "\(value.name): at most \(CommandReader.mostCodes) exit codes, found \(items.count)",
        at: value.mark)
    }
    return items.prefix(CommandReader.mostCodes).compactMap { item in
      if let text = item.scalar, let range = OrderReader.numbers(text, within: 0...255) {
        return range
      }
      item.expected("an exit code such as 0 or 0-3")
      return nil
    }
  }
}
