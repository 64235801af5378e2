/// What can be wrong with one line, as a code, so that nothing is allocated until it is reported.
enum Flaw: UInt8 {
  case none
  case metricName, noMetricName, metricNameTwice, value, noValue, timestamp, trailing
  case labelName, equals, quote, openQuote, escape, comma, trailingComma, openBraces, encoding
  case repeatedLabel, reservedLabel
  case exemplarLabels, exemplarValue, exemplarTimestamp, exemplarInText
  case blankLine, startOfLine, comment, metadataName, metadataText, type, repeatedType
  case helpEncoding, helpEscape, repeatedHelp, unit
  case afterEnd, noEnd, unterminated, carriageReturn, keyTooLong

  var reason: String {
    switch self {
    case .none: "nothing wrong"
    case .metricName:
      "expected a metric name: letters, digits, `_` and `:`, not starting with a digit"
    case .noMetricName:
      "no metric name, neither before the braces nor as a quoted string inside them"
    case .metricNameTwice: "a second metric name inside the braces"
    case .value: "expected a number as the value, such as 1, 2.5e-3, NaN or +Inf"
    case .noValue: "expected a value after the series"
    case .timestamp:
      "expected a timestamp: whole milliseconds in the text format, finite seconds in OpenMetrics"
    case .trailing: "unexpected text or blanks at the end of the line"
    case .labelName: "expected a label name: letters, digits and `_`, or a quoted string"
    case .equals: "expected `=` after the label name"
    case .quote: "expected `\"` at the start of the label value"
    case .openQuote: "the quoted string does not end on this line"
    case .escape: "unknown escape: only `\\\\`, `\\\"` and `\\n` exist"
    case .comma: "expected `,` or `}` after the label value"
    case .trailingComma: "a comma with no label after it"
    case .openBraces: "the braces do not close on this line"
    case .encoding: "not valid UTF-8"
    case .repeatedLabel: "a label name is repeated"
    case .reservedLabel: "a label name that starts with `__` is reserved"
    case .exemplarLabels: "expected `# {` and the exemplar's labels"
    case .exemplarValue: "expected a number as the exemplar's value"
    case .exemplarTimestamp: "expected finite seconds as the exemplar's timestamp"
    case .exemplarInText: "exemplars exist in OpenMetrics only; the text format has none"
    case .blankLine: "OpenMetrics allows no blank lines"
    case .startOfLine: "expected a metric name or `# ` at the start of the line"
    case .comment:
      "OpenMetrics knows `# HELP`, `# TYPE`, `# UNIT` and `# EOF`, and no other comments"
    case .metadataName: "expected a metric name after the keyword"
    case .metadataText: "expected a space and text after the metric name"
    case .type: "unknown metric type"
    case .repeatedType: "a second TYPE line for this family, or TYPE after its samples"
    case .helpEncoding: "the help text is not valid UTF-8"
    case .helpEscape: "unknown escape in the help text"
    case .repeatedHelp: "a second HELP line for this family"
    case .unit: "the unit is not the last part of the family's name"
    case .afterEnd: "data after `# EOF`"
    case .noEnd: "the exposition does not end with `# EOF`"
    case .unterminated: "the last line does not end with a newline, so it may be cut short"
    case .carriageReturn: "lines end with CR LF; the format wants LF alone"
    case .keyTooLong: "name and labels are too long to keep"
    }
  }
}
