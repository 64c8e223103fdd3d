package import Foundation
import SimulatorKit

/// This simulator's own reading of the two signatures (shopee.md §2.4, §3.3).
package enum ShopeeSigning {
    /// Whose call it is: what is added to the base string after the timestamp.
    package enum Caller: Sendable, Equatable {
        case app
        case shop(accessToken: String, id: String)
        case merchant(accessToken: String, id: String)
    }

    /// Plain concatenation without separators.
    package static func base(partnerID: String, path: String, timestamp: String, caller: Caller) -> String {
        switch caller {
        case .app: partnerID + path + timestamp
        case .shop(let token, let id), .merchant(let token, let id): partnerID + path + timestamp + token + id
        }
    }

    /// Lower-case hex; the key is its characters as they stand.
    package static func sign(key: String, base: String) -> String {
        SimulatorSignature.hmacSHA256(key: Data(key.utf8), message: Data(base.utf8)).hex
    }

    /// The `Authorization` of a push: over the address as typed, a bar, and the raw body.
    package static func push(key: String, url: String, body: Data) -> String {
        SimulatorSignature.hmacSHA256(key: Data(key.utf8), message: Data("\(url)|".utf8) + body).hex
    }

    static func matches(_ given: String, _ expected: String) -> Bool { SimulatorSignature.isEqual(Data(given.utf8), Data(expected.utf8)) }
}
