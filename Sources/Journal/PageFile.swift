import Foundation

/// A database's file as bare pages, with those of its write-ahead log, for when its own program can no
/// longer find its way in it.
///
/// Everything is read where it is asked for and checked to be there; nothing is mapped, for a file that
/// gets shorter under a mapping ends the process.
final class PageFile: Sendable {
  /// A page by where it lies.
  enum Place: Sendable, Hashable {
    /// Counted from 0.
    case page(UInt32)
    case frame(UInt32)
  }

  let pageSize: Int
  /// Bytes of a page that are used.
  let usable: Int
  let pageCount: UInt32
  let frameCount: UInt32
  let size: Int
  /// Pages that the file says it has; nil where that cannot be known.
  let saidCount: Int?
  private let file: Int32
  private let log: Int32
  /// Numbers of pages, counted from 1, to their last frame.
  private let newest: [UInt32: UInt32]

  static let frameHeader = 24
  private static let logHeader = 32

  init(_ path: String) throws(JournalError) {
    var status = stat()
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard file >= 0, fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      if file >= 0 { close(file) }
      throw JournalError(path, "cannot be opened", .unwritable)
    }
    self.file = file
    size = Int(status.st_size)
    let header = PageFile.read(file, 0, 100)
    func word(_ place: Int) -> Int { header[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    let isWhole = header.count == 100 && header.starts(with: "SQLite format 3\0".utf8)
    var pageSize = isWhole ? Int(header[16]) << 8 | Int(header[17]) : JournalSchema.pageSize
    if pageSize == 1 { pageSize = 65_536 }
    // A size that cannot be is a damaged one; every journal has been made with this.
    if pageSize < 512 || pageSize & (pageSize - 1) != 0 { pageSize = JournalSchema.pageSize }
    self.pageSize = pageSize
    let reserved = isWhole ? Int(header[20]) : 0
    usable = pageSize - reserved >= 480 ? pageSize - reserved : pageSize
    pageCount = UInt32(clamping: (size + pageSize - 1) / pageSize)
    saidCount = isWhole && word(24) == word(92) && word(28) > 0 ? word(28) : nil
    log = open(path + "-wal", O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    (frameCount, newest) = PageFile.frames(log, pageSize)
  }

  deinit {
    close(file)
    if log >= 0 { close(log) }
  }

  /// Frames of the log up to the last one that ended a transaction.
  private static func frames(_ log: Int32, _ pageSize: Int) -> (UInt32, [UInt32: UInt32]) {
    guard log >= 0 else { return (0, [:]) }
    let header = read(log, 0, logHeader)
    guard header.count == logHeader, header.starts(with: [0x37, 0x7f, 0x06]) else {
      return (0, [:])
    }
    var newest: [UInt32: UInt32] = [:]
    var pending: [(page: UInt32, frame: UInt32)] = []
    var count: UInt32 = 0
    for frame in UInt32(0)..<UInt32.max {
      let place = logHeader + Int(frame) * (frameHeader + pageSize)
      let bytes = read(log, place, frameHeader)
      // A frame of an earlier use of the log has other salts.
      guard bytes.count == frameHeader, bytes[8..<16] == header[16..<24] else { break }
      func word(_ place: Int) -> UInt32 {
        bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
      }
      pending.append((word(0), frame))
      guard word(4) > 0 else { continue }
      for page in pending { newest[page.page] = page.frame }
      pending = []
      count = frame + 1
    }
    return (count, newest)
  }

  /// A whole page; nil where the file does not reach so far. One that is cut is filled with zeros.
  func bytes(of place: Place) -> [UInt8]? {
    var bytes: [UInt8]
    switch place {
    case .page(let number): bytes = PageFile.read(file, Int(number) * pageSize, pageSize)
    case .frame(let number):
      let start = PageFile.logHeader + Int(number) * (PageFile.frameHeader + pageSize)
      bytes = PageFile.read(log, start + PageFile.frameHeader, pageSize)
    }
    guard !bytes.isEmpty else { return nil }
    bytes += [UInt8](repeating: 0, count: pageSize - bytes.count)
    return bytes
  }

  /// Where a page that another one names is to be found.
  ///
  /// - Parameter number: counted from 1, as pages name one another.
  /// - Parameter usesLog: whether the log's newer form of it is meant.
  func place(of number: UInt32, usesLog: Bool) -> Place? {
    if usesLog, let frame = newest[number] { return .frame(frame) }
    return number >= 1 && number <= pageCount ? .page(number - 1) : nil
  }

  private static func read(_ file: Int32, _ start: Int, _ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = bytes.withUnsafeMutableBytes {
        pread(file, $0.baseAddress.map { $0 + done }, count - done, off_t(start + done))
      }
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { break }
      done += got
    }
    return Array(bytes.prefix(done))
  }
}
