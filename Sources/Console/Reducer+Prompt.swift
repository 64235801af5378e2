import Canvas
import Fleet
import Health
package import Incident

extension ConsoleState {
  /// A key while text is being typed.
  mutating func edit(_ key: Key, _ state: State) -> [Effect] {
    guard var prompt else { return [] }
    let present = state.present
    switch key {
    case .character(let character):
      type(String(character), present)
    case .backspace, .control("h"):
      guard !prompt.text.isEmpty else { return cancel(state) }
      prompt.text.removeLast()
      take(prompt)
    case .control("u"):
      prompt.text = ""
      take(prompt)
    case .control("w"):
      while prompt.text.last == " " { prompt.text.removeLast() }
      while let last = prompt.text.last, last != " " { prompt.text.removeLast() }
      take(prompt)
    case .tab, .backTab:
      if let next = Palette.nextTheme(after: prompt, of: themes, by: key == .tab ? 1 : -1) {
        prompt.text = "theme " + next
        take(prompt)
        return []
      }
      return key == .tab ? complete(prompt, present) : [.bell]
    case .up, .down:
      guard case .filter = prompt.purpose else { return [] }
      return perform(key == .up ? .moveUp : .moveDown, state)
    case .escape: return cancel(state)
    case .enter: return commit(prompt, state)
    case .control("c"): return quitAtOnce()
    case .control("l"): return [.redraw]
    default: return [.bell]
    }
    return []
  }

  /// Text that was typed or pasted; line ends become spaces, and what is too long is left out.
  mutating func type(_ text: String, _ present: Present) {
    guard var prompt else { return }
    for character in text {
      guard prompt.text.count < Prompt.limit else {
        say("at most \(Prompt.limit) characters; the rest was left out", .warning, at: present)
        break
      }
      prompt.text.append(character.isNewline || character == "\t" ? " " : character)
    }
    take(prompt)
  }

  /// The filter works while it is typed: the last text that can be read is the one in force.
  private mutating func take(_ prompt: Prompt) {
    var prompt = prompt
    prompt.problem = nil
    if case .filter = prompt.purpose {
      do { filter = try Filter(prompt.text) } catch { prompt.problem = error.sentence }
    }
    if case .search = prompt.purpose { search = prompt.text }
    themeTried = Palette.theme(namedBy: prompt).flatMap { themes.contains($0) ? $0 : nil }
    self.prompt = prompt
  }

  private mutating func cancel(_ state: State) -> [Effect] {
    if case .filter(let before) = prompt?.purpose { filter = before }
    if case .search(let before) = prompt?.purpose { search = before }
    prompt = nil
    themeTried = nil
    keepInSight(state)
    return []
  }

  private mutating func commit(_ prompt: Prompt, _ state: State) -> [Effect] {
    if prompt.problem != nil { return [.bell] }
    themeTried = nil
    switch prompt.purpose {
    case .palette:
      self.prompt = nil
      return run(prompt.text, state)
    case .search:
      self.prompt = nil
      return []
    case .words(let place, let what): return write(prompt.text, about: place, what, state)
    case .arguments(let ask): return takeArguments(prompt.text, of: ask, state)
    case .breaking(let ask, let arguments, _):
      return takeBreaking(prompt.text, of: ask, arguments, state)
    case .reason(let run, let what): return takeReason(prompt.text, for: what, of: run, state)
    case .name(let run, let service): return takeName(prompt.text, service, of: run, state)
    case .filter:
      self.prompt = nil
      let order = FleetOrder(state.present, self)
      if !filter.isEmpty {
        let all = state.present.services.count
        say(
          "\(order.rows.count) of \(all) services match; \(keys.sign(.back)) drops the filter",
          at: state.present)
      }
      keepInSight(state)
      return []
    }
  }

  /// A theme cannot be had: the one before stays, and the last line says why.
  package mutating func keepTheme(_ before: String, because sentence: String, over state: State) {
    if themeTried == nil {
      theme = before
      say(sentence, .warning, at: state.present)
    } else {
      themeTried = nil
      prompt?.problem = sentence
    }
  }

  private mutating func complete(_ prompt: Prompt, _ present: Present) -> [Effect] {
    var prompt = prompt
    let found = prompt.completions(present, themes: themes, people: people)
    guard let first = found.first else { return [.bell] }
    let common = found.dropFirst().reduce(first) { common, next in
      String(zip(common, next).prefix { $0 == $1 }.map(\.0))
    }
    guard common.count > prompt.lastWord.count || found.count == 1 else { return [.bell] }
    prompt.text.removeLast(prompt.lastWord.count)
    prompt.text += common
    if found.count == 1, !common.hasSuffix(":") { prompt.text += " " }
    take(prompt)
    return []
  }
}
