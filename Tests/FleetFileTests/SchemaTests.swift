import FleetFile
import Foundation
import Testing
import Yams

@Suite("The JSON Schema of the fleet file")
struct SchemaTests {
  private let schema: [String: Any]
  private let definitions: [String: Any]

  init() throws {
    let data = try Data(contentsOf: samples.appending(path: "damcon.schema.json"))
    schema = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
    definitions = try #require(schema["$defs"] as? [String: Any])
  }

  /// The object among the forms that a definition may take.
  private func object(_ definition: [String: Any]) -> [String: Any]? {
    if definition["properties"] != nil { return definition }
    let forms = definition["anyOf"] as? [[String: Any]] ?? []
    return forms.first { $0["properties"] != nil }
  }

  @Test("The schema and the reader know the same keys")
  func keys() throws {
    for (section, keys) in Keys.sections {
      let definition =
        section == "file"
        ? schema : try #require(definitions[section] as? [String: Any], "\(section)")
      let form = try #require(object(definition), "\(section)")
      let properties = try #require(form["properties"] as? [String: Any], "\(section)")
      #expect(Set(properties.keys) == Set(keys), "\(section)")
      #expect(form["additionalProperties"] as? Bool == false, "\(section)")
    }
    let sections = definitions.keys.filter { name in
      (definitions[name] as? [String: Any]).flatMap(object) != nil
    }
    #expect(Set(sections).isSubset(of: Set(Keys.sections.keys)))
  }

  @Test("The sample is right by the schema")
  func sample() throws {
    let text = try String(contentsOf: samples.appending(path: "damcon.yaml"), encoding: .utf8)
    let value = try #require(try Yams.load(yaml: text))
    #expect(mistakes(value, schema, "$") == [])
  }

  @Test("The check that the sample is put to does find mistakes")
  func check() throws {
    for text in [
      "{}", "services: []", "version: 2\nservices: [{name: a}]", "services: [{nme: a}]",
      "services: [{name: a, tier: top}]", "services: [{name: a, poll: {interval: 5}}]",
    ] {
      let value = try #require(try Yams.load(yaml: text))
      #expect(mistakes(value, schema, "$") != [], "\(text)")
    }
  }

  /// Enough of JSON Schema for ours.
  private func mistakes(_ value: Any, _ schema: Any?, _ path: String) -> [String] {
    guard let schema = schema as? [String: Any] else { return [] }
    if let reference = schema["$ref"] as? String {
      return mistakes(value, definitions[String(reference.dropFirst("#/$defs/".count))], path)
    }
    if let forms = schema["anyOf"] as? [Any] {
      let all = forms.map { mistakes(value, $0, path) }
      return all.contains([]) ? [] : all.flatMap { $0 }
    }
    if let words = schema["enum"] as? [String] {
      return words.contains(value as? String ?? "") ? [] : ["\(path): not one of the words"]
    }
    if let constant = schema["const"] {
      return "\(constant)" == "\(value)" ? [] : ["\(path): const"]
    }
    let types = schema["type"] as? [String] ?? (schema["type"] as? String).map { [$0] } ?? []
    if !types.isEmpty, !types.contains(where: { matches(value, $0) }) {
      return ["\(path): no \(types.joined(separator: " or "))"]
    }
    if let pattern = schema["pattern"] as? String, let text = value as? String,
      text.range(of: pattern, options: .regularExpression) == nil
    {
      return ["\(path): '\(text)' does not match"]
    }
    if let list = value as? [Any] {
      if list.count < schema["minItems"] as? Int ?? 0 { return ["\(path): too few"] }
      return list.enumerated().flatMap {
        mistakes($0.element, schema["items"], "\(path)[\($0.offset)]")
      }
    }
    guard let members = value as? [String: Any], schema["type"] as? String == "object" else {
      return []
    }
    let properties = schema["properties"] as? [String: Any] ?? [:]
    var result = (schema["required"] as? [String] ?? []).filter { members[$0] == nil }.map {
      "\(path).\($0): missing"
    }
    for (key, member) in members where !key.hasPrefix("x-") {
      if let property = properties[key] {
        result += mistakes(member, property, "\(path).\(key)")
      } else if schema["additionalProperties"] as? Bool == false {
        result.append("\(path).\(key): unknown")
      } else {
        result += mistakes(member, schema["additionalProperties"], "\(path).\(key)")
      }
    }
    return result
  }

  private func matches(_ value: Any, _ type: String) -> Bool {
    switch type {
    case "string": value is String
    case "integer": value is Int
    case "number": value is Int || value is Double
    case "boolean": value is Bool
    case "array": value is [Any]
    case "object": value is [String: Any]
    default: false
    }
  }
}
