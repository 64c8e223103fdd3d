import Foundation
import HTTPTypes

/// One call of the API, its parameters decoded.
struct Call: Sendable {
    var method: HTTPRequest.Method
    /// After `/rest`: `/order/get`.
    var path: String
    /// By path prefix or `Host` header; nil: the token's own.
    var country: LazadaCountry?
    /// Query and form together, in the order received.
    var pairs: [(name: String, value: String)]
    /// A body that is no form.
    var rawBody = ""
    /// Set once the token is known: `th:100190009`.
    var store = ""

    /// The last of equal names, as long as it says something.
    func text(_ name: String) -> String? { pairs.last { $0.name == name }.map(\.value).flatMap { $0.isEmpty ? nil : $0 } }

    func required(_ name: String) throws(Problem) -> String {
        guard let value = text(name) else { throw .missing(name) }
        return value
    }

    func id(_ name: String) throws(Problem) -> Int64 {
        guard let id = Int64(try required(name)) else { throw .invalid(name) }
        return id
    }

    /// A parameter whose value is JSON text.
    func json(_ name: String) throws(Problem) -> LazadaJSON {
        guard let value = LazadaJSON(parsing: try required(name)) else { throw .invalid(name) }
        return value
    }

    /// A list of ids in JSON text, as `[1,2]`.
    func ids(_ name: String) throws(Problem) -> [Int64] {
        let items = try json(name).items ?? []
        let ids = items.compactMap(\.looseInteger)
        guard !ids.isEmpty, ids.count == items.count else { throw .invalid(name) }
        return ids
    }

    /// The first parameter that holds a JSON object: for calls whose parameter name the dossier does not give.
    func anyJSONObject() throws(Problem) -> LazadaJSON {
        for (name, value) in pairs where name != "access_token" {
            if let json = LazadaJSON(parsing: value), json.members != nil { return json }
        }
        throw .missing("request")
    }

    /// `a=1&b=x%20y` with `+` as a space.
    static func parsePairs(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decode(parts[0]), parts.count > 1 ? decode(parts[1]) : "")
        }
    }

    private static func decode(_ text: Substring) -> String {
        let spaced = String(text).replacing("+", with: " ")
        return spaced.removingPercentEncoding ?? spaced
    }
}

/// An error of the envelope; the HTTP status stays 200 (lazada.md §8).
struct Problem: Error, Sendable, Equatable {
    var code: String
    /// ISV: the caller's fault. ISP: the platform's. SYSTEM.
    var type: String
    var message: String
    var detail: LazadaJSON?

    init(_ code: String, _ message: String, type: String = "ISV", detail: LazadaJSON? = nil) {
        self.code = code
        self.type = type
        self.message = message
        self.detail = detail
    }

    static func missing(_ name: String) -> Problem { Problem("MissingParameter", "The input parameter \"\(name)\" that is mandatory for processing this request is not supplied") }
    static func invalid(_ name: String) -> Problem { Problem("InvalidParameter", "The specified parameter \"\(name)\" is not valid") }
    static let incompleteSignature = Problem("IncompleteSignature", "The request signature does not conform to platform standards")
    /// Unverified: the code is in the dossier's list, its words are not.
    static let illegalTimestamp = Problem("IllegalTimestamp", "The specified timestamp is not within 7200 seconds of the platform's clock")
    static let illegalRefreshToken = Problem("IllegalRefreshToken", "The specified refresh token is invalid or expired")
    static let invalidCode = Problem("InvalidCode", "Invalid authorization code")
    static func illegalAccessToken(type: String) -> Problem { Problem("IllegalAccessToken", "The specified access token is invalid or expired", type: type) }
    static func callLimit(seconds: Int, code: String = "ApiCallLimit") -> Problem {
        Problem(code, "Api access frequency exceeds the limit. this ban will last \(seconds) seconds", type: "ISV")
    }
    static let tooFast = Problem("901", "E0901: The request is too frequent, please try again later")
    static let serviceTimeout = Problem("ServiceTimeout", "Service timeout", type: "ISP")
    static let unknownOrder = Problem("16", "E016: Invalid Order ID")

    var body: LazadaJSON {
        let envelope: LazadaJSON = ["code": .string(code), "type": .string(type), "message": .string(message)]
        return detail.map { envelope.with(["detail": $0]) } ?? envelope
    }
}
