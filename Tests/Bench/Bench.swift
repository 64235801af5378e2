import Foundation
import Glibc

/// `damcon-bench`: prints what Damcon costs beside programs of its kind, on this machine.
@main
enum Bench {
  static let usage = """
    usage: damcon-bench [PART …] [--quick] [--runs N] [--damcon FILE]
           damcon-bench read --socket PATH [--manner healthy|slow|stopped] [--count N]
           damcon-bench act --socket PATH [--approver USER] [--seconds N]
           damcon-bench serve [--targets N] [--exposition FILE] [--gzip FILE] [--moving] [--hang N]

    Parts, all of them where none is named:
      parse    the exposition parser and the extraction of ten families, MB/s
      apply    one scrape entry applied to the state
      journal  a day of 50 services: size, recording, seeks, replay, opening
      ledger   budgets of 1,000 services: a poll of all, the longest turn, memory after a month
      runbooks 2,000 runbooks against 1,000 services, and opening one
      render   frames of a fleet
      scrape   CPU and memory of 200 targets a second, beside vmagent and Prometheus
      gzip     the same with gzip for those who ask for it (only when named)
      war-room 200 people who look on a daemon of 500 services, and one who acts
      screen   bytes and milliseconds on a real terminal, beside htop and btop

      --quick        one short run of each
      --runs N       runs of each (5; scrape 3)
      --damcon FILE  the damcon to measure, instead of the one beside this program

    Everything stays on 127.0.0.1, and what is started is ended.
    """

  static func main() {
    let options: Options
    do {
      options = try Options(CommandLine.arguments.dropFirst())
    } catch {
      FileHandle.standardError.write(Data("damcon-bench: \(error)\n\(usage)\n".utf8))
      exit(2)
    }
    if options.help {
      print(usage)
      exit(0)
    }
    if let serving = options.serving { serving.run() }
    if let reading = options.reading { reading.run() }
    if let acting = options.acting { acting.run() }
    Interruption.watch()
    print("damcon-bench on \(Machine.description)")
    print(
      "medians over runs, lowest and highest beside; lower is better unless the unit is per second")
    fflush(nil)
    var failed = false
    for part in options.parts {
      do {
        try part.run(options)
      } catch {
        print("\n\(part.rawValue): not measured: \(error)")
        failed = true
      }
    }
    WorkFolder.removeAll()
    exit(failed ? 3 : 0)
  }
}

/// What can be measured, in the order it is.
enum Part: String, CaseIterable {
  case parse, apply, journal, ledger, runbooks, render, scrape, gzip, screen
  case warRoom = "war-room"

  static let usual: [Part] = [
    .parse, .apply, .journal, .ledger, .runbooks, .render, .scrape, .screen,
    .warRoom,
  ]

  func run(_ options: Options) throws(BenchError) {
    switch self {
    case .parse: try ParseBench(options).run()
    case .apply: try ApplyBench(options).run()
    case .journal: try JournalBench(options).run()
    case .ledger: try LedgerBench(options).run()
    case .runbooks: try RunbookBench(options).run()
    case .render: try RenderBench(options).run()
    case .scrape: try ScrapeBench(options, gzip: false).run()
    case .gzip: try ScrapeBench(options, gzip: true).run()
    case .screen: try ScreenBench(options).run()
    case .warRoom: try WarRoomBench(options).run()
    }
  }
}
