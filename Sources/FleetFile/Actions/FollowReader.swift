import Containment
import YAMLText
import Yams

/// Reads `follow:` of a request: how to learn that what it began is done.
struct FollowReader {
  let log: ProblemLog
  let shapes: ShapeReader

  private static let mostWords = 16

  func follow(_ value: YAMLValue) -> HTTPOrder.Follow? {
    let before = log.problems.count
    guard let section = value.section("follow", keys: Keys.follow) else { return nil }
    for key in ["url", "pointer", "done"] where section[key] == nil {
      log.error("\(value.name): '\(key)' is missing", at: value.mark)
    }
    var shapes = shapes
    shapes.hasAnswer = true
    let address = section["url"]
    let url = address.flatMap { OrderAddress(log: log, shapes: shapes).url($0) }
    let answer = section["answer"].flatMap(OrderReader.pointer)
    let pointer = section["pointer"].flatMap(OrderReader.pointer)
    let done = section["done"].map { words($0) }
    let failed = section["failed"].map { words($0) } ?? []
    let every = section["every"].map { $0.duration(0.1...60, such: "2s") ?? 0 }
    if let url, let address {
      let asks = url.parts.contains(.answer)
      if asks, section["answer"] == nil {
        log.error(
          "\(address.name): {answer} is what the first answer says: add answer: with where in it",
          at: address.mark)
      }
      if !asks, let value = section["answer"] {
        log.error("\(value.name): is put in nowhere; write {answer} into url", at: value.mark)
      }
    }
    if let word = done?.first(where: failed.contains), let value = section["failed"] {
      log.error("\(value.name): '\(word)' says that it is done", at: value.mark)
    }
    guard let url, let pointer, let done, log.problems.count == before else { return nil }
    var follow = HTTPOrder.Follow(url: url, answer: answer, pointer: pointer, done: done)
    follow.failed = failed
    follow.every = every ?? follow.every
    return follow
  }

  private func words(_ value: YAMLValue) -> [String] {
    let items = value.list("what stands there, or a list of it", orOne: true)
    if items.isEmpty, case .sequence = value.node {
      log.error("\(value.name): name at least one word", at: value.mark)
    }
    if items.count > FollowReader.mostWords {
      log.error(
        "\(value.name): at most \(FollowReader.mostWords) words, found \(items.count)",
        at: value.mark)
    }
    return items.prefix(FollowReader.mostWords).compactMap { $0.text("a word such as succeeded") }
  }
}
