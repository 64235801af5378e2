// A small program with a screen, for tests to run in a real terminal: draws what its arguments say, writes
// the events it gets into a file (`PROBE_LOG`), and ends on `q` or when asked to.
import Canvas
import Screen
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

SignalMask.blockAll()

let hostile = "a\u{1b}[31mred\u{9b}31m\u{7}\rcr\u{0}nul\u{202e}bidi\u{200b}zw"

func environment() -> [String: String] {
  var result: [String: String] = [:]
  for name in ["TERM", "NO_COLOR", "COLORTERM"] {
    if let value = getenv(name) { result[name] = String(cString: value) }
  }
  return result
}

func log(_ line: String) {
  guard let path = getenv("PROBE_LOG") else { return }
  let fd = open(path, O_WRONLY | O_APPEND | O_CREAT, 0o600)
  guard fd >= 0 else { return }
  let text = Array((line + "\n").utf8)
  _ = write(fd, text, text.count)
  close(fd)
}

func frame(_ size: Size, step: Int, glyphs: GlyphSet) -> Frame {
  Frame(size, glyphs: glyphs) { canvas in
    canvas.put("damcon probe", at: Point(1, 0), Style(.title))
    canvas.put("step \(step)", at: Point(1, 1), Style(.unhealthy))
    canvas.put(hostile, at: Point(1, 2), Style(.reason))
    canvas.put("漢字 e\u{301} 👩‍🚀 ok", at: Point(1, 3), Style(.healthy))
    canvas.rule(y: 4)
    canvas.put("size \(size)", at: Point(1, 5), Style(.text, on: .selection))
  }
}

do {
  let screen = try Screen(environment: environment())
  let port = try ScreenPort()
  let glyphs = screen.terminal.glyphs
  log(
    "terminal \(screen.terminal.entry) \(screen.terminal.depth.rawValue) utf8=\(screen.terminal.isUTF8)"
  )
  var size = screen.size
  var step = 0
  port.post(frame(size, step: step, glyphs: glyphs))
  let exit = try screen.run(port) { event in
    log("event \(event)")
    switch event {
    case .key(.character("q")): port.finish()
    case .key(.character("s")): log("bytes \(port.statistics.bytesWritten)")
    case .key(.character("n")):
      step += 1
      port.post(frame(size, step: step, glyphs: glyphs))
    case .key(.character("e")):
      port.post(frame(size, step: step, glyphs: glyphs))
      log("posted equal")
    case .key(.character("x")):
      log("crashing")
      fatalError("the probe was told to crash")
    case .key(.character("w")):
      var text = Array("a warning on standard error\n".utf8)
      _ = write(2, &text, text.count)
    case .key(.character("m")): port.use(.monochrome)
    case .resize(let new):
      size = new
      port.post(frame(size, step: step, glyphs: glyphs))
    case .ending(let why) where why != .interrupted: port.finish()
    default: break
    }
  }
  log("exit \(exit)")
} catch {
  var text = Array("probe: \(error)\n".utf8)
  _ = write(2, &text, text.count)
  exit(3)
}
