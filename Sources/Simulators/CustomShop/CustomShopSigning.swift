package import Foundation
import SimulatorKit

/// Standard Webhooks signatures as the contract fixes them (platforms/companion-webhook.md §4).
package enum CustomShopSigning {
    /// Which secret or secrets a shop signs with.
    package enum Style: Sendable, Equatable, CaseIterable {
        case current, previous
        /// Both signatures, the current one first.
        case both
        /// An unknown version in front of the current one.
        case unknownVersionFirst
    }

    /// What careless senders do (companion-webhook.md §12, "must be refused"): the signature is wrong although nobody meant harm.
    package enum Mistake: Sendable, CaseIterable {
        /// The body sent has a final newline that was not signed.
        case trailingNewline
        /// The header's timestamp is a second later than the signed one.
        case otherTimestamp
        /// Key = the whole text with `whsec_`.
        case wholeSecretText
        /// Key = the base64 text, not decoded.
        case undecodedBase64
        /// HMAC of the body alone.
        case bodyAlone
        case hex
        case urlSafeBase64
    }

    package enum Refusal: Error, Equatable, Sendable {
        case missingHeader, badHeader, badSignature, timestampOutOfTolerance

        package var code: String {
            switch self {
            case .missingHeader: "missing_header"
            case .badHeader: "bad_header"
            case .badSignature: "bad_signature"
            case .timestampOutOfTolerance: "timestamp_out_of_tolerance"
            }
        }

        package var status: Int { self == .missingHeader || self == .badHeader ? 400 : 401 }
    }

    /// Seconds a sender's clock may be off.
    package static let toleranceSeconds = 300

    /// The decoded bytes; prefix and padding may be missing. Nil: not base64, or empty.
    package static func key(of secret: String) -> Data? {
        let text = secret.hasPrefix("whsec_") ? String(secret.dropFirst("whsec_".count)) : secret
        let padded = text + String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        guard let key = Data(base64Encoded: padded), !key.isEmpty else { return nil }
        return key
    }

    /// `v1,<base64>` over `id.timestamp.body`.
    package static func signature(id: String, timestamp: Int, body: Data, secret: String) -> String {
        "v1," + mac(id: id, timestamp: timestamp, body: body, key: key(of: secret) ?? Data()).base64EncodedString()
    }

    package static func header(_ style: Style, id: String, timestamp: Int, body: Data, current: String, previous: String) -> String {
        let newer = signature(id: id, timestamp: timestamp, body: body, secret: current)
        switch style {
        case .current: return newer
        case .previous: return signature(id: id, timestamp: timestamp, body: body, secret: previous)
        case .both: return newer + " " + signature(id: id, timestamp: timestamp, body: body, secret: previous)
        case .unknownVersionFirst: return "v1a,aGVsbG8= " + newer
        }
    }

    /// The signature header a sender with this mistake puts beside these values.
    package static func signature(_ mistake: Mistake, id: String, timestamp: Int, body: Data, secret: String) -> String {
        let correct = signature(id: id, timestamp: timestamp, body: body, secret: secret)
        switch mistake {
        case .trailingNewline, .otherTimestamp:
            return correct
        case .wholeSecretText:
            return "v1," + mac(id: id, timestamp: timestamp, body: body, key: Data(secret.utf8)).base64EncodedString()
        case .undecodedBase64:
            return "v1," + mac(id: id, timestamp: timestamp, body: body, key: Data(secret.dropFirst("whsec_".count).utf8)).base64EncodedString()
        case .bodyAlone:
            return "v1," + SimulatorSignature.hmacSHA256(key: key(of: secret) ?? Data(), message: body).base64EncodedString()
        case .hex:
            return "v1," + mac(id: id, timestamp: timestamp, body: body, key: key(of: secret) ?? Data()).hex
        case .urlSafeBase64:
            return correct.replacing("+", with: "-").replacing("/", with: "_")
        }
    }

    /// Who signed, then whether the clock is right (companion-webhook.md §4, "signature before clock"). `headers`: names in lower case.
    package static func verify(headers: [String: String], body: Data, secrets: [String], now: Date) throws(Refusal) {
        guard let id = headers["webhook-id"], let stamp = headers["webhook-timestamp"], let given = headers["webhook-signature"] else {
            throw .missingHeader
        }
        guard isIdentifier(id), stamp.wholeMatch(of: /[1-9][0-9]{9,10}/) != nil, let timestamp = Int(stamp) else { throw .badHeader }
        let candidates = given.split(separator: " ").filter { $0.hasPrefix("v1,") }
            .compactMap { Data(base64Encoded: String($0.dropFirst("v1,".count))) }.filter { $0.count == 32 }
        let expected = secrets.compactMap(key(of:)).map { mac(id: id, timestamp: timestamp, body: body, key: $0) }
        guard expected.contains(where: { one in candidates.contains { SimulatorSignature.isEqual(one, $0) } }) else { throw .badSignature }
        guard abs(now.timeIntervalSince1970.rounded(.down) - Double(timestamp)) <= Double(toleranceSeconds) else { throw .timestampOutOfTolerance }
    }

    private static func isIdentifier(_ text: String) -> Bool { text.wholeMatch(of: /[A-Za-z0-9_\-]{8,64}/) != nil }

    private static func mac(id: String, timestamp: Int, body: Data, key: Data) -> Data {
        SimulatorSignature.hmacSHA256(key: key, message: Data("\(id).\(timestamp).".utf8) + body)
    }
}
