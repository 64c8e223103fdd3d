import Crypto
import Foundation
import SimulatorKit

/// The static token for a temporary one: the same scheme at A and B, each with tokens of its own (thailandpost.md §2.1).
extension PostState {
    /// Temporary tokens remembered; of more, the one that ends first is forgotten.
    private static let maximumTokens = 1_000

    mutating func exchangeToken(_ call: PostCall, _ system: PostSystem) -> PostReply {
        guard let given = call.token, SimulatorSignature.isEqual(Data(given.utf8), Data(settings.staticToken.utf8)) else { return unauthorised() }
        let expiresAt = now.addingTimeInterval(settings.tokenLifetimeSeconds)
        tokenSerial += 1
        let token = Self.webToken(serial: tokenSerial, system: system, expiresAt: expiresAt, secret: settings.staticToken)
        if tokens.count >= Self.maximumTokens, let oldest = tokens.min(by: { $0.value.expiresAt < $1.value.expiresAt })?.key { tokens[oldest] = nil }
        tokens[token] = Token(system: system, expiresAt: expiresAt)
        counts["tokens issued by \(system.rawValue)", default: 0] += 1
        return .json(["expire": .string(ThaiTime.expiry(expiresAt)), "token": .string(token)])
    }

    /// What stands between a call and its answer; nil lets it in.
    func refusal(of call: PostCall, at system: PostSystem) -> PostReply? {
        guard let token = call.token.flatMap({ tokens[$0] }), token.system == system, now < token.expiresAt else { return unauthorised() }
        return settings.forbidsCalls ? .refused(403, "Forbidden") : nil
    }

    /// Every temporary token ends now.
    mutating func expireTokens() { tokens = [:] }

    private func unauthorised() -> PostReply { settings.unauthorisedIsHTML ? .html(401, "Unauthorized") : .refused(401, "Unauthorized") }

    /// A JSON web token signed with HS512, as the post's are; nobody but us reads it.
    private static func webToken(serial: Int, system: PostSystem, expiresAt: Date, secret: String) -> String {
        let header = #"{"typ":"JWT","alg":"HS512"}"#
        let claims = #"{"iss":"simulator","aud":"\#(system.rawValue)","jti":\#(serial),"exp":\#(Int(expiresAt.timeIntervalSince1970))}"#
        let signed = [header, claims].map { base64URL(Data($0.utf8)) }.joined(separator: ".")
        let code = HMAC<SHA512>.authenticationCode(for: Data(signed.utf8), using: SymmetricKey(data: Data(secret.utf8)))
        return signed + "." + base64URL(Data(code))
    }

    private static func base64URL(_ bytes: Data) -> String {
        bytes.base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
