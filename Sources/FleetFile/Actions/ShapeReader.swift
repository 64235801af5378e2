import Containment
import YAMLText
import Yams

/// Reads texts and JSON values with places in them: `{limit}`, `{service}`, `{captured}`.
struct ShapeReader {
  let log: ProblemLog
  /// The parameters that may be put in, by name.
  let parameters: [String]
  /// It is put in where something is taken back: what was so before is known.
  var hasCaptured = false
  /// It is put in for one instance.
  var hasInstance = true
  /// It is put in where something has answered already.
  var hasAnswer = false

  /// What is put in without being asked for; no parameter goes by these names.
  static let builtIn = ["instance", "service", "captured", "answer"]

  /// Bytes of one text, values of one body, and how deep they stand in each other.
  static let longest = 4096
  static let most = 1000
  static let deepest = 16

  // MARK: Texts

  /// The places of a text; every one that is not known is complained of.
  func template(_ text: String, _ value: YAMLValue) -> Template? {
    guard text.utf8.count <= ShapeReader.longest else {
      log.error("\(value.name): a text has at most \(ShapeReader.longest) bytes", at: value.mark)
      return nil
    }
    guard let template = try? Template(text) else {
      log.error(
        "\(value.name): a brace is not closed, or names nothing; those that stand for themselves "
          + "are doubled", at: value.mark)
      return nil
    }
    let wrong = template.parts.compactMap { flaw($0) }
    for (place, reason) in wrong {
      ConditionReader.complain(reason, column: column(of: place, in: text), in: value)
    }
    return wrong.isEmpty ? template : nil
  }

  /// What is wrong with a place, and how it is written.
  private func flaw(_ part: Template.Part) -> (place: String, reason: String)? {
    switch part {
    case .plain, .service: return nil
    case .instance:
      guard !hasInstance else { return nil }
      return ("{instance}", "there is no {instance}: the request goes to the service as a whole")
    case .captured:
      guard !hasCaptured else { return nil }
      return ("{captured}", "{captured} is what was so before: it goes with revert only")
    case .answer:
      guard !hasAnswer else { return nil }
      return ("{answer}", "{answer} is what the first answer says: it goes with follow only")
    case .parameter(let name):
      guard !parameters.contains(name) else { return nil }
      let near = NearestWord.to(name, among: parameters + ShapeReader.builtIn)
      return (
        "{\(name)}",
        "no parameter is called '\(name.prefix(60))'"
          + (near.map { "; did you mean {\($0)}?" } ?? "; define it under parameters:")
      )
    }
  }

  private func column(of place: String, in text: String) -> Int {
    guard let found = text.firstRange(of: place) else { return 1 }
    return text.unicodeScalars.distance(from: text.startIndex, to: found.lowerBound) + 1
  }

  // MARK: Values

  func shape(_ value: YAMLValue) -> Shape? {
    var left = ShapeReader.most
    return shape(value, depth: 0, &left)
  }

  private func shape(_ value: YAMLValue, depth: Int, _ left: inout Int) -> Shape? {
    log.budget -= 1
    left -= 1
    guard left >= 0, log.budget > 0 else {
      if left == -1 {
        log.error("\(value.name): more than \(ShapeReader.most) values", at: value.mark)
      }
      return nil
    }
    guard depth <= ShapeReader.deepest else {
      log.error(
        "\(value.name): values stand at most \(ShapeReader.deepest) deep in each other",
        at: value.mark)
      return nil
    }
    switch value.node {
    case .scalar(let scalar): return self.scalar(scalar, value)
    case .sequence:
      let items = value.list()
      var shapes: [Shape] = []
      for item in items {
        guard left >= 0 else { return nil }
        if let shape = shape(item, depth: depth + 1, &left) { shapes.append(shape) }
      }
      return shapes.count == items.count ? .list(shapes) : nil
    case .mapping:
      if isBare(value) { return nil }
      guard let section = value.section(keys: nil) else { return nil }
      var fields: [Shape.Field] = []
      for member in section.members {
        guard left >= 0 else { return nil }
        if let shape = shape(member.value, depth: depth + 1, &left) {
          fields.append(Shape.Field(name: member.key, value: shape))
        }
      }
      return fields.count == section.members.count ? .fields(fields) : nil
    case .alias:
      value.expected("a value")
      return nil
    }
  }

  private func scalar(_ scalar: Node.Scalar, _ value: YAMLValue) -> Shape? {
    if value.isNull { return .null }
    if scalar.style == .plain || scalar.style == .any {
      switch scalar.string {
      case "true", "True", "TRUE": return .flag(true)
      case "false", "False", "FALSE": return .flag(false)
      default: break
      }
      if let number = ShapeReader.number(scalar.string) {
        guard number.magnitude <= ShapeReader.exact else {
          log.error(
            "\(value.name): the number is too large to be kept as it is; write it in quotes",
            at: value.mark)
          return nil
        }
        return .number(number)
      }
    }
    guard let template = template(scalar.string, value) else { return nil }
    guard template.parts.count == 1 else { return .text(template) }
    switch template.parts[0] {
    case .parameter(let name): return .parameter(name)
    case .captured: return .captured
    case .plain, .instance, .service, .answer: return .text(template)
    }
  }

  /// Up to here every whole number is one of its own.
  private static let exact = 9_007_199_254_740_991.0

  /// A number as YAML and JSON write it; `1.41.3` and `nan` are texts.
  private static func number(_ text: String) -> Double? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }),
      text.utf8.contains(where: { (0x30...0x39).contains($0) })
    else { return nil }
    return Double(text)
  }

  /// `{limit}` without quotes is a mapping with one key and nothing under it: says so.
  func isBare(_ value: YAMLValue) -> Bool {
    guard case .mapping(let mapping) = value.node, mapping.count == 1,
      let key = mapping.first?.key.scalar?.string, mapping.first?.value.scalar?.string == "",
      (parameters + ShapeReader.builtIn).contains(key)
    else { return false }
    log.error(
      "\(value.name): write \"{\(key)}\" in quotes: YAML reads it as a mapping", at: value.mark)
    return true
  }
}
