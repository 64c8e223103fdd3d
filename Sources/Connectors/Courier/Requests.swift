package import Connect
package import Domain
import Foundation
import HTTPTypes

extension CourierConnector {
    package func book(_ request: BookingRequest, idempotencyKey: String) async throws(ConnectorError) -> Booking {
        let service = request.service.flatMap { services[$0] } ?? defaultService
        let wanted = try CourierMessages.create(request, service: service, sender: sender), body = try encode(wanted)
        let answer = try await send(.post, "/v1/orders", body: body, key: idempotencyKey)
        if answer.status == 200 || answer.status == 201 { return try booking(answer) }
        let error = problem(answer)
        if error?.code == "duplicate_ref" || error?.code == "idempotency_mismatch" {
            // Somebody booked under this reference: when it is what we want, that was us and our record of it was lost.
            let found = try await lookUp(request.externalRef)
            if let existing = try booking(in: found, externalRef: request.externalRef), !existing.isCancelled, CourierMessages.echo(found.body, agreesWith: wanted) { return existing }
        }
        throw failure(answer, error)
    }

    package func findBooking(externalRef: String) async throws(ConnectorError) -> Booking? {
        try booking(in: try await lookUp(externalRef), externalRef: externalRef)
    }

    private func lookUp(_ externalRef: String) async throws(ConnectorError) -> PlatformAnswer {
        let answer = try await send(.get, "/v1/orders?externalRef=\(externalRef)")
        guard answer.status == 200 || answer.status == 404 else { throw failure(answer, problem(answer)) }
        return answer
    }

    private func booking(in answer: PlatformAnswer, externalRef: String) throws(ConnectorError) -> Booking? {
        if answer.status == 404 { return nil }
        if let list = try? JSONDecoder().decode(CourierMessages.List.self, from: Data(answer.body)) {     // a single order instead of a list is read below
            guard let found = list.data.first(where: { $0.externalRef == nil || $0.externalRef == externalRef }) else { return nil }
            return try self.booking(found)
        }
        return try booking(answer)
    }

    package func cancelBooking(externalRef: String, externalID: ExternalID?, reason: String, idempotencyKey: String) async throws(ConnectorError) -> CancelAnswer {
        var id = externalID
        if id == nil {
            guard let found = try await findBooking(externalRef: externalRef) else { return .unknown }
            if found.isCancelled { return .cancelled }
            id = found.externalID
        }
        guard let id else { return .unknown }
        let answer = try await send(.post, "/v1/orders/\(Self.inPath(id))/cancel", body: try encode(["reason": "seller_request"]), key: idempotencyKey)
        switch answer.status {
        case 200: return .cancelled
        case 202: return .pending
        case 404: return .unknown
        default:
            let error = problem(answer)
            if answer.status == 409, error?.code == "too_late" { return .tooLate(platformMessage: error?.message?.cut(400) ?? "too late") }
            throw failure(answer, error)
        }
    }

    package func fetchLabel(externalID: ExternalID, format: String, size: String) async throws(ConnectorError) -> (bytes: [UInt8], contentType: String) {
        let answer = try await send(.get, "/v1/orders/\(Self.inPath(externalID))/label?format=\(format)&size=\(size)")
        guard answer.status == 200 else { throw failure(answer, problem(answer)) }
        return (answer.body, answer.headers[.contentType] ?? "application/octet-stream")
    }

    package func registerWebhooks(at url: String) async throws(ConnectorError) -> [WebhookRegistration] {
        let answer = try await send(.put, "/v1/callback", body: try encode(["url": url]))
        // The call is optional in the contract (§1): a courier without it is told by hand.
        if answer.status == 404 || answer.status == 405 { return [WebhookRegistration(topic: "shipment.*", state: .active)] }
        guard (200..<300).contains(answer.status) else { throw failure(answer, problem(answer)) }
        return [WebhookRegistration(topic: "shipment.*", state: .active)]
    }

    /// The contract has no way to ask: registering again changes nothing.
    package func listWebhooks(at url: String) async throws(ConnectorError) -> [WebhookRegistration] { [] }

    package func check() async -> [CheckRow] {
        do {
            let answer = try await send(.get, "/v1/orders?externalRef=crossdock-check")
            switch answer.status {
            case 200, 404: return [CheckRow("credentials", isGood: true, found: "accepted")]
            case 401: return [CheckRow("credentials", isGood: false, found: problem(answer)?.code ?? "refused", remedy: "Copy the key id and the secret again; if the code is stale_timestamp set this machine's clock.")]
            default: return [CheckRow("courier", isGood: false, found: "HTTP \(answer.status)", remedy: "Ask the courier what its answer means: \(problem(answer)?.message ?? "no words")")]
            }
        } catch { return [CheckRow("courier", isGood: false, found: error.sentence, remedy: "Check the address and that this machine may reach it.")] }
    }

