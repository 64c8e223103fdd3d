package import Connect
import Domain
import Foundation
import HTTPTypes

extension CustomShopConnector {
    static let clockToleranceSeconds: Int64 = 300, maximumDepth = 16

    /// The contract's verification, in its order (§4): form, signature, clock, JSON, envelope.
    package func verify(_ delivery: IncomingDelivery) -> HookVerdict {
        if let refusal = refusal(of: delivery.headers) { return .refuse(refusal) }
        guard let id = delivery.headers[Names.id], let timestamp = delivery.headers[Names.timestamp], let given = delivery.headers[Names.signature] else {
            return .refuse(Self.rejected(400, "missing_header", "webhook-id, webhook-timestamp and webhook-signature are needed."))
        }
        guard isSigned(given, id: id, timestamp: timestamp, body: delivery.body) else { return .refuse(Self.rejected(401, "bad_signature", "No signature matches the body.", id: id)) }
        guard let seconds = Int64(timestamp), abs(delivery.receivedAt.milliseconds / 1000 - seconds) <= Self.clockToleranceSeconds else {
            return .refuse(Self.rejected(401, "timestamp_out_of_tolerance", "The sender's clock differs by more than \(Self.clockToleranceSeconds) seconds.", id: id))
        }
        return judge(delivery, id: id)
    }

    package func answer(_ outcome: AcceptanceOutcome, receipt: Receipt) -> HookAnswer {
        let id = receipt.keptHeaders["webhook-id"] ?? ""
        switch outcome {
        case .accepted: return Self.good(202, "accepted", id)
        case .duplicate: return Self.good(200, "duplicate", id)
        case .stale: return Self.good(200, "stale", id)
        case .idReused: return Self.rejected(409, "id_reuse", "This webhook-id was used for another body.", id: id)
        case .revisionConflict: return Self.rejected(409, "revision_conflict", "This revision was sent before with other content.", id: id)
        case .quarantined(let answer): return answer
        }
    }

    private func refusal(of headers: HTTPFields) -> HookAnswer? {
        guard headers[.contentEncoding] == nil else { return Self.rejected(415, "unsupported_media_type", "Send the body unencoded: the signed bytes are the received bytes.") }
        let type = headers[.contentType]?.lowercased().replacing(" ", with: "") ?? ""
        guard type == "application/json" || type == "application/json;charset=utf-8" else { return Self.rejected(415, "unsupported_media_type", "Send application/json.") }
        for name in [Names.id, Names.timestamp, Names.signature] where headers[values: name].count > 1 { return Self.rejected(400, "bad_header", "\(name) occurs twice.") }
        if let id = headers[Names.id], !Self.isMessageID(id) { return Self.rejected(400, "bad_header", "webhook-id must be 8 to 64 of letters, digits, dash and underscore.") }
        if let time = headers[Names.timestamp], !Self.isTimestamp(time) { return Self.rejected(400, "bad_header", "webhook-timestamp must be Unix seconds.") }
        return nil
    }

    /// Every v1 signature against every living secret; unknown versions are passed over.
    private func isSigned(_ given: String, id: String, timestamp: String, body: [UInt8]) -> Bool {
        var matches = false
        for item in given.split(separator: " ").prefix(8) where item.hasPrefix("v1,") {
            guard let signature = Data(base64Encoded: String(item.dropFirst(3))), signature.count == 32 else { continue }
            for secret in secrets where secret.isGenuine(signature, id: id, timestamp: timestamp, body: body) { matches = true }
        }
        return matches
    }

