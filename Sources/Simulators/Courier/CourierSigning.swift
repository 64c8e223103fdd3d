package import Foundation
import SimulatorKit

/// Request and callback signatures (generic-courier.md §2, §3).
package enum CourierSigning {
    /// Seconds a request's clock may be off.
    package static let toleranceSeconds = 300

    package static func bodyHash(_ body: Data) -> String { SimulatorSignature.sha256(body).hex }

    /// `target`: path with query exactly as on the request line. Answer: 64 lower-case hex digits.
    package static func requestSignature(secret: String, timestamp: String, method: String, target: String, body: Data) -> String {
        let text = [timestamp, method, target, bodyHash(body)].joined(separator: "\n")
        return SimulatorSignature.hmacSHA256(key: Data(secret.utf8), message: Data(text.utf8)).hex
    }

    /// `t=<epoch s>,v1=<hex>` over `t.body`.
    package static func callbackSignature(secret: String, timestamp: Int, body: Data) -> String {
        let signature = SimulatorSignature.hmacSHA256(key: Data(secret.utf8), message: Data("\(timestamp).".utf8) + body).hex
        return "t=\(timestamp),v1=\(signature)"
    }

    /// What is wrong with a request's authorisation, or nil.
    static func refusal(
        key: String?, timestamp: String?, signature: String?, method: String, target: String, body: Data,
        configuration: CourierConfiguration, now: Date
    ) -> CourierProblem? {
        guard let key, key == configuration.keyID else { return .init(.unknownKey, "This key is not known.") }
        guard let timestamp, let seconds = Int(timestamp), let signature else { return .init(.badSignature, "Signature or timestamp is missing.") }
        let isGood = configuration.secrets.contains { secret in
            let expected = requestSignature(secret: secret, timestamp: timestamp, method: method, target: target, body: body)
            return SimulatorSignature.isEqual(Data(expected.utf8), Data(signature.utf8))
        }
        guard isGood else { return .init(.badSignature, "The signature does not match.") }
        let skew = Int(now.timeIntervalSince1970) - seconds
        guard abs(skew) <= toleranceSeconds else { return .init(.staleTimestamp, "The timestamp is \(skew) s off.") }
        return nil
    }
}
