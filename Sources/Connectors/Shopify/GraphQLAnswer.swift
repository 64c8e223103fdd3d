import Connect
import Domain
import Foundation

/// What every GraphQL answer carries beside its data: errors, and what it cost (§4.2, §8).
struct GraphQLEnvelope: Decodable, Sendable {
    struct Problem: Sendable, Equatable { var code: String, message: String }
    struct Cost: Sendable, Equatable { var requested: Double, maximum: Double, available: Double, restoreRate: Double }

    var problems: [Problem] = []
    var cost: Cost?
    var hasData = false

    private enum Key: String, CodingKey { case errors, extensions, data }
    private enum ExtensionKey: String, CodingKey { case cost, code }
    private enum CostKey: String, CodingKey { case requestedQueryCost, throttleStatus }
    private enum ThrottleKey: String, CodingKey { case maximumAvailable, currentlyAvailable, restoreRate }
    private enum ProblemKey: String, CodingKey { case message, extensions }

    init(from decoder: any Decoder) throws {
        let answer = try decoder.container(keyedBy: Key.self)
        hasData = answer.contains(.data) && (try? answer.decodeNil(forKey: .data)) == false
        if answer.contains(.errors) {
            do {
                try answer.each(.errors, ProblemKey.self) {
                    problems.append(Problem(code: $0.object(.extensions, ExtensionKey.self)?.text(.code) ?? "", message: $0.text(.message) ?? ""))
                }
            } catch {   // a text or an object instead of the list
                problems = [Problem(code: "", message: answer.text(.errors) ?? "errors in another form")]
            }
        }
        if let cost = answer.object(.extensions, ExtensionKey.self)?.object(.cost, CostKey.self) {
            let throttle = cost.object(.throttleStatus, ThrottleKey.self)
            func number<K: CodingKey>(_ container: KeyedDecodingContainer<K>?, _ key: K) -> Double? { container.flatMap { try? $0.decode(Double.self, forKey: key) } }
            if let available = number(throttle, .currentlyAvailable), let rate = number(throttle, .restoreRate), rate > 0 {
                self.cost = Cost(requested: number(cost, .requestedQueryCost) ?? 0, maximum: number(throttle, .maximumAvailable) ?? available, available: available, restoreRate: rate)
            }
        }
    }

    /// The error that the problems amount to; nil when there are none.
    func error(now: Timestamp, requestID: String) -> ConnectorError? {
        func find(_ code: String) -> Problem? { problems.first { $0.code == code } }
        if find("THROTTLED") != nil || problems.contains(where: { $0.code.isEmpty && $0.message == "Throttled" }) {
            return .throttled(until: now + wait(for: cost?.requested ?? 0))
        }
        if let problem = find("MAX_COST_EXCEEDED") { return .refused(platformCode: "MAX_COST_EXCEEDED", platformMessage: Self.cut(problem.message)) }
        if let problem = find("INTERNAL_SERVER_ERROR") { return .unreachable(reason: "an internal error of the platform: \(Self.cut(problem.message))\(requestID)") }
        if let problem = find("ACCESS_DENIED") { return .unauthorised(reason: "access denied: \(Self.cut(problem.message))\(requestID)") }
        if let problem = find("SHOP_INACTIVE") { return .unauthorised(reason: "the shop is inactive: \(Self.cut(problem.message))\(requestID)") }
        guard let problem = problems.first else { return nil }
        return .refused(platformCode: problem.code.isEmpty ? "graphql" : problem.code.cut(80), platformMessage: Self.cut(problem.message) + requestID)
    }

    /// (requested − available) / restore rate, at least a second and at most ten minutes.
    func wait(for requested: Double) -> Duration {
        guard let cost else { return .seconds(2) }
        let seconds = (requested - cost.available) / cost.restoreRate
        return .milliseconds(Int64(max(1, min(600, seconds)) * 1000))
    }

    static func cut(_ text: String) -> String { text.cut(300) }
}

/// An answer whose errors have been looked at.
struct GraphQLAnswer: Sendable {
    let body: [UInt8]
    let apiVersion: String?
    /// The `Date` header.
    let date: String?

    func data<Value: Decodable>(_ type: Value.Type) throws(ConnectorError) -> Value {
        try ShopifyConnector.decode(DataOnly<Value>.self, body).data
    }
}

private struct DataOnly<Value: Decodable>: Decodable { let data: Value }
