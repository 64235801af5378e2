/// What a Damcon that runs knows of itself, as plain values; what is nil is not known and not told.
package struct SelfFigures: Sendable, Hashable {
  package enum Stage: String, Sendable, Hashable {
    /// The first look at everything is not over.
    case starting
    case serving
    /// It was asked to end.
    case stopping
  }

  package var fleet: String
  package var environment: String?
  package var version: String
  package var build: String?
  package var stage: Stage
  /// Unix seconds.
  package var began: Double
  package var now: Double

  package var services = 0
  /// Instances that are asked.
  package var targets = 0
  /// Seconds that the latest poll of the last few seconds started too late.
  package var pollLag = 0.0
  /// Seconds: the shortest time from one poll of an instance to its next.
  package var pollInterval: Double?

  /// Entries since it began.
  package var entries: UInt64 = 0
  /// Seconds since the owner of the state last turned one over; in health not much over one.
  package var sinceEntry = 0.0

  package var journal: Journal?
  package var clients: Clients?
  /// How many actions there are in each state, by its word.
  package var actions: [String: Int] = [:]
  /// Actions that something is still to be done for.
  package var actionsUnderWay: Int?
  /// What is wrong with the fleet file that is there now, while the one before it stays in use.
  package var fleetFileTrouble: String?
  package var process: Process?

  /// How recording goes; nil where nothing is meant to be recorded.
  package struct Journal: Sendable, Hashable {
    package var isWritable: Bool
    package var bytes: UInt64?
    /// Batches that were lost since it could last be written.
    package var lost: Int
    /// Entries that are not in the file yet.
    package var waiting: UInt64?

    package init(isWritable: Bool, bytes: UInt64? = nil, lost: Int = 0, waiting: UInt64? = nil) {
      self.isWritable = isWritable
      self.bytes = bytes
      self.lost = lost
      self.waiting = waiting
    }
  }

  /// Those who are attached with screens of their own.
  package struct Clients: Sendable, Hashable {
    package var attached: Int
    /// Who does not take what it is told, and gets a keyframe once it does.
    package var behind: Int
    package var keyframesSent: UInt64?
    package var bytesSent: UInt64?
    /// As many as are let in.
    package var limit: Int?

    package init(
      attached: Int, behind: Int, keyframesSent: UInt64? = nil, bytesSent: UInt64? = nil,
      limit: Int? = nil
    ) {
      self.attached = attached
      self.behind = behind
      self.keyframesSent = keyframesSent
      self.bytesSent = bytesSent
      self.limit = limit
    }
  }

  /// What the system says that it takes.
  package struct Process: Sendable, Hashable {
    package var residentBytes: UInt64?
    package var cpuSeconds: Double?
    package var openFiles: Int?
    package var mostFiles: Int?
    package var threads: Int?

    package init(
      residentBytes: UInt64? = nil, cpuSeconds: Double? = nil, openFiles: Int? = nil,
      mostFiles: Int? = nil, threads: Int? = nil
    ) {
      self.residentBytes = residentBytes
      self.cpuSeconds = cpuSeconds
      self.openFiles = openFiles
      self.mostFiles = mostFiles
      self.threads = threads
    }
  }

  package init(
    fleet: String, environment: String? = nil, version: String, build: String? = nil,
    stage: Stage, began: Double, now: Double
  ) {
    self.fleet = fleet
    self.environment = environment
    self.version = version
    self.build = build
    self.stage = stage
    self.began = began
    self.now = now
  }
}
