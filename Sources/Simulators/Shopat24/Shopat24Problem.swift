/// A refusal: the channel's code and sentence, and the HTTP status that goes with it (shopat24.md §6, §8).
package struct Shopat24Problem: Error, Sendable, Equatable {
    package enum Code: String, Sendable, CaseIterable {
        case invalid = "4000", unknownOrder = "4001", wrongState = "4002", duplicateTracking = "4003", alreadyDone = "4009"
        case unauthorised = "4010", badSignature = "4011", staleTimestamp = "4012", keyReused = "4091", throttled = "4290"
        case unavailable = "9999"

        package var httpStatus: Int {
            switch self {
            case .invalid: 400
            case .unauthorised, .badSignature, .staleTimestamp: 401
            case .unknownOrder: 404
            case .wrongState, .duplicateTracking, .alreadyDone, .keyReused: 409
            case .throttled: 429
            case .unavailable: 503
            }
        }

        /// Refusals of what was asked; a channel may answer them with 200 and `success:false`.
        var isAboutTheOrder: Bool { [.unknownOrder, .wrongState, .duplicateTracking, .alreadyDone].contains(self) }
    }

    package var code: Code
    package var message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}