    /// An authentic event: what it is, and whether it keeps the contract. One that does not is kept for a person and answered 422.
    private func judge(_ delivery: IncomingDelivery, id: String) -> HookVerdict {
        let data = Data(delivery.body)
        guard !data.starts(with: [0xEF, 0xBB, 0xBF]), String(validating: delivery.body, as: UTF8.self) != nil else {
            return .refuse(Self.rejected(400, "bad_encoding", "The body must be UTF-8 without a byte order mark.", id: id))
        }
        guard let shape = JSONShape(delivery.body), shape.isObject else { return .refuse(Self.rejected(400, "bad_json", "The body is not one JSON object.", id: id)) }
        guard shape.depth <= Self.maximumDepth else { return .refuse(Self.rejected(400, "bad_json", "The body is nested deeper than \(Self.maximumDepth).", id: id)) }
        if let name = shape.doubledName { return .refuse(Self.rejected(400, "bad_json", "The member \(name) occurs twice.", id: id)) }
        let kept = ["webhook-id": id]
        let event: PushedEvent
        do { event = try JSONDecoder().decode(PushedEvent.self, from: data) } catch let error as DecodingError {
            if case .dataCorrupted(let context) = error, context.codingPath.isEmpty, (try? JSONSerialization.jsonObject(with: data)) == nil { return .refuse(Self.rejected(400, "bad_json", "The body is not JSON.", id: id)) }
            return .accept(Receipt(key: id, topic: "unreadable", keptHeaders: kept, quarantine: Self.invalid(error, id: id)))
        } catch { return .refuse(Self.rejected(400, "bad_json", "The body is not JSON.", id: id)) }
        if event.type == "ping" { return .answer(Self.good(200, "pong", id)) }
        if let complaint = event.complaint(expecting: sourcePlatform) {
            return .accept(Receipt(key: id, topic: event.type, keptHeaders: kept, quarantine: Self.rejected(422, complaint.code, complaint.sentence, id: id, pointer: complaint.pointer)))
        }
        let version = event.data.order.map { Receipt.Version(externalID: $0.externalID, counter: $0.revision) }
        return .accept(Receipt(key: id, topic: event.type, keptHeaders: kept, version: version))
    }

    private static func isMessageID(_ text: String) -> Bool {
        (8...64).contains(text.utf8.count) && text.utf8.allSatisfy { ($0 >= 48 && $0 <= 57) || ($0 >= 65 && $0 <= 90) || ($0 >= 97 && $0 <= 122) || $0 == 45 || $0 == 95 }
    }
    private static func isTimestamp(_ text: String) -> Bool {
        (10...11).contains(text.utf8.count) && text.utf8.first != 48 && text.utf8.allSatisfy { $0 >= 48 && $0 <= 57 }
    }

    // MARK: answers

    private struct Answer: Encodable {
        struct Complaint: Encodable { var pointer: String, code: String }
        var status: String
        var id: String?
        var code: String?
        var message: String?
        var errors: [Complaint]?
    }
    private static func text(_ answer: Answer) -> String {
        String(decoding: (try? JSONEncoder.crossdock.encode(answer)) ?? Data(), as: UTF8.self)      // strings always encode
    }
    static func good(_ status: Int, _ word: String, _ id: String) -> HookAnswer { HookAnswer(status: status, code: word, body: text(Answer(status: word, id: id))) }
    static func rejected(_ status: Int, _ code: String, _ message: String, id: String? = nil, pointer: String? = nil) -> HookAnswer {
        HookAnswer(status: status, code: code, body: text(Answer(status: "rejected", id: id, code: code, message: message, errors: pointer.map { [Answer.Complaint(pointer: $0, code: code)] })))
    }
    private static func invalid(_ error: DecodingError, id: String) -> HookAnswer {
        let path = switch error {
        case .keyNotFound(let key, let context): context.codingPath + [key]
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context): context.codingPath
        @unknown default: [any CodingKey]()
        }
        let pointer = "/" + path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: "/")
        return rejected(422, "invalid_event", "The member \(pointer) is missing or of the wrong kind.", id: id, pointer: pointer)
    }
}

/// What must be known of a JSON text before it is decoded, found in one pass over its bytes: nesting and doubled member names. It decodes nothing.
struct JSONShape {
    private(set) var depth = 0
    private(set) var isObject = false
    private(set) var doubledName: String?

    init?(_ bytes: [UInt8]) {
        var levels: [Set<[UInt8]>?] = [], inString = false, isEscaped = false, start = 0, expectsName = false
        for (index, byte) in bytes.enumerated() {
            if inString {
                if isEscaped { isEscaped = false } else if byte == UInt8(ascii: "\\") { isEscaped = true } else if byte == UInt8(ascii: "\"") {
                    inString = false
                    guard expectsName, !levels.isEmpty, levels[levels.count - 1] != nil else { continue }
                    let name = Array(bytes[start..<index])
                    if levels[levels.count - 1]?.insert(name).inserted == false, doubledName == nil { doubledName = String(decoding: name.prefix(60), as: UTF8.self) }
                    expectsName = false
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): inString = true; start = index + 1
            case UInt8(ascii: "{"):
                if levels.isEmpty, depth == 0 { isObject = true }
                levels.append([]); expectsName = true; depth = max(depth, levels.count)
            case UInt8(ascii: "["): levels.append(nil); expectsName = false; depth = max(depth, levels.count)
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard levels.popLast() != nil else { return nil }
                expectsName = false
            case UInt8(ascii: ","): expectsName = levels.last.map { $0 != nil } ?? false
            default: break
            }
        }
        guard levels.isEmpty, !inString else { return nil }
    }
}
