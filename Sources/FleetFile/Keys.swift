/// Every key of a fleet file by the section it stands in: the one list that the reader, its advice
/// and the JSON Schema under `samples/` agree on.
package enum Keys {
  package static let file = [
    "version", "fleet", "environment", "poll", "defaults", "limits", "headers", "bearer_token",
    "tls", "conventions", "services", "capabilities", "journeys", "runbooks", "actions", "access",
    "breakers", "fallbacks", "signals", "policy", "automation", "socket", "plans",
  ]
  package static let environment = ["name", "color"]
  package static let poll = [
    "interval", "timeout", "liveness_timeout", "readiness_timeout", "readiness_grace",
  ]
  /// What can be said of the whole fleet, of a service and of one instance alike.
  static let asking = ["poll", "health", "metrics", "headers", "bearer_token", "tls", "limits"]
  package static let defaults = ["tier", "language", "owner", "requests"] + asking
  package static let service =
    [
      "name", "tier", "language", "owner", "instances", "depends_on", "requests", "endpoints",
      "slos",
    ]
    + ["release", "signals"]
    + ["fallbacks", "breakers", "aliases", "beacon"]
    + asking
  package static let instance = ["url"] + asking
  package static let beacon = [
    "every", "period", "grace", "token", "instances", "most", "forget",
  ]
  package static let owner = ["team", "primary", "secondary", "channel"]
  package static let health = ["liveness", "readiness"]
  package static let secret = ["env", "file"]
  package static let tls = ["ca", "cert", "key", "server_name"]
  package static let limits = ["body", "series", "redirects"]
  package static let namedEndpoint = ["name", "routes"]
  package static let slo = [
    "name", "objective", "threshold", "endpoint", "good", "bad", "total", "window", "burn", "floor",
    "policy",
  ]
  package static let capabilitySLO = slo + ["at"]
  package static let burn = ["alert", "long", "short", "factor", "budget"]
  package static let budgetPolicy = ["warn", "freeze"]
  package static let metricSelector = ["metric", "labels"]
  package static let requests = [
    "surface", "requests", "histogram", "latency", "unit", "endpoint", "method", "error", "only",
    "except",
  ]
  package static let convention = ["name"] + requests
  package static let fallbackMetric = [
    "metric", "reading", "name", "name_label", "only", "mode",
  ]
  package static let fallbackPlan = [
    "name", "mode", "tolerance", "max_age", "dependency", "users_get", "enter_when",
    "acceptable_while", "exit_when", "recovered_after", "metric", "reading", "only", "age_metric",
  ]
  package static let breakerMetric = [
    "metric", "encoding", "name_label", "only", "transitions", "refused",
  ]
  package static let encoding = ["closed", "open", "half-open", "half_open", "label"]
  package static let capability = [
    "name", "tier", "needs", "tolerates", "users_get", "instead", "expected_recovery", "slos",
  ]
  package static let need = ["service", "endpoint", "optional"]
  package static let tolerates = ["errors", "degraded"]
  package static let usersGet = ["degraded", "lost"]
  package static let release = ["owner", "schedule", "gate", "rollback"]
  package static let schedule = ["days", "hours", "freeze"]
  package static let freeze = ["from", "until", "reason"]
  package static let signal = ["name", "metric", "match", "as", "quantile", "unit", "scale"]
  package static let condition = ["all", "any", "not"]
  package static let journey = [
    "name", "tier", "capability", "service", "every", "timeout", "steps", "slo", "headers",
    "bearer_token", "tls",
  ]
  package static let journeyStep = [
    "name", "service", "path", "get", "post", "put", "patch", "delete", "head", "headers", "body",
    "expect",
  ]
  package static let journeyExpect = ["status", "body", "time"]
  package static let journeyBody = ["contains", "lacks"]
  package static let journeySLO = ["objective", "threshold", "window"]
  package static let action = [
    "name", "kind", "title", "services", "risk", "mode", "parameters", "http", "command", "read",
    "revert",
    "preconditions", "outcome", "verification", "steps", "recovery", "request", "approvals",
    "regression", "timeout", "expiry",
  ]
  package static let parameter = ["name", "type", "min", "max", "default", "choices", "unit"]
  /// A file beside the fleet file, whose actions are read as if they stood here.
  package static let actionFile = ["file"]
  private static let request = ["method", "url", "headers", "body", "success"]
  package static let order = request + ["follow"]
  package static let follow = ["url", "answer", "pointer", "done", "failed", "every"]
  package static let command = ["run", "input", "env", "success", "dry_run"]
  package static let revert = order + ["command"]
  package static let reading =
    request + ["command", "read_only", "pointer", "match", "text", "expect"]
  package static let headerSecret = secret + ["command"]
  package static let proof = ["conditions", "window", "within"]
  package static let staging = ["parameter", "values", "check"]
  package static let recovery = ["conditions", "watch", "within", "confirm"]
  package static let approvals = ["count", "by", "within"]
  package static let maneuver = ["name", "title", "outcome", "steps", "manifest", "recovery"]
  package static let maneuverStep = [
    "action", "service", "arguments", "prerequisites", "check", "reversible", "migrates", "touches",
  ]
  package static let manifest = ["release", "artifacts", "stores"]
  package static let artifact = [
    "name", "version", "needs", "offers", "reads", "environments", "settings",
  ]
  package static let store = ["name", "schema", "migration"]
  package static let migration = ["to", "reversible"]
  package static let effect = ["database", "cache", "external"]
  package static let access = ["default", "responder", "approver", "commander"]
  package static let people = ["users", "groups"]
  package static let containmentPolicy = ["freezes", "gates"]
  package static let actionFreeze = freeze + ["services", "kinds", "break"]
  package static let budgetGate = ["kinds", "actions", "budget"]
  package static let automation = ["rollbacks", "rules"]
  package static let rule = [
    "name", "when", "action", "services", "arguments", "days", "hours", "at_most", "countdown",
  ]
  package static let runbook = [
    "id", "title", "services", "service", "language", "tier", "owner", "impact", "match",
    "indicators", "verification", "escalation", "triage", "criteria", "slos", "links", "tags",
    "reviewed", "actions",
  ]
  package static let indicator = [
    "name", "when", "signal", "above", "below", "is", "for", "dashboard", "query",
  ]
  package static let verification = ["all", "for"]
  package static let escalation = ["after", "to", "channel"]
  package static let triage = ["within", "decide", "otherwise"]
  package static let criteria = ["incident", "customers", "review"]
  package static let link = ["title", "url"]
  package static let error = ["http_status", "grpc_code", "label", "values", "family"]

  /// By the name that the section has in the schema.
  package static let sections: [String: [String]] = [
    "file": file, "environment": environment, "poll": poll, "defaults": defaults,
    "service": service, "instance": instance, "beacon": beacon, "owner": owner, "health": health,
    "secret": secret,
    "tls": tls, "limits": limits, "namedEndpoint": namedEndpoint, "slo": slo,
    "capabilitySLO": capabilitySLO, "burn": burn, "budgetPolicy": budgetPolicy,
    "metricSelector": metricSelector, "requests": requests,
    "convention": convention,
    "error": error,
    "fallbackMetric": fallbackMetric, "fallbackPlan": fallbackPlan, "breakerMetric": breakerMetric,
    "encoding": encoding, "capability": capability, "need": need, "tolerates": tolerates,
    "usersGet": usersGet,
    "release": release, "schedule": schedule, "freeze": freeze, "signal": signal,
    "condition": condition,
    "action": action, "parameter": parameter, "actionFile": actionFile, "order": order,
    "follow": follow, "command": command, "revert": revert, "reading": reading,
    "headerSecret": headerSecret, "proof": proof, "approvals": approvals,
    "staging": staging, "recovery": recovery, "maneuver": maneuver, "maneuverStep": maneuverStep,
    "manifest": manifest, "artifact": artifact, "store": store, "migration": migration,
    "effect": effect,
    "access": access, "people": people, "containmentPolicy": containmentPolicy,
    "actionFreeze": actionFreeze, "budgetGate": budgetGate, "automation": automation, "rule": rule,
    "journey": journey, "journeyStep": journeyStep, "journeyExpect": journeyExpect,
    "journeyBody": journeyBody, "journeySLO": journeySLO,
  ]
}
