/// FNV-1a: the same on every machine and in every run, which `Hasher` is not.
package struct Fingerprint {
  package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  package init() {}

  package mutating func add(_ text: String) {
    for byte in text.utf8 { add(UInt64(byte)) }
    // No byte of UTF-8 is 0xff, so neighbouring texts cannot run together.
    add(0xff)
  }

  package mutating func add(_ word: UInt64) { value = (value ^ word) &* 0x100_0000_01b3 }
}
