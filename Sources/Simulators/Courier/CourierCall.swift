import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// A call with its raw bytes, before and after it was let in.
struct CourierCall: Sendable {
    let method: String
    /// Path with query exactly as on the request line: what is signed.
    let target: String
    let headers: HTTPFields
    let body: Data
    private let query: [String: String]

    init(_ request: Request, limit: Int) async throws {
        method = request.method.rawValue
        target = request.head.path ?? request.uri.description
        headers = request.headers
        query = Dictionary(request.uri.queryParameters.map { (String($0.key), String($0.value)) }, uniquingKeysWith: { first, _ in first })
        body = Data(try await request.body.collect(upTo: limit).readableBytesView)
    }

    subscript(query name: String) -> String? { query[name] }

    func decode<Body: Decodable>(_ type: Body.Type) throws(CourierProblem) -> Body {
        do { return try JSONDecoder().decode(type, from: body) }
        catch let error as DecodingError { throw CourierProblem(decoding: error) }
        catch { throw CourierProblem(.invalidJSON, "The body is not JSON.") }
    }
}

extension HTTPField.Name {
    static let courierKey = constant("X-Courier-Key")
    static let courierTimestamp = constant("X-Courier-Timestamp")
    static let courierSignature = constant("X-Courier-Signature")
    static let courierEventID = constant("X-Courier-Event-Id")
    static let idempotencyKey = constant("Idempotency-Key")
    static let idempotentReplay = constant("Idempotent-Replay")
    static let rateLimitLimit = constant("RateLimit-Limit")
    static let rateLimitRemaining = constant("RateLimit-Remaining")
    static let rateLimitReset = constant("RateLimit-Reset")

    /// The names above are plain tokens, which the initialiser accepts; `X-Unknown` would show at once in every test.
    private static func constant(_ name: String) -> HTTPField.Name { HTTPField.Name(name) ?? .server }
}
