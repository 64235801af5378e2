import Canvas
import Fleet
import Health
package import Incident

/// Going through the past: keys and words become wishes, which the owner of the past carries out.
extension ConsoleState {
  /// Whether what is shown is live, or a past one.
  package var tense: Tense { playback == nil ? .live : .past }

  static let step = 5.0
  static let longStep = 60.0

  /// Carries out a key that goes through time.
  mutating func goThroughTime(_ command: Command, _ state: State) -> [Effect] {
    let present = state.present
    switch command {
    case .stepBack: return enter(and: .step(-ConsoleState.step))
    case .minuteBack: return enter(and: .step(-ConsoleState.longStep))
    case .previousEvent: return enter(and: .event(-1))
    default: break
    }
    guard let playback else {
      if command == .pause { return [.playback(.enter)] }
      return refuseLive(command, present)
    }
    switch command {
    case .pause: return [.playback(playback.isPlaying ? .pause : .play)]
    case .stepForward: return [.playback(.step(ConsoleState.step))]
    case .minuteForward: return [.playback(.step(ConsoleState.longStep))]
    case .nextEvent: return [.playback(.event(1))]
    case .faster, .slower: return changeSpeed(faster: command == .faster, playback, present)
    case .backwards: return [.playback(.speed(-playback.speed))]
    case .live: return goLive(state)
    case .zoomIn, .zoomOut: return zoom(closer: command == .zoomIn, playback, state)
    case .mark:
      marked = marked == present.now.offset ? nil : present.now.offset
      say(
        marked == nil
          ? "the mark is gone"
          : "marked; go elsewhere, and \(keys.sign(.difference)) shows what changed between",
        at: present)
      return []
    case .difference:
      if pane == .difference { return perform(.back, state) }
      let here = present.now.offset
      let other = marked ?? playback.span.upperBound
      guard other != here else {
        return complain(
          "a difference is between two instants: \(keys.sign(.mark)) marks one, then go elsewhere",
          state)
      }
      return [.playback(.compare(min(here, other), max(here, other)))]
    default: return []
    }
  }

  /// Makes LIVE the past, where it is not yet, and goes on from there.
  private func enter(and wish: PlaybackWish) -> [Effect] {
    playback == nil ? [.playback(.enter), .playback(wish)] : [.playback(wish)]
  }

  private mutating func refuseLive(_ command: Command, _ present: Present) -> [Effect] {
    let back = keys.sign(.stepBack)
    let sentence =
      switch command {
      case .live: "this is LIVE"
      case .stepForward, .minuteForward, .nextEvent:
        "LIVE is the newest there is; \(keys.sign(.previousEvent)) goes to the event before"
      case .difference:
        "a difference is between two instants: \(back) steps back, :diff 14:30 14:45 names both"
      default: "`\(command.rawValue)` is for the past; \(back) steps back into it"
      }
    say(sentence, .warning, at: present)
    return [.bell]
  }

  /// Back to LIVE; of a file there is none, and it is said.
  mutating func goLive(_ state: State) -> [Effect] {
    guard let playback else { return refuseLive(.live, state.present) }
    guard playback.isLive else {
      return complain(
        "this is a recording, there is no LIVE to return to; \(keys.sign(.quit, in: .fleet)) quits",
        state)
    }
    return [.playback(.live)]
  }

  /// The past cannot be acted on.
  mutating func refuseInPast(_ name: String, _ state: State) -> [Effect] {
    guard let playback, !playback.isLive else {
      return complain(
        "this is the past: `\(name)` acts on what is live; \(keys.sign(.live)) returns to LIVE",
        state)
    }
    return complain(
      "this is a recording: `\(name)` has no live fleet to act on", state)
  }

  private mutating func changeSpeed(
    faster: Bool, _ playback: Playback, _ present: Present
  ) -> [Effect] {
    let speed = abs(playback.speed)
    let next =
      faster
      ? Playback.speeds.first { $0 > speed } : Playback.speeds.last { $0 < speed }
    guard let next else {
      say(
        faster
          ? "600x is the fastest; \(keys.sign(.nextEvent)) goes straight to the next event"
          : "0.25x is the slowest; \(keys.sign(.pause)) pauses", .warning, at: present)
      return [.bell]
    }
    return [.playback(.speed(playback.speed < 0 ? -next : next))]
  }

