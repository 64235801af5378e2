import ArgumentParser
import Foundation
import HTTPServing
import Systemd

/// A session that everybody of a host joins.
struct Serve: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Keep one session for everybody: polls, records and acts, without a screen.",
    discussion: """
      Runs in the foreground until it is asked to end. Services are polled once, however many look \
      on: each responder joins with `damcon attach` (`ssh -t host damcon attach` from elsewhere), and \
      `damcon watch` joins by itself where it finds the session of its fleet. What each of them may \
      do is what the access section of the fleet file says of their login, and is checked here.

      Standard error has one line for each warning, each error and each step of an action; with \
      priorities for the system's journal where that reads it. SIGHUP reads the fleet file again: a \
      wrong one is told of, and the one before it stays in use. SIGTERM and SIGINT end it in order, \
      with exit code 0. Killed, it loses nothing: the next one goes on from the journal, and what \
      was under way of actions is shown as unknown until it is looked up.

      There is one for a fleet: where another process keeps the journal or listens on the socket, \
      this one says who and exits with 3.

      --metrics answers /healthz, /ready and /metrics (OpenMetrics) of Damcon itself, so that \
      another Damcon can watch this one: damcon watch http://ADDRESS. Nothing there says anything \
      of the services, but everybody who reaches the address may read it: a port alone is bound \
      to 127.0.0.1.

      --beacon takes health by POST from services that cannot be asked, or live too briefly to be: \
      those that have a beacon in the fleet file. Without TLS: bind it to this host, or put something \
      that speaks TLS before it.

      As a service of systemd it tells when it is ready, beats for the watchdog, and takes its \
      socket over: units are in samples/systemd.
      """)

  @OptionGroup var fleet: FleetOptions
  @OptionGroup var journal: JournalOptions

  @Option(
    help: ArgumentHelp(
      "Answer those who ask after Damcon itself: its health and its metrics.",
      valueName: "host:port"))
  var metrics: HTTPAddress?

  @Option(
    help: ArgumentHelp(
      "Take the beats of services that tell of their health themselves.", valueName: "host:port"))
  var beacon: HTTPAddress?

  @Option(help: "How lines on standard error are written.") var format: TextOrJSON = .text

  func run() throws {
    // Before the first thread: what starts later must never be interrupted by a signal, nor see what the
    // environment said.
    ServeSignals.block()
    let stream = ProcessInfo.processInfo.environment["JOURNAL_STREAM"]
    let notice = ServiceNotice.take()
    let inherited: InheritedSocket?
    do { inherited = try InheritedSocket.only(of: try InheritedSocket.take()) } catch {
      throw Failure("\(error)")
    }
    let log = ServeLog(ServeLog.form(json: format == .json, stream: stream))
    let source = try fleet.source { log.put(.warning, $0) }
    try Daemon.run(
      source,
      Daemon.Orders(recording: journal.wish(.fleet), metrics: metrics, beacon: beacon), log,
      notice, inherited: inherited)
  }
}

extension HTTPAddress: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}
