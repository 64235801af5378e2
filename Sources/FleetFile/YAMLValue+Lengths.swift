import YAMLText

extension YAMLValue {
  func duration(_ range: ClosedRange<Double>, such example: String) -> Double? {
    let what = "a duration such as \(example)"
    guard let text = scalar, !isNull else {
      expected(what)
      return nil
    }
    guard let seconds = Quantity.seconds(text) else {
      let isBare = Double(text) != nil
      expected(what, isBare ? "; did you mean '\(text)s'?" : "")
      return nil
    }
    guard range.contains(seconds) else {
      expected(
        "between \(Quantity.text(range.lowerBound)) and \(Quantity.text(range.upperBound))")
      return nil
    }
    return seconds
  }

  func size(_ range: ClosedRange<Int>) -> Int? {
    guard let text = scalar, let bytes = Quantity.bytes(text), range.contains(bytes) else {
      expected("a size such as 16MiB, from 1KiB to 1GiB")
      return nil
    }
    return bytes
  }
}
