// swift-tools-version: 6.2
import PackageDescription

/// Strict by construction: every target is built in the Swift 6 language mode with these on.
let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

/// A room of the house: a target under `Sources/` that may import only what is named here.
func room(_ name: String, _ below: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: below, swiftSettings: strict)
}

/// The tests of a room, under `Tests/<Room>Tests/`.
func tests(
  of name: String, excluding: [String] = [], _ others: [Target.Dependency] = []
) -> Target {
  .testTarget(
    name: name + "Tests", dependencies: [.byName(name: name)] + others, exclude: excluding,
    swiftSettings: strict)
}

/// The program carries Swift's libraries in itself. Only its linking says so: compiled like all the
/// rest, everything is built once, for the tests too.
let staticSwift: [LinkerSetting] = [
  .unsafeFlags(["-static-stdlib"], .when(platforms: [.linux])),
  .linkedLibrary("CoreFoundation", .when(platforms: [.linux])),
  .linkedLibrary("_FoundationCShims", .when(platforms: [.linux])),
  .linkedLibrary("_FoundationCollections", .when(platforms: [.linux])),
  .linkedLibrary("_FoundationICU", .when(platforms: [.linux])),
]

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let asyncHTTPClient = Target.Dependency.product(
  name: "AsyncHTTPClient", package: "async-http-client")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")

func nio(_ names: String...) -> [Target.Dependency] {
  names.map { .product(name: $0, package: "swift-nio") }
}

