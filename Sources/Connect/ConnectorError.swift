package import Domain

/// Why a connector could not do what it was asked to; each case has its class of law 7.
package enum ConnectorError: HubError, Equatable {
    case throttled(until: Timestamp)
    /// The platform did not answer, answered 5xx, or answered what is surely passing. The effect is unknown: ask before repeating.
    case unreachable(reason: String)
    /// Credentials lapsed, were revoked or lack a scope: the channel is parked until a person (or a refresh) mends it.
    case unauthorised(reason: String)
    case alreadyDone
    case refused(platformCode: String, platformMessage: String)
    case notUnderstood(field: String, found: String)
    case misconfigured(setting: String, problem: String)

    package var code: String {
        switch self {
        case .throttled: "throttled"
        case .unreachable: "unreachable"
        case .unauthorised: "unauthorised"
        case .alreadyDone: "already_done"
        case .refused(let code, _): code
        case .notUnderstood: "not_understood"
        case .misconfigured: "misconfigured"
        }
    }

    package var sentence: String {
        switch self {
        case .throttled(let until): "The platform asked us to slow down. Work goes on at \(until)."
        case .unreachable(let reason): "The platform could not be reached: \(reason). It is tried again by itself."
        case .unauthorised(let reason): "The platform no longer accepts this channel's credentials: \(reason). Authorise the channel again; its work waits meanwhile."
        case .alreadyDone: "It had been done already."
        case .refused(let code, let message): "The platform refused: \(message) (\(code)). Correct the order or the settings, then retry."
        case .notUnderstood(let field, let found): "The field \(field) holds \"\(found)\", which this version does not understand. The original is kept."
        case .misconfigured(let setting, let problem): "The channel's setting \(setting) \(problem). Set it with `channel set` and try again."
        }
    }

    package var failureClass: FailureClass {
        switch self {
        case .throttled(let until): .throttled(until: until)
        case .unreachable: .transient
        case .unauthorised: .unauthorised
        case .alreadyDone: .alreadyDone
        case .refused, .notUnderstood, .misconfigured: .rejected
        }
    }
}
