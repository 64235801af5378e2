import Canvas
import Foundation
import Settings
import YAMLText

/// The responder's choices and the themes there are, as they stand when a command begins.
struct Preferences {
  let folders: UserFolders
  let library: ThemeLibrary
  let settings: Settings

  /// Reads the environment and the settings file; throws all that is wrong with them, a line each.
  static func read(_ flags: Settings.Flags = Settings.Flags()) throws -> Preferences {
    let environment = ProcessInfo.processInfo.environment
    let folders = UserFolders(environment: environment)
    do throws(FileProblems) {
      return Preferences(
        folders: folders,
        library: .standard(folders: folders, executable: Bundle.main.executablePath),
        settings: try Settings(
          flags: flags, environment: environment, file: try SettingsFile.load(folders)))
    } catch {
      throw Failure(error.description, .wrongUse)
    }
  }

  /// The theme that is chosen.
  func theme() throws -> Theme {
    do throws(FileProblems) { return try settings.theme(from: library) } catch {
      throw Failure(error.description, .wrongUse)
    }
  }

  /// The theme of this name or file, whatever is chosen elsewhere.
  static func theme(_ wanted: String) throws -> Theme {
    let folders = UserFolders(environment: ProcessInfo.processInfo.environment)
    let library = ThemeLibrary.standard(
      folders: folders, executable: Bundle.main.executablePath)
    do throws(FileProblems) { return try library.theme(wanted).theme } catch {
      throw Failure(error.description, .wrongUse)
    }
  }

  /// Nothing but ASCII is to be printed or drawn, whatever the locale has.
  var wantsASCII: Bool { settings.glyphs.value == .ascii }

  /// The names that can be switched to; a theme given by its file is one of them.
  var themeNames: [String] {
    let names = library.names()
    return names.contains(settings.theme.value) ? names : names + [settings.theme.value]
  }
}