let package = Package(
  name: "damcon",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "damcon", targets: ["damcon"]),
    .library(name: "Exposition", targets: ["Exposition"]),
    .library(name: "Telemetry", targets: ["Telemetry"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
  ],
  targets: [
    // Ground
    room("Canonical"),
    tests(of: "Canonical"),
    room("Exposition"),
    tests(of: "Exposition"),
    room("Telemetry", ["Canonical", "Exposition"]),
    tests(of: "Telemetry", ["Canonical", "Exposition"]),
    room("Conditions"),
    tests(of: "Conditions"),
    room("Fleet", ["Canonical", "Conditions", "Telemetry"]),
    room("Canvas"),
    tests(of: "Canvas"),
    // C lives here and nowhere else.
    .target(
      name: "CNcurses",
      linkerSettings: [
        .linkedLibrary("ncursesw", .when(platforms: [.linux])),
        .linkedLibrary("tinfo", .when(platforms: [.linux])),
        .linkedLibrary("ncurses", .when(platforms: [.macOS])),
      ]),
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CProcess"),
    .systemLibrary(
      name: "CCmark", providers: [.apt(["libcmark-gfm-dev", "libcmark-gfm-extensions-dev"])]),
    room("Markdown", ["CCmark"]),
    tests(of: "Markdown"),

    // What is true
    room("Containment", ["Canonical", "Conditions", "Fleet", crypto]),
    tests(of: "Containment", ["Conditions", "Fleet"]),
    room("Runbooks", ["Conditions", "Fleet", "Markdown"]),
    tests(of: "Runbooks", ["Conditions", "Fleet", "Markdown"]),
    room("Health", ["Canonical", "Conditions", "Fleet"]),
    tests(of: "Health", ["Canonical", "Conditions", "Fleet"]),
    room(
      "Incident",
      [
        "Canonical", "Conditions", "Containment", "Exposition", "Telemetry", "Fleet", "Health",
        "Runbooks",
      ]),
    .executableTarget(
      name: "StateProbe", dependencies: ["Exposition", "Fleet", "Health", "Incident"],
      path: "Tests/StateProbe", swiftSettings: strict),
    tests(
      of: "Incident",
      [
        "Canonical", "Conditions", "Containment", "Exposition", "Fleet", "FleetFile", "Health",
        "Runbooks", "Telemetry", "StateProbe",
      ]),

    // What a responder sees
    room(
      "Console",
      [
        "Canvas", "Conditions", "Containment", "Exposition", "Fleet", "Health", "Incident",
        "Markdown", "Presence", "Runbooks",
        "Telemetry",
      ]),
    tests(
      of: "Console", excluding: ["Goldens"],
      [
        "Canvas", "Conditions", "Containment", "Exposition", "Fleet", "Health", "Incident",
        "Markdown", "Presence", "Runbooks",
        "Telemetry",
      ]),

    // Who is here
    room("Presence", ["Fleet"]),
    tests(of: "Presence", ["Fleet"]),

    // The owner of the state
    room("Session", ["Containment", "Fleet", "Incident", "Runbooks"]),
    tests(of: "Session", ["Containment", "Fleet", "Incident", "Runbooks"]),

    // Edges
    room("Screen", ["Canvas", "CNcurses"]),
    .executableTarget(
      name: "ScreenProbe", dependencies: ["Canvas", "Screen"], path: "Tests/ScreenProbe",
      swiftSettings: strict),
    // A pseudo-terminal, for the tests that look at the bytes.
    .target(name: "TerminalTesting", path: "Tests/TerminalTesting", swiftSettings: strict),
    tests(of: "Screen", ["Canvas", "ScreenProbe", "TerminalTesting"]),
    room("YAMLText", [yams]),
    room(
      "FleetFile",
      [
        "Conditions", "Containment", "Fleet", "Markdown", "Runbooks", "Telemetry", "YAMLText",
        crypto, yams,
      ]),
    tests(
      of: "FleetFile",
      [
        "Conditions", "Containment", "Fleet", "Markdown", "Runbooks", "Telemetry", "YAMLText", yams,
      ]),
    room("Settings", ["Canvas", "Console", "YAMLText", yams]),
    tests(of: "Settings", ["Canvas", "Console", "YAMLText", yams]),
    room(
      "Polling",
      ["CZlib", "Exposition", "Fleet", "Health", "Incident", "Telemetry", nioSSL]
        + nio("NIOConcurrencyHelpers", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOTLS")),
    tests(
      of: "Polling",
      ["CZlib", "Exposition", "Fleet", "Health", "Incident", "Telemetry", nioSSL]
        + nio("NIOConcurrencyHelpers", "NIOCore", "NIOPosix")),
    room(
      "Execution",
      ["CProcess", "Conditions", "Containment", "Health", nioSSL, subprocess]
        + nio("NIOCore", "NIOHTTP1", "NIOPosix", "NIOTLS")),
    .executableTarget(
      name: "SupervisorProbe", dependencies: ["Containment", "Execution"],
      path: "Tests/SupervisorProbe", swiftSettings: strict),
    tests(
      of: "Execution",
      ["Conditions", "Containment", "Fleet", "SupervisorProbe", nioSSL]
        + nio("NIOCore", "NIOPosix")),
    // Who may come in by a door, and how often they may ask.
    room("Admission", nio("NIOCore")),
    tests(of: "Admission"),
    room(
      "Bridge",
      [
        "Admission", "Canonical", "Conditions", "Containment", "Fleet", "Incident", "Presence",
        "Recording", "Session",
      ] + nio("NIOCore", "NIOPosix")),
    tests(
      of: "Bridge",
      [
        "Canonical", "Conditions", "Containment", "Exposition", "Fleet", "Health", "Incident",
        "Presence", "Recording", "Replay", "Runbooks", "Session", "Telemetry",
      ] + nio("NIOCore", "NIOPosix")),
    .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
    room(
      "Recording",
      [
        "CZstd", "Canonical", "Containment", "Exposition", "Fleet", "Health", "Incident",
        "Runbooks", crypto,
      ]),
    tests(
      of: "Recording", ["Canonical", "Exposition", "Fleet", "Health", "Incident", "Telemetry"]),
    room("Journal", ["Fleet", "Health", "Incident", "Recording", "Session", crypto, grdb]),
    .executableTarget(
      name: "JournalProbe",
      dependencies: [
        "Canonical", "Canvas", "Console", "Export", "Fleet", "Health", "Incident", "Journal",
        "Ledger", "Recording", "Replay", "Telemetry", crypto,
      ],
      path: "Tests/JournalProbe", swiftSettings: strict),
    tests(
      of: "Journal",
      [
        "Fleet", "Health", "Incident", "Ledger", "Recording", "Replay", "Session", "Telemetry",
        "JournalProbe", grdb,
      ]),
    room("Replay", ["Fleet", "Health", "Incident", "Recording", "Session"]),
    .executableTarget(
      name: "ContainmentProbe",
      dependencies: [
        "Conditions", "Containment", "Execution", "Fleet", "Health", "Incident", "Journal",
        "Replay", "Session",
      ] + nio("NIOPosix"),
      path: "Tests/ContainmentProbe", swiftSettings: strict),
    .testTarget(
      name: "CrashTests",
      dependencies: ["Containment", "Incident", "Journal", "Replay", "ContainmentProbe"],
      swiftSettings: strict),
    .testTarget(
      name: "InjectionTests",
      dependencies: ["Containment", "Execution", "FleetFile", "ContainmentProbe"]
        + nio("NIOPosix"),
      swiftSettings: strict),
    tests(
      of: "Replay",
      [
        "Canonical", "Conditions", "Containment", "Exposition", "Fleet", "Health", "Incident",
        "Journal", "Recording", "Runbooks", "Session", "Telemetry", "JournalProbe", crypto, grdb,
      ]),
    room(
      "Export",
      [
        "Canvas", "Console", "Containment", "Exposition", "Fleet", "Health", "Incident", "Runbooks",
        "Telemetry",
      ]),
    tests(
      of: "Export",
      [
        "Canvas", "Console", "Exposition", "Fleet", "Health", "Incident", "Runbooks", "Telemetry",
      ]),
    room("Ledger", ["Fleet", "Incident", "Journal", "Telemetry", grdb]),
    tests(of: "Ledger", ["Exposition", "Fleet", "Incident", "Journal", "Telemetry", grdb]),
    room(
      "Journeys",
      ["Fleet", "Incident", "Health", asyncHTTPClient, nioSSL]
        + nio("NIOCore", "NIOHTTP1", "NIOPosix")),
    tests(
      of: "Journeys",
      ["Fleet", "Incident", "Health", asyncHTTPClient] + nio("NIOCore", "NIOHTTP1", "NIOPosix")),
    room(
      "Simulator", ["Conditions", "Fleet", deque, yams] + nio("NIOCore", "NIOHTTP1", "NIOPosix")),
    tests(of: "Simulator", ["Exposition", "Fleet", "Telemetry"] + nio("NIOCore", "NIOPosix")),

    // What Damcon itself answers
    room("HTTPServing", ["Admission"] + nio("NIOCore", "NIOHTTP1", "NIOPosix")),
    tests(of: "HTTPServing", nio("NIOCore", "NIOPosix")),
    room(
      "Beacon",
      ["Fleet", "HTTPServing", "Health", "Incident", crypto] + nio("NIOCore", "NIOPosix")),
    tests(
      of: "Beacon",
      ["Exposition", "Fleet", "HTTPServing", "Health", "Incident", "Polling"]
        + nio("NIOCore", "NIOPosix")),
    room("SelfReport"),
    tests(of: "SelfReport", ["Exposition", "Health"]),
    room("Systemd"),
    tests(of: "Systemd"),

    // The program
    .executableTarget(
      name: "damcon",
      dependencies: [
        "Beacon", "Bridge", "Canvas", "Conditions", "Console", "Containment", "Execution", "Export",
        "Exposition", "Fleet", "FleetFile", "HTTPServing", "Health", "Incident", "Journal",
        "Journeys", "Ledger", "Polling", "Presence", "Recording", "Replay", "Runbooks",
        "Screen", "SelfReport", "Session", "Settings", "Simulator", "Systemd", "Telemetry",
        "YAMLText", argumentParser,
        subprocess,
      ] + nio("NIOCore", "NIOPosix"),
      swiftSettings: strict, linkerSettings: staticSwift),
    // Runs the program as it is built; to depend on it would link it in.
    .testTarget(
      name: "EndToEndTests", dependencies: ["Ledger", "Telemetry", "TerminalTesting"],
      swiftSettings: strict),
  ],
  swiftLanguageModes: [.v6])

#if os(Linux)
  // Measures with epoll, pseudo-terminals and /proc.
  package.targets += [
    .systemLibrary(name: "CBench", path: "Tests/CBench"),
    .executableTarget(
      name: "damcon-bench",
      dependencies: [
        "Bridge", "CBench", "Canonical", "Canvas", "Conditions", "Console", "Containment",
        "Exposition",
        "Fleet", "Health", "Incident", "Journal", "Recording", "Replay", "Runbooks", "Session",
        "Telemetry",
      ],
      path: "Tests/Bench", swiftSettings: strict),
  ]
#endif
