/// What a failure asks for (law 7).
package enum FailureClass: Sendable, Equatable {
    case transient
    case throttled(until: Timestamp)
    case unauthorised
    case rejected
    case alreadyDone

    /// The small closed word for metrics and columns.
    package var word: String {
        switch self {
        case .transient: "transient"
        case .throttled: "throttled"
        case .unauthorised: "unauthorised"
        case .rejected: "rejected"
        case .alreadyDone: "alreadyDone"
        }
    }
}

/// Every error of ours knows its machine code, a sentence for an operator, and its class.
package protocol HubError: Error, Sendable {
    var code: String { get }
    var sentence: String { get }
    var failureClass: FailureClass { get }
}
