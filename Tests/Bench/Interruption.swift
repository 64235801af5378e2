import Dispatch
import Foundation
import Glibc

/// Ends what the bench started when the bench itself is told to end.
enum Interruption {
  nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []

  /// Once, before the first child is started.
  static func watch() {
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        Children.endAll()
        WorkFolder.removeAll()
        FileHandle.standardError.write(
          Data("\ndamcon-bench: interrupted; all it started is ended\n".utf8))
        _exit(128 + number)
      }
      source.resume()
      sources.append(source)
    }
  }
}
