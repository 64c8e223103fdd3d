package import Foundation
import SimulatorKit

/// One event of the shop's outbox. Its body is made once, at its first attempt, and never changes again (companion-webhook.md §7.3).
package struct CustomShopEvent: Sendable {
    package let id: String
    package let type: String
    package let externalID: String?
    /// Nil until the first attempt.
    package var body: Data?
    package var sequence: Int?
    package var attempts = 0
    /// What the hub said last; nil: nothing yet, or no answer.
    package var lastStatus: Int?
    package var isAcknowledged = false
}

/// The envelopes of §8 and §9.
enum CustomShopEnvelope {
    struct Source: Encodable {
        var platform: String, shop: String, baseURL: String
        var platformVersion: String?, moduleVersion: String?
    }
    struct Envelope<Content: Encodable>: Encodable {
        var type: String, timestamp: String, source: Source, data: Content
        var specVersion = "1"
        var sequence: Int?
    }
    struct Upserted: Encodable { var order: CustomShopOrder }
    struct Cancelled: Encodable { var externalID: String, revision: Int64, reason: String }
    struct Changed: Encodable { var id: String, number: String, updatedAt: String, status: String?, cause: String }
    struct Empty: Encodable {}

    static func encode(_ type: String, _ data: some Encodable, source: Source, sequence: Int?, at date: Date) -> Data {
        let envelope = Envelope(type: type, timestamp: CustomShopTime.text(date), source: source, data: data, sequence: sequence)
        // Our own plain structs always encode; an empty body would show at once in every test.
        return (try? JSONEncoder.simulator.encode(envelope)) ?? Data()
    }

    /// `msg_` and a ULID: 48 bits of milliseconds, 80 bits of chance, in Crockford's alphabet.
    static func newID(at date: Date) -> String {
        let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
        let milliseconds = UInt64(max(0, date.timeIntervalSince1970 * 1_000))
        let time = stride(from: 45, through: 0, by: -5).map { alphabet[Int(milliseconds >> UInt64($0) & 31)] }
        let chance = (0..<16).map { _ in alphabet[Int.random(in: 0..<32)] }
        return "msg_" + String(time + chance)
    }
}
