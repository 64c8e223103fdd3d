package import Foundation
import SimulatorKit

/// Both signatures of the platform, read from lazada.md §2.4 and §3.3.
package enum LazadaSigning {
    /// How far a request's clock may be off.
    package static let toleranceSeconds = 7_200

    /// The text under a request's signature: the path, then name and value of every parameter but `sign`, by the names' bytes; then a raw body.
    package static func textToSign(path: String, pairs: [(name: String, value: String)], rawBody: String = "", skippingEmpty: Bool = false) -> String {
        let sorted = pairs.filter { $0.name != "sign" && !(skippingEmpty && $0.value.isEmpty) }.sorted { Data($0.name.utf8).lexicographicallyPrecedes(Data($1.name.utf8)) }
        return path + sorted.map { $0.name + $0.value }.joined() + rawBody
    }

    /// 64 upper-case hex digits.
    package static func requestSign(secret: String, path: String, pairs: [(name: String, value: String)], rawBody: String = "", skippingEmpty: Bool = false) -> String {
        let text = textToSign(path: path, pairs: pairs, rawBody: rawBody, skippingEmpty: skippingEmpty)
        return SimulatorSignature.hmacSHA256(key: Data(secret.utf8), message: Data(text.utf8)).hex.uppercased()
    }

    /// Exactly as this side computes it, in upper case. Of empty values the documented Java sample leaves the name out and the Python SDK does not: both pass.
    package static func accepts(_ sign: String, secret: String, path: String, pairs: [(name: String, value: String)], rawBody: String = "") -> Bool {
        [false, true].contains { skipping in
            let expected = requestSign(secret: secret, path: path, pairs: pairs, rawBody: rawBody, skippingEmpty: skipping)
            return SimulatorSignature.isEqual(Data(expected.utf8), Data(sign.utf8))
        }
    }

    /// The `Authorization` header of a push: 64 lower-case hex digits over app key and body.
    package static func pushSignature(appKey: String, secret: String, body: Data) -> String {
        SimulatorSignature.hmacSHA256(key: Data(secret.utf8), message: Data(appKey.utf8) + body).hex
    }
}
