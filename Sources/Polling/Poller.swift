package import Fleet
package import Incident
import NIOConcurrencyHelpers
package import NIOCore

/// Asks every instance of a fleet, at its interval, and tells what came as events.
///
/// Each target lives on one event loop of the group, with schedules, a kept-alive connection and
/// deadlines of its own; what one target does costs the others nothing.
package final class Poller: Sendable {
  private struct Polled {
    var poll: TargetPoll
    var instance: Instance
  }

  private struct State {
    var fleet: Fleet
    var polled: [Target: Polled] = [:]
    var isRunning = false
    var nextClient = 0
  }

  private let state: NIOLockedValueBox<State>
  private let clients: [Client]
  private let resources = Resources()
  private let context: PollContext
  private let readers: Readers

  /// How late polls start.
  package let lag = LagMeter()

  /// `sink` is called on event loops, for one target in the order of its answers; it must not wait.
  package init(
    fleet: Fleet, group: any EventLoopGroup, readers: Readers,
    sink: @escaping @Sendable (Event) -> Void
  ) {
    state = NIOLockedValueBox(State(fleet: fleet))
    let connector = Connector(resources: resources)
    clients = group.makeIterator().map { [resources] in
      Client(loop: $0, connector: connector, resources: resources)
    }
    self.readers = readers
    context = PollContext(readers: readers, sink: sink, lag: lag)
  }

  package func start() {
    state.withLockedValue { state in
      guard !state.isRunning else { return }
      state.isRunning = true
      adopt(state.fleet, over: nil, in: &state)
    }
  }

  /// Polls this fleet from now on. Targets that did not change keep their connection, the routes
  /// that were found and the series that are known.
  package func update(fleet: Fleet) {
    state.withLockedValue { state in
      let old = state.fleet
      state.fleet = fleet
      if state.isRunning { adopt(fleet, over: old, in: &state) }
    }
  }

  /// Asks everything once more at once; the schedules go on as they were.
  package func pollNow() {
    for poll in state.withLockedValue({ $0.polled.values.map(\.poll) }) {
      poll.client.loop.execute { poll.pollNow() }
    }
  }

  /// Stops polling and closes all connections. The event loops are the caller's.
  package func shutdown() async {
    let polls = state.withLockedValue { state in
      state.isRunning = false
      defer { state.polled = [:] }
      return state.polled.values.map(\.poll)
    }
    for poll in polls {
      try? await poll.client.loop.submit { poll.stop() }.get()
    }
    await resources.shutdown()
  }

  private func adopt(_ fleet: Fleet, over old: Fleet?, in state: inout State) {
    var gone = state.polled
    for service in fleet.services {
      let before = old?.services.first { $0.name == service.name }
      let teachesAnew =
        old?.conventions != fleet.conventions || before?.requests != service.requests
        || before?.endpoints != service.endpoints
        || before.map { old?.rules(of: $0) } != fleet.rules(of: service)
      for instance in service.instances where !instance.isBeacon {
        let target = Target(service: service.name, instance: instance.url)
        if let known = gone.removeValue(forKey: target) {
          let needsReader = teachesAnew || known.instance.limits.series != instance.limits.series
          guard needsReader || known.instance != instance else { continue }
          let reader = needsReader ? readers.scrape(fleet, service, instance) : nil
          state.polled[target]?.instance = instance
          let poll = known.poll
          poll.client.loop.execute { poll.update(instance, reader: reader) }
        } else if state.polled[target] == nil, !clients.isEmpty {
          let client = clients[state.nextClient % clients.count]
          state.nextClient += 1
          let poll = TargetPoll(
            target, instance: instance, reader: readers.scrape(fleet, service, instance),
            client: client, context: context)
          state.polled[target] = Polled(poll: poll, instance: instance)
          client.loop.execute { poll.start() }
        }
      }
    }
    for (target, known) in gone {
      state.polled[target] = nil
      known.poll.client.loop.execute { known.poll.stop() }
    }
  }
}
