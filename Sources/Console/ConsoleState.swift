package import Canvas
package import Containment
import Fleet
package import Incident
package import Presence
package import Runbooks

/// What one responder looks at: never a fact, never recorded as one.
///
/// A value, changed by `reduce` only and read by `render`. Times in it are offsets of the session's
/// clock, as entries bring them: the console reads no clock of its own.
package struct ConsoleState: Sendable, Hashable {
  package var size: Size
  /// What is drawn with.
  package var glyphs: GlyphSet
  /// What the terminal can show, however little of it is wanted.
  package var terminalGlyphs: GlyphSet
  /// The theme by name; the screen knows how it looks.
  package var theme: String
  /// A theme that is looked at while its name is being typed; Esc takes it back.
  package internal(set) var themeTried: String?
  /// The names of the themes that there are.
  package var themes: [String]
  /// Seconds that local time is ahead of UTC.
  package var localOffset: Int
  /// What the keys mean.
  package var keys: KeyMap

  /// The panes that were gone into, the fleet always first; Esc takes the last away.
  package internal(set) var stack: [Pane] = [.fleet]
  /// The service the responder put the cursor on, by name; nil until one was: the first row then,
  /// so that the worst service is at hand without a key.
  package internal(set) var selection: String?
  /// The service that the panes beside the table show while the cursor is moving: they follow it
  /// once it rests, so that a key on a slow link moves the cursor and nothing else.
  package internal(set) var lingering: String?
  /// Where the selection stood last, should its service be taken out of the fleet.
  var selectionRow = 0
  /// The first row of the fleet table that is shown, while the selection allows it.
  var fleetScroll = 0
  /// The applied filter, or the one being typed as far as it can be read.
  package internal(set) var filter: Filter = .none
  package internal(set) var sort: Sort = .worst
  /// The fleet table's columns in their order; nil for the usual ones.
  package var columns: [FleetColumn]?
  /// The order the rows stay in for a moment after a key.
  var held: HeldOrder?
  /// Text being typed, in the last line.
  package internal(set) var prompt: Prompt?
  /// What the key after `y` can copy.
  package internal(set) var copyOffer: CopyOffer?
  /// The part of the service pane that keys scroll.
  package internal(set) var section: Section = .instances
  /// Whether keys go to the service beside the fleet rather than to the fleet, on a wide screen.
  package internal(set) var isAside = false
  /// Lines that the service pane's left and right column are scrolled down.
  var serviceScroll: [Int] = [0, 0]
  /// Lines that help and log are scrolled.
  var textScroll = 0
  /// What the cursor of each list pane stands on.
  var chosen: [Place: Chosen] = [:]
  /// The step that the cursor was put on and that was dealt with there: once that is known, the cursor goes on.
  var stepLeft: String?
  /// What of the origin pane is open that begins folded.
  var unfolded: Set<String> = []
  /// The past that is shown; nil for LIVE. Set by whoever owns it, together with the state.
  package var playback: Playback?
  /// How much of the past the timeline shows.
  var zoom = TimelineWindow.Zoom.usual
  /// The words of the runbooks; set by whoever reads them.
  package var library = RunbookLibrary()
  /// What the runbooks are searched for.
  package internal(set) var search = ""
  /// An instant to compare with, as an offset of the session's clock.
  var marked: Int64?
  /// Until when what is confirmed is done, by the names of environments, as offsets of the session's
  /// clock.
  var armedUntil: [String: Int64] = [:]
  /// Who looks; nil where nobody has to be known, as in a picture.
  package var person: Person?
  /// What waits where it is live, while the past of that is shown.
  var liveNotices: [Notice] = []
  /// What was rung for already, by `Notice.id`.
  var rung: Set<String> = []
  /// What whoever confirms a plan should know, by the tickets that plans were asked for with.
  var warnings: [String: [String]] = [:]
  /// The instances that are left out, in the pane that chooses them.
  var leftOut: Set<String> = []
  /// The action whose plan was asked for last.
  var asked: AskedAction?
  /// How far the confirmation has come in the dialog that is open; nil before its first key.
  var confirming: Confirming?
  /// What was confirmed last, until something comes of it.
  var answered: Answered?
  /// The key that is being taken came too fast to be meant.
  var isHasty = false
  /// It was said that something is under way: the next time the responder leaves.
  var wasWarnedOfLeaving = false
  /// What the pane of the difference shows.
  package internal(set) var comparison: Comparison?
  package internal(set) var message: Message?
  /// The responder is done; the same is told by the effect `.quit`.
  package internal(set) var wantsToQuit = false
  /// Bytes a second that a slow link carries, nil where it keeps up; the edge at the terminal knows.
  package var slowLink: Int?
  /// The disk does not answer: what is recorded waits, and what has to be recorded first is not done.
  package var recordingHangs = false
  /// Who is here, as the session tells it; nil where nobody else can be. Set by whoever holds the connection.
  package var attendance: Attendance?
  /// How this screen hangs on the session; nil where this process is the session.
  package var link: Link?
  /// What of this responder the others are told.
  package internal(set) var company = Company()
  /// This screen hangs on a wall, and shows nothing but that; nil: somebody sits before it.
  package var wall: Wall?
  /// Whether any key was pressed yet: until then the last line says how to begin.
  package internal(set) var isFirstRun = true

  package init(
    size: Size, glyphs: GlyphSet = .unicode, theme: String = "dark", localOffset: Int = 0,
    keys: KeyMap = .standard, themes: [String] = Theme.builtIn.map(\.name)
  ) {
    self.size = size
    self.glyphs = glyphs
    terminalGlyphs = glyphs
    self.theme = theme
    self.localOffset = localOffset
    self.keys = keys
    self.themes = themes
  }

  /// The theme to draw with now.
  package var themeShown: String { themeTried ?? theme }

  package var pane: Pane { stack.last ?? .fleet }

  /// A sentence in the last line: what a key did, or why it could not.
  package struct Message: Sendable, Hashable {
    package enum Tone: Sendable, Hashable { case info, warning }
    package var text: String
    package var tone: Tone
    /// Offset in nanoseconds at which it makes way for the hints again. In the past, where time
    /// stands still or runs, it stays until a key.
    var until: Int64
  }

  /// A confirmation under way: of which plan, for what, and what is waited for.
  struct Confirming: Sendable, Hashable {
    var run: String
    var deed: ActionQuestion.Deed
    var stage: ActionQuestion.Stage
  }

  struct Answered: Sendable, Hashable {
    var run: String
    var state: ActionRun.State
    /// Offset at which it may be confirmed again if nothing came of it.
    var until: Int64
  }

  /// Rows do not jump while a key is being aimed.
  struct HeldOrder: Sendable, Hashable {
    /// Services by name, all of them, whatever the filter.
    var names: [String]
    /// Where they stood in `Present.services`, which holds as long as the fleet does.
    var places: [Int]
    var until: Int64
  }

  /// Seconds without a cursor key after which the panes beside the table follow it.
  package static let rest = 0.08
  /// Seconds that rows stay where they are after a key.
  package static let hold = 3.0
  /// Seconds that a message stays.
  package static let messageTime = 6.0
}

/// Text being typed in the last line.
package struct Prompt: Sendable, Hashable {
  package enum Purpose: Sendable, Hashable {
    /// With the filter that Esc brings back.
    case filter(before: Filter)
    case palette
    /// What runbooks hold; with what Esc brings back.
    case search(before: String)
    /// Words about a step, or about a whole runbook.
    case words(RunbookPlace, WordsFor)
    /// What is said to an action.
    case arguments(ActionAsk)
    /// Why it is done in spite of a freeze, in the freeze's words.
    case breaking(ActionAsk, [String: Argument], freeze: String)
    /// Why an action, by its plan's name, is not done.
    case reason(run: String, ReasonFor)
    /// The name of the service that an action of high risk is for.
    case name(run: String, service: String)
  }

  package enum ReasonFor: Sendable, Hashable {
    case cancelling, rejecting
  }

  /// What words are asked for.
  package enum WordsFor: Sendable, Hashable {
    case decision(step: String)
    case skipping(step: String)
    case note(step: String?)
  }
  package var purpose: Purpose
  package var text: String
  /// Why the text cannot be read as it stands.
  package var problem: String?

  /// More than fits on any last line: what is pasted beyond it is left out.
  package static let limit = 256
}
