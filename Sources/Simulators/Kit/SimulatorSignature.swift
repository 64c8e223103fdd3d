import Crypto
package import Foundation

/// The simulators' own reading of HMAC signatures: no connector's code is shared, so two independent readings of one contract meet.
package enum SimulatorSignature {
    package static func hmacSHA256(key: Data, message: Data) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
    }

    package static func sha256(_ bytes: Data) -> Data { Data(SHA256.hash(data: bytes)) }

    /// In constant time for equal lengths.
    package static func isEqual(_ one: Data, _ other: Data) -> Bool {
        one.count == other.count && zip(one, other).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

extension Data {
    /// Lower-case hex.
    package var hex: String {
        map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}

extension JSONEncoder {
    /// Sorted keys and unescaped slashes, so that the same value gives the same bytes.
    package static var simulator: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}

/// Encodes nil as `null`, where a platform sends the member even without a value.
package struct Nullable<Value: Encodable & Sendable>: Encodable, Sendable {
    package var value: Value?

    package init(_ value: Value?) { self.value = value }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}
