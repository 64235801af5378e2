import Containment
import YAMLText
import Yams

/// Reads `headers:` of an order: texts with places in them, and secrets by where they are.
struct HeaderReader {
  /// What relative paths of the file are relative to.
  let folder: String
  let log: ProblemLog
  let shapes: ShapeReader

  static let most = 32
  private static let mostArguments = 64

  func headers(_ value: YAMLValue) -> [HTTPOrder.Header] {
    guard let section = value.section(keys: nil) else { return [] }
    if section.members.count > HeaderReader.most {
      log.error(
        "\(value.name): at most \(HeaderReader.most) headers, found \(section.members.count)",
        at: value.mark)
    }
    var headers: [HTTPOrder.Header] = []
    for member in section.members.prefix(HeaderReader.most) {
      guard isRight(member.key, member.mark) else { continue }
      if headers.contains(where: { $0.name.lowercased() == member.key.lowercased() }) {
        log.error("the header '\(member.key)' is there twice", at: member.mark)
        continue
      }
      if let value = self.value(member.value, of: member.key) {
        headers.append(HTTPOrder.Header(name: member.key, value: value))
      }
    }
    return headers
  }

  private func isRight(_ name: String, _ mark: Mark?) -> Bool {
    guard HeaderName.isToken(name) else {
      log.error("'\(name.prefix(60))' is no header name", at: mark)
      return false
    }
    guard !HeaderName.isOurs(name), name.lowercased() != "idempotency-key" else {
      log.error("the header '\(name)' is set by Damcon itself", at: mark)
      return false
    }
    return true
  }

  /// Never says what a text was: it may be a secret.
  private func value(_ value: YAMLValue, of name: String) -> HTTPOrder.Header.Value? {
    if case .mapping = value.node {
      return shapes.isBare(value) ? nil : place(value).map { .secret($0) }
    }
    guard let text = value.scalar, !value.isNull else {
      log.error(
        "\(value.name): expected text, {env: NAME}, {file: PATH} or {command: [PROGRAM]}",
        at: value.mark)
      return nil
    }
    if text.hasPrefix("${"), text.hasSuffix("}") {
      log.error(
        "\(value.name): variables are not put in; did you mean {env: "
          + "\(text.dropFirst(2).dropLast().prefix(60))}?", at: value.mark)
      return nil
    }
    guard text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
      log.error("\(value.name): a header's value is plain ASCII in one line", at: value.mark)
      return nil
    }
    guard let template = shapes.template(text, value) else { return nil }
    if HeaderName.isSecret(name) {
      log.warn(
        "\(value.name): a secret is written in the file; {env: NAME}, {file: PATH} or "
          + "{command: [PROGRAM]} keeps it out", at: value.mark)
    }
    return .text(template)
  }

  func place(_ value: YAMLValue) -> SecretPlace? {
    let before = log.problems.count
    guard let section = value.section("a secret", keys: Keys.headerSecret),
      log.problems.count == before
    else { return nil }
    switch (section["env"], section["file"], section["command"]) {
    case (let env?, nil, nil):
      let what = "the name of an environment variable"
      guard let name = env.text(what) else { return nil }
      guard isEnvironmentName(name) else {
        log.error("\(env.name): expected \(what)", at: env.mark)
        return nil
      }
      return .environment(name)
    case (nil, let file?, nil):
      return file.text("the path of a file").map { .file(resolve($0, in: folder)) }
    case (nil, nil, let command?): return arguments(command).map { .command($0) }
    default:
      log.error("\(value.name): expected one of env, file and command", at: value.mark)
      return nil
    }
  }

  /// A program with its arguments: no shell takes them apart.
  private func arguments(_ value: YAMLValue) -> [String]? {
    let items = value.list("a program and its arguments as a list, such as [pass, show, deploys]")
    guard case .sequence = value.node else { return nil }
    guard (1...HeaderReader.mostArguments).contains(items.count) else {
      log.error(
        "\(value.name): expected a program and at most \(HeaderReader.mostArguments - 1) arguments",
        at: value.mark)
      return nil
    }
    let texts = items.compactMap { $0.text("text") }
    return texts.count == items.count ? texts : nil
  }
}