  private mutating func zoom(closer: Bool, _ playback: Playback, _ state: State) -> [Effect] {
    guard Timeline.height(of: size) > 0 else {
      return complain("the screen is too small for a timeline", state)
    }
    let window = TimelineWindow(playback, at: state.present.now.offset, zoom: zoom)
    guard let next = window.next(closer: closer, playback) else {
      return complain(
        closer ? "the timeline shows no less than 5m" : "the timeline shows all there is", state)
    }
    zoom = next
    return []
  }

  // MARK: The command line

  /// Carries out a word of the palette that is about time; nil for other words.
  mutating func runThroughTime(
    _ command: String, _ argument: String, _ state: State
  ) -> [Effect]? {
    switch command {
    case "at": return runAt(argument, state)
    case "live": return goLive(state)
    case "speed": return runSpeed(argument, state)
    case "loop": return runLoop(argument, state)
    case "skip": return runSkip(argument, state)
    case "diff": return runDiff(argument, state)
    case "note":
      guard !argument.isEmpty else { return complain("note what? :note TEXT", state) }
      return [.playback(.note(argument))]
    default:
      // `:-5m` is what one types who knows `:at -5m`.
      guard let sign = command.first, sign == "-" || sign == "+" else { return nil }
      return runAt(command, state)
    }
  }

  private func times(_ line: String, _ state: State) throws(TimeText.Problem) -> [Int64] {
    try TimeText(state.present.now, playback, localOffset: localOffset).offsets(line)
  }

  private mutating func runAt(_ line: String, _ state: State) -> [Effect] {
    do throws(TimeText.Problem) {
      let times = try times(line, state)
      guard times.count == 1 else { return complain("one time: :at 14:32, or :at -5m", state) }
      return enter(and: .seek(times[0]))
    } catch { return complain(error.sentence, state) }
  }

  private mutating func runSpeed(_ text: String, _ state: State) -> [Effect] {
    guard playback != nil else { return refuseInLive("speed", state) }
    let number = text.last == "x" ? String(text.dropLast()) : text
    guard number.utf8.count <= 8, let speed = Double(number), abs(speed) >= 0.25, abs(speed) <= 600
    else {
      return complain(
        "a speed is from 0.25 to 600, below zero for backwards; not `\(text)`", state)
    }
    return [.playback(.speed(speed))]
  }

  private mutating func runLoop(_ line: String, _ state: State) -> [Effect] {
    guard playback != nil else { return refuseInLive("loop", state) }
    if line == "off" { return [.playback(.loop(nil))] }
    do throws(TimeText.Problem) {
      let times = try times(line, state)
      guard times.count == 2, times[0] != times[1] else {
        return complain("two times: :loop 14:30 14:45; or :loop off", state)
      }
      return [.playback(.loop(min(times[0], times[1])...max(times[0], times[1])))]
    } catch { return complain(error.sentence, state) }
  }

  private mutating func runSkip(_ word: String, _ state: State) -> [Effect] {
    guard playback != nil else { return refuseInLive("skip", state) }
    switch word {
    case "on": return [.playback(.skipIdle(true))]
    case "off": return [.playback(.skipIdle(false))]
    default: return complain("skip idle time: :skip on, or :skip off", state)
    }
  }

  private mutating func runDiff(_ line: String, _ state: State) -> [Effect] {
    do throws(TimeText.Problem) {
      var times = try times(line, state)
      if times.count == 1 { times.append(state.present.now.offset) }
      guard times.count == 2 else {
        return complain("one time or two: :diff 14:30, :diff 14:30 14:45", state)
      }
      guard times[0] != times[1] else {
        return complain("both times are the same instant", state)
      }
      return [.playback(.compare(min(times[0], times[1]), max(times[0], times[1])))]
    } catch { return complain(error.sentence, state) }
  }

  private mutating func refuseInLive(_ word: String, _ state: State) -> [Effect] {
    complain(":\(word) is for the past; \(keys.sign(.stepBack)) steps back into it", state)
  }

  // MARK: The difference

  /// Shows what changed between two instants, over what is open.
  package mutating func show(_ comparison: Comparison) {
    self.comparison = comparison
    chosen[.difference] = nil
    push(.difference)
  }
}
