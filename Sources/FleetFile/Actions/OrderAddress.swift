import Containment
import YAMLText

/// Reads where an order goes: to whom is fixed, and a parameter stands only in the path or the query.
struct OrderAddress {
  let log: ProblemLog
  let shapes: ShapeReader

  private static let longest = 2048

  func url(_ value: YAMLValue) -> Template? {
    let what = "an address that begins with {instance}, http:// or https://"
    if shapes.isBare(value) { return nil }
    guard let text = value.text(what) else { return nil }
    if let reason = OrderAddress.flaw(text) {
      log.error("\(value.name): \(reason)", at: value.mark)
      return nil
    }
    guard let template = shapes.template(text, value), let first = template.parts.first else {
      return nil
    }
    guard !template.parts.dropFirst().contains(.instance) else {
      log.error("\(value.name): {instance} stands only at the beginning", at: value.mark)
      return nil
    }
    switch first {
    case .instance:
      guard let next = template.parts.dropFirst().first else { return template }
      if case .plain(let text) = next, text.hasPrefix("/") || text.hasPrefix("?") {
        return template
      }
      log.error(
        "\(value.name): after {instance} comes a path, such as {instance}/admin/limits",
        at: value.mark)
      return nil
    case .plain(let text):
      guard let begin = ["http://", "https://"].first(where: text.lowercased().hasPrefix) else {
        value.expected(what)
        return nil
      }
      return isFixed(text, after: begin.count, isAll: template.parts.count == 1, value)
        ? template : nil
    case .service, .captured, .answer, .parameter:
      value.expected(what)
      return nil
    }
  }

  private static func flaw(_ text: String) -> String? {
    if text.utf8.count > longest { return "a URL has at most \(longest) bytes" }
    if text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7f }) {
      return "a URL holds no spaces; write %20"
    }
    return text.contains("#") ? "a URL that is asked has no '#'" : nil
  }

  /// Whether scheme, host and port are all there before anything is put in.
  private func isFixed(_ text: String, after count: Int, isAll: Bool, _ value: YAMLValue) -> Bool {
    let authority = text.dropFirst(count).prefix { $0 != "/" && $0 != "?" }
    guard isAll || count + authority.count < text.count else {
      log.error(
        "\(value.name): nothing is put into scheme, host or port; it goes into the path or the query",
        at: value.mark)
      return false
    }
    do {
      _ = try Address(String(text.prefix(count + authority.count)))
      return true
    } catch {
      log.error("\(value.name): \(error.text)", at: value.mark)
      return false
    }
  }
}
