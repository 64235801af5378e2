/// What becomes of one target in the course of a plan: before, and then one value after the other.
public struct TargetCourse: Sendable, Hashable {
  public var target: String
  public var service: String
  /// Which of the plan's parts it belongs to.
  public var part: Int
  /// What was there when the plan was made; nil where nothing was read.
  public var captured: Argument?
  /// The places of its steps among those of the plan, in their order.
  public var places: [Int]
  /// What is there after each of them; nil where nothing says.
  public var values: [Argument?]

  /// What is there once all is done; nil where nothing says.
  public var goal: Argument? { values.last ?? nil }
}

extension ActionPlan {
  /// The courses of all targets, in the order in which they begin.
  public var targets: [TargetCourse] {
    var courses: [TargetCourse] = []
    var known: [String: [Int]] = [:]
    for (place, step) in steps.enumerated() {
      let expected = step.read?.expected
      if let index = known[step.target]?.first(where: { courses[$0].part == step.part }) {
        courses[index].places.append(place)
        courses[index].values.append(expected)
      } else {
        known[step.target, default: []].append(courses.count)
        courses.append(
          TargetCourse(
            target: step.target, service: step.service, part: step.part, captured: step.captured,
            places: [place], values: [expected]))
      }
    }
    return courses
  }

  /// The course that the step at a place belongs to.
  public func course(of place: Int) -> TargetCourse? {
    guard steps.indices.contains(place) else { return nil }
    let own = steps[place]
    let places = steps.indices.filter {
      steps[$0].target == own.target && steps[$0].part == own.part
    }
    return TargetCourse(
      target: own.target, service: own.service, part: own.part,
      captured: places.first.flatMap { steps[$0].captured }, places: places,
      values: places.map { steps[$0].read?.expected })
  }

  /// What a target says that is so there, as seen from one of its steps.
  public func standing(of place: Int, found: Argument) -> Standing {
    guard let course = course(of: place) else { return .elsewhere }
    for (other, value) in zip(course.places, course.values).reversed()
    where value?.isSame(as: found) == true {
      // Where it says already what was there before, it was done if this is what it was to bring about.
      return other >= place ? .done : .before
    }
    if steps[place].captured?.isSame(as: found) == true { return .before }
    if course.captured?.isSame(as: found) == true { return .before }
    return .elsewhere
  }

  public enum Standing: Sendable, Hashable {
    /// The step, or a later one, has been done.
    case done
    /// The step has not been done; one before it may have.
    case before
    /// Somebody else has changed it.
    case elsewhere
  }
}
