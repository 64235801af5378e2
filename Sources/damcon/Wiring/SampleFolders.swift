import Foundation
import Simulator

/// Where the samples that come with Damcon are: installed beside it, or in the checkout it was built from.
enum SampleFolders {
  /// Folders of samples by this name that there are, the nearest first.
  static func named(_ name: String) -> [String] {
    ScenarioLibrary.standard(
      executable: Bundle.main.executablePath,
      directory: FileManager.default.currentDirectoryPath
    ).folders.map { ($0 as NSString).deletingLastPathComponent + "/" + name }
      .filter { FileManager.default.fileExists(atPath: $0) }
  }
}
