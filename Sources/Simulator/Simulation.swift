package import NIOCore
import NIOPosix

/// The one thread on which every simulated service lives.
///
/// An event loop is its executor, so that a request that arrives, the model that decides about it
/// and the answer that leaves never change threads, and no lock is needed. The loop is its own,
/// not the process's shared ones: a simulated fleet must not slow the polls that watch it.
@globalActor
package actor Simulation {
  package static let shared = Simulation()

  package nonisolated let loop: any EventLoop
  private nonisolated let executor: any SerialExecutor

  private init() {
    let loop = MultiThreadedEventLoopGroup(numberOfThreads: 1).next()
    self.loop = loop
    executor = loop.executor
  }

  package nonisolated var unownedExecutor: UnownedSerialExecutor {
    executor.asUnownedSerialExecutor()
  }
}