    // MARK: one call

    /// The courier's own id as a part of a path: whatever it holds, it leads to no other call.
    static func inPath(_ id: String) -> String {
        String(decoding: id.utf8.flatMap { byte -> [UInt8] in
            let isPlain = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            let digits = Array("0123456789ABCDEF".utf8)
            return isPlain ? [byte] : [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }, as: UTF8.self)
    }

    func send(_ method: HTTPRequest.Method, _ target: String, body: [UInt8] = [], key: String? = nil) async throws(ConnectorError) -> PlatformAnswer {
        try await http.send(request(method, target, body: body, key: key, at: now()))
    }

    func request(_ method: HTTPRequest.Method, _ target: String, body: [UInt8], key: String?, at time: Timestamp) -> PlatformRequest {
        let seconds = time.milliseconds / 1000
        var headers: HTTPFields = [
            Names.key: signing.keyID, Names.timestamp: "\(seconds)",
            Names.signature: signing.signature(timestamp: seconds, method: method.rawValue, target: target, body: body),
        ]
        if !body.isEmpty { headers[.contentType] = "application/json; charset=utf-8" }
        if let key { headers[Names.idempotency] = key }
        return PlatformRequest(method, base + target, headers: headers, body: body)
    }

    enum Names {
        static let key = HTTPField.Name("X-Courier-Key")!, timestamp = HTTPField.Name("X-Courier-Timestamp")!       // literals: valid names
        static let signature = HTTPField.Name("X-Courier-Signature")!, eventID = HTTPField.Name("X-Courier-Event-Id")!      // literals: valid names
        static let idempotency = HTTPField.Name("Idempotency-Key")!      // a literal: a valid name
    }

    func encode(_ value: some Encodable) throws(ConnectorError) -> [UInt8] {
        do { return Array(try JSONEncoder.crossdock.encode(value)) } catch { throw .notUnderstood(field: "request", found: "a value that JSON cannot hold") }
    }

    private func booking(_ answer: PlatformAnswer) throws(ConnectorError) -> Booking {
        let order: CourierMessages.Order
        do { order = try JSONDecoder().decode(CourierMessages.Order.self, from: Data(answer.body)) } catch {
            // 2xx with another body: it may have booked. The class is "ask again", not "refused".
            throw .unreachable(reason: "the courier's answer was not an order")
        }
        return try booking(order)
    }

    private func booking(_ order: CourierMessages.Order) throws(ConnectorError) -> Booking {
        guard Self.isName(order.orderId) else { throw .unreachable(reason: "the courier's answer names its order by nothing that can be kept") }
        let parcels = (order.parcels ?? []).enumerated().compactMap { index, parcel in parcel.trackingNumber.map { (parcel.ref ?? "\(index + 1)", $0) } }
        return Booking(externalRef: order.externalRef ?? "", externalID: order.orderId, carrier: "courier", trackingNumber: order.trackingNumber,
                       parcelTrackingNumbers: Dictionary(parcels, uniquingKeysWith: { first, _ in first }), isCancelled: order.status == "cancelled")
    }

    func problem(_ answer: PlatformAnswer) -> CourierMessages.Problem.Inner? {
        try? JSONDecoder().decode(CourierMessages.Problem.self, from: Data(answer.body)).error      // an answer without the envelope has no words
    }

    /// The contract's error table (§8).
    func failure(_ answer: PlatformAnswer, _ problem: CourierMessages.Problem.Inner?) -> ConnectorError {
        let code = (problem?.code ?? "http_\(answer.status)").cut(80)
        let words = ((problem?.message ?? "HTTP \(answer.status)") + (problem?.field.map { " (\($0.cut(80)))" } ?? "")).cut(400)
        switch answer.status {
        case 429: return .throttled(until: now() + .seconds(answer.pauseSeconds ?? 1))
        case 401 where code == "stale_timestamp": return .unreachable(reason: "the courier finds our clock wrong; set this machine's time")
        case 401, 403: return .unauthorised(reason: words)
        case 409 where code == "label_not_ready": return .throttled(until: now() + .seconds(answer.pauseSeconds ?? 5))
        case 408, 500...599: return .unreachable(reason: "the courier answered \(answer.status)")
        default: return .refused(platformCode: code, platformMessage: words)
        }
    }
}
