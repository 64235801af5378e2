extension OrderRendering {
  /// Each template is one argument, whatever is put into it: a value can be no option, no line and no further
  /// command of what a program reads.
  func command(_ order: CommandOrder) throws(ArgumentError) -> PlannedCommand {
    guard let program = order.arguments.first, program.isPlain, !program.parts.isEmpty else {
      throw ArgumentError(reason: "nothing is put into the name of a program")
    }
    var arguments: [String] = []
    for template in order.arguments { arguments.append(try argument(template)) }
    var command = PlannedCommand(
      arguments: arguments, success: order.success, dryRun: order.dryRun)
    if let input = order.input { command.input = try self.input(input) }
    for variable in order.environment {
      let value: PlannedRequest.Header.Value
      switch variable.value {
      case .secret(let place): value = .secret(place)
      case .text(let template):
        let text = try text(template)
        try OrderRendering.refuseControls(in: text)
        value = .text(text)
      }
      command.environment.append(PlannedRequest.Header(name: variable.name, value: value))
    }
    return command
  }

  /// A pattern in which what is put in stands for itself.
  func pattern(_ template: Template) throws(ArgumentError) -> String {
    var pattern = ""
    for part in template.parts {
      if case .plain(let text) = part {
        pattern += text
        continue
      }
      for sign in try value(part).unicodeScalars {
        // Letters and digits behind a backslash would mean something, and others have no need of one.
        if sign.isASCII, !sign.properties.isAlphabetic, !("0"..."9").contains(sign), sign != "_" {
          pattern += "\\"
        }
        pattern.unicodeScalars.append(sign)
      }
    }
    return pattern
  }

  private func argument(_ template: Template) throws(ArgumentError) -> String {
    let isPath = template.isPath
    var argument = ""
    for part in template.parts {
      let value = try value(part)
      if case .plain = part {
        argument += value
        continue
      }
      try OrderRendering.refuseControls(in: value)
      guard !value.isEmpty else {
        throw ArgumentError(reason: "an empty value cannot be put into an argument")
      }
      guard !argument.isEmpty || !value.hasPrefix("-") else {
        throw ArgumentError(
          reason: "'\(value)' would be taken for an option: an argument cannot begin with it")
      }
      // The fleet file says what is a path: nothing that is put in becomes another segment of it.
      if isPath, part != .service, part != .instance,
        value.contains("/") || value == "." || value == ".."
      {
        throw ArgumentError(reason: "'\(value)' would be more than one part of a path")
      }
      argument += value
    }
    guard !argument.utf8.contains(0) else {
      throw ArgumentError(reason: "an argument has a sign that none can have")
    }
    return argument
  }

  /// What a program reads may be commands, which end at a blank, a `;` or a line's end.
  private func input(_ template: Template) throws(ArgumentError) -> String {
    var input = ""
    for part in template.parts {
      let value = try value(part)
      if case .plain = part {
        input += value
        continue
      }
      guard !value.isEmpty, value.utf8.allSatisfy(OrderRendering.isWordSign) else {
        throw ArgumentError(
          reason:
            "'\(value)' cannot be put into what a program reads: expected letters, digits and "
            + "'.', '_', '~', ':', '@', '%', '+' and '-' only")
      }
      input += value
    }
    return input
  }

  private static func isWordSign(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: "._~:@%+-".utf8.contains(byte)
    }
  }

  private static func refuseControls(in text: String) throws(ArgumentError) {
    guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
      throw ArgumentError(reason: "a value has a control sign, such as the end of a line")
    }
  }
}

extension Template {
  /// Nothing is put into it.
  package var isPlain: Bool { parts.allSatisfy { if case .plain = $0 { true } else { false } } }

  /// It is written as a path, before what is put in or after it.
  fileprivate var isPath: Bool {
    parts.contains { if case .plain(let text) = $0 { text.contains("/") } else { false } }
  }
}
