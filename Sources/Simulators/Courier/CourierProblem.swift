import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import SimulatorKit

/// An answer that is not 2xx: the contract's code, its status and the envelope (generic-courier.md §8).
struct CourierProblem: Error, Equatable {
    enum Code: String {
        case invalidJSON = "invalid_json", missingField = "missing_field", invalidField = "invalid_field"
        case badSignature = "bad_signature", unknownKey = "unknown_key", staleTimestamp = "stale_timestamp"
        case serviceNotEnabled = "service_not_enabled", codNotEnabled = "cod_not_enabled"
        case notFound = "not_found", notAcceptable = "not_acceptable"
        case duplicateRef = "duplicate_ref", idempotencyMismatch = "idempotency_mismatch", tooLate = "too_late", labelNotReady = "label_not_ready"
        case invalidPostcode = "invalid_postcode", areaNotServed = "area_not_served", overweight, codOverLimit = "cod_over_limit"
        case codNegative = "cod_negative", invalidPhone = "invalid_phone"
        case rateLimited = "rate_limited", `internal`

        var status: Int {
            switch self {
            case .invalidJSON, .missingField, .invalidField: 400
            case .badSignature, .unknownKey, .staleTimestamp: 401
            case .serviceNotEnabled, .codNotEnabled: 403
            case .notFound: 404
            case .notAcceptable: 406
            case .duplicateRef, .idempotencyMismatch, .tooLate, .labelNotReady: 409
            case .invalidPostcode, .areaNotServed, .overweight, .codOverLimit, .codNegative, .invalidPhone: 422
            case .rateLimited: 429
            case .internal: 500
            }
        }
    }

    var code: Code
    var message: String
    var field: String?
    /// The order that already carries the reference.
    var orderID: String?
    var retryAfterSeconds: Int?
    /// Another status for `.internal`: 502, 503, 504.
    var status: Int

    init(_ code: Code, _ message: String, field: String? = nil, orderID: String? = nil, retryAfterSeconds: Int? = nil, status: Int? = nil) {
        self.code = code
        self.message = message
        self.field = field
        self.orderID = orderID
        self.retryAfterSeconds = retryAfterSeconds
        self.status = status ?? code.status
    }

    var reply: CourierReply {
        struct Envelope: Encodable {
            struct Inner: Encodable { var code: String, message: String, requestId: String; var field: String?, orderId: String? }
            var error: Inner
        }
        let requestID = "rq_\(String(UInt64.random(in: .min ... .max), radix: 36))"
        let envelope = Envelope(error: .init(code: code.rawValue, message: message, requestId: requestID, field: field, orderId: orderID))
        var reply = CourierReply.json(envelope, status: status)
        if let retryAfterSeconds { reply.headers.append((.retryAfter, "\(retryAfterSeconds)")) }
        return reply
    }

    /// A body our decoder refused: which field, and whether it was missing or wrong.
    init(decoding error: DecodingError) {
        switch error {
        case .keyNotFound(let key, let context): self.init(.missingField, "A field is missing.", field: Self.path(context.codingPath + [key]))
        case .valueNotFound(_, let context): self.init(.missingField, "A field is null.", field: Self.path(context.codingPath))
        case .typeMismatch(_, let context): self.init(.invalidField, "A field has the wrong type.", field: Self.path(context.codingPath))
        case .dataCorrupted(let context) where !context.codingPath.isEmpty:
            self.init(.invalidField, "A field has a value outside its range.", field: Self.path(context.codingPath))
        default: self.init(.invalidJSON, "The body is not JSON.")
        }
    }

    /// `parcels[0].weightGrams`.
    private static func path(_ keys: [any CodingKey]) -> String {
        keys.reduce("") { path, key in
            if let index = key.intValue { "\(path)[\(index)]" } else { path.isEmpty ? key.stringValue : "\(path).\(key.stringValue)" }
        }
    }
}

/// Status, headers and bytes of an answer, kept so that it can be replayed.
struct CourierReply: Sendable {
    var status: Int
    var headers: [(HTTPField.Name, String)] = []
    var contentType = "application/json; charset=utf-8"
    var body: Data

    static func json(_ value: some Encodable, status: Int = 200) -> CourierReply {
        // Our own plain structs always encode; an empty body would show at once in every test.
        CourierReply(status: status, body: (try? JSONEncoder.simulator.encode(value)) ?? Data())
    }

    var response: Response {
        var fields: HTTPFields = [.contentType: contentType]
        for (name, value) in headers { fields[name] = value }
        return Response(status: .init(code: status), headers: fields, body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }
}
