import Containment
import Fleet
import Foundation
import Incident
import Session

/// An action as somebody asks for it from outside: words that nobody has looked at yet.
struct TypedWish: Sendable {
  var action: String
  var service: String
  var arguments: [String: String]
  var reason: String
  var origin: ActionPlan.Origin?

  /// Bytes of a reason.
  static let longest = 1000
}

/// Why nothing can be made of what somebody asked for.
struct WishError: Error, Sendable {
  var reason: String
  init(_ reason: String) { self.reason = reason }
}

extension Present {
  /// A run with what is said beside it.
  func sight(_ run: ActionRun) -> Sight {
    let confirm = ActionMove(run: run.plan.id, by: "", step: .confirm(hash: run.hash))
    let isOpen = run.state.isBeforeSending && run.state != .confirmed
    return Sight(
      run: run, at: now, obstacle: isOpen ? refusal(of: confirm) : nil,
      dependents: dependents(of: run.plan.service))
  }

  /// What somebody typed, as a wish: the action by its name where only one for that service has it.
  func wish(_ typed: TypedWish, ticket: String) -> Result<ActionWish, WishError> {
    do throws(WishError) { return .success(try made(typed, ticket)) } catch {
      return .failure(error)
    }
  }

  private func made(_ typed: TypedWish, _ ticket: String) throws(WishError) -> ActionWish {
    guard typed.reason.utf8.count <= TypedWish.longest else {
      throw WishError("a reason has at most \(TypedWish.longest) bytes")
    }
    if typed.action.hasPrefix(Maneuver.prefix) { return try several(typed, ticket) }
    guard service(named: typed.service) != nil else {
      throw WishError("there is no service '\(typed.service)' in this fleet")
    }
    let action = try named(typed.action, for: typed.service)
    var arguments: [String: Argument] = [:]
    for (name, text) in typed.arguments.sorted(by: { $0.key < $1.key }) {
      guard let parameter = action.parameters.first(where: { $0.name == name }) else {
        throw WishError("\(action.name) has no parameter '\(name)'")
      }
      do throws(ArgumentError) { arguments[name] = try parameter.argument(text) } catch {
        throw WishError(error.reason)
      }
    }
    return ActionWish(
      ticket: ticket, action: action.id, service: typed.service, arguments: arguments,
      origin: typed.origin, reason: typed.reason)
  }

  /// A plan of several: its file says what its actions are told, and which services they are for.
  private func several(_ typed: TypedWish, _ ticket: String) throws(WishError) -> ActionWish {
    guard let maneuver = maneuvers.first(where: { $0.id == typed.action }) else {
      throw WishError("there is no plan '\(typed.action.dropFirst(Maneuver.prefix.count))'")
    }
    guard typed.arguments.isEmpty else {
      throw WishError("\(maneuver.id) takes no values: the fleet file says them")
    }
    let services = maneuver.services
    guard let service = typed.service.isEmpty ? services.first : typed.service,
      services.contains(service)
    else {
      throw WishError("\(maneuver.id) is for \(services.joined(separator: ", "))")
    }
    return ActionWish(
      ticket: ticket, action: maneuver.id, service: service, arguments: [:],
      origin: typed.origin, reason: typed.reason)
  }

  private func named(_ name: String, for service: String) throws(WishError) -> Action {
    if let action = action(id: name) {
      guard action.applies(to: service) else {
        throw WishError("\(action.id) is not for \(service)")
      }
      return action
    }
    let all = actions(for: service).filter { $0.name == name }
    guard let first = all.first else {
      throw WishError("there is no action '\(name)' for \(service)")
    }
    guard all.count == 1 else {
      throw WishError("'\(name)' may be any of \(all.map(\.id).joined(separator: ", "))")
    }
    return first
  }
}

extension State {
  /// The actions that are for a service, in the order of the files, with why they cannot be had now.
  func offers(for service: String) -> [Offer] {
    let plans = present.maneuvers.filter { $0.services.first == service }.map { maneuver in
      Offer(
        service: service, id: maneuver.id, kind: "plan", title: maneuver.title,
        risk: present.risk(of: maneuver), mode: .judgement,
        obstacle: present.halt?.words ?? present.obstacle(to: maneuver))
    }
    return plans
      + present.actions(for: service).map { action in
        Offer(
          service: service, id: action.id, kind: action.kind.rawValue, title: action.title,
          risk: action.risk, mode: action.mode, parameters: action.parameters,
          approvals: action.policy.approvals,
          isReversible: action.revert != nil && action.read != nil,
          obstacle: present.halt?.words ?? present.obstacle(to: action, on: service))
      }
  }
}
