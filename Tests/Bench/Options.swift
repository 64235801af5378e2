import Foundation
import Glibc

/// What the command line asks for.
struct Options {
  private(set) var parts: [Part] = []
  private(set) var quick = false
  private(set) var help = false
  private(set) var serving: Serving?
  private(set) var reading: StreamReaders?
  private(set) var acting: Responder?
  /// The damcon to measure; nil where there is none.
  private(set) var damcon: String?
  private var chosenRuns: Int?

  init(_ arguments: some Sequence<String>) throws(BenchError) {
    var left = Array(arguments)
    damcon = Program.beside("damcon")
    if left.first == "serve" {
      serving = try Serving(left.dropFirst())
      return
    }
    if left.first == "read" {
      reading = try StreamReaders(left.dropFirst())
      return
    }
    if left.first == "act" {
      acting = try Responder(left.dropFirst())
      return
    }
    while !left.isEmpty {
      let word = left.removeFirst()
      switch word {
      case "--quick": quick = true
      case "--help", "-h", "help": help = true
      case "--runs":
        guard let runs = left.first.flatMap({ Int($0) }), (1...100).contains(runs) else {
          throw BenchError("--runs takes a number from 1 to 100")
        }
        chosenRuns = runs
        left.removeFirst()
      case "--damcon":
        guard let file = left.first else { throw BenchError("--damcon takes a file") }
        guard access(file, X_OK) == 0 else {
          throw BenchError("\(file) cannot be run; build it with `make build`")
        }
        damcon = URL(fileURLWithPath: file).path
        left.removeFirst()
      default:
        guard let part = Part(rawValue: word) else {
          throw BenchError("there is no part or option called “\(word)”")
        }
        parts.append(part)
      }
    }
    if parts.isEmpty { parts = Part.usual }
  }

  /// How often each figure is measured.
  func runs(usually: Int) -> Int { chosenRuns ?? (quick ? 1 : usually) }
}

/// `damcon-bench serve`: the server, alone.
struct Serving {
  private var targets = 200
  private var exposition: String?
  private var gzip: String?
  private var moving = false
  private var hanging = 0

  init(_ arguments: some Sequence<String>) throws(BenchError) {
    var left = Array(arguments)
    while !left.isEmpty {
      let word = left.removeFirst()
      if word == "--moving" {
        moving = true
        continue
      }
      guard let value = left.first else { throw BenchError("\(word) takes a value") }
      left.removeFirst()
      switch (word, Int(value)) {
      case ("--targets", let number?) where (1...5000).contains(number): targets = number
      case ("--hang", let number?) where number >= 0: hanging = number
      case ("--exposition", _): exposition = value
      case ("--gzip", _): gzip = value
      default: throw BenchError("serve does not understand \(word) \(value)")
      }
    }
  }

  /// Prints its addresses, then `ready`, then serves.
  func run() -> Never {
    do {
      var server = try ExpositionServer(targets: targets, body: try body(), hanging: hanging)
      print("control http://127.0.0.1:\(server.controlPort)")
      print("sink http://127.0.0.1:\(server.sinkPort)")
      for port in server.targetPorts { print("target http://127.0.0.1:\(port)") }
      print("ready")
      fflush(nil)
      server.run()
    } catch {
      FileHandle.standardError.write(Data("damcon-bench serve: \(error)\n".utf8))
      exit(3)
    }
  }

  private func body() throws(BenchError) -> ExpositionServer.Body {
    if moving { return .moving }
    guard let exposition else { return .fixed(Sample.load().bytes, gzip: nil) }
    guard let bytes = FileManager.default.contents(atPath: exposition) else {
      throw BenchError("\(exposition) cannot be read")
    }
    let packed = gzip.flatMap { FileManager.default.contents(atPath: $0) }
    return .fixed(Array(bytes), gzip: packed.map { Array($0) })
  }
}
