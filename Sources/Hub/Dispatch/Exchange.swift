import Connect
package import Domain
import Foundation

/// One call of a try as it is kept: shortened, without secrets. Buyers' data may be in it: who reads it for somebody masks it by what that one may see.
package struct Exchange: Sendable, Equatable {
    package var at: Timestamp, durationMilliseconds: Int64
    package var method: String, url: String
    /// nil: there was no answer, for the reason in `fault`.
    package var status: Int?
    package var fault: String?
    /// The beginning of the body; nil where it is empty or no text.
    package var request: String?, requestBytes: Int
    package var answer: String?, answerBytes: Int

    static let maximumBodyBytes = 6000
    static let maximumURLBytes = 1000

    package init(at: Timestamp, durationMilliseconds: Int64, method: String, url: String, status: Int?, fault: String?, request: String?, requestBytes: Int, answer: String?, answerBytes: Int) {
        self.at = at; self.durationMilliseconds = durationMilliseconds; self.method = method; self.url = url; self.status = status; self.fault = fault
        self.request = request; self.requestBytes = requestBytes; self.answer = answer; self.answerBytes = answerBytes
    }

    init(_ call: ExchangeRecorder.Call) {
        at = call.at
        durationMilliseconds = call.duration.inMilliseconds
        method = String(describing: call.request.method)
        url = Self.cut(call.secrets.masked(url: call.request.url), Self.maximumURLBytes)
        status = call.answer?.status
        fault = call.fault.map { call.secrets.masked($0.sentence) }
        request = Self.text(call.request.body, call.secrets)
        requestBytes = call.request.body.count
        answer = call.answer.flatMap { Self.text($0.body, call.secrets) }
        answerBytes = call.answer?.body.count ?? 0
    }

    /// Masked before it is cut, so that no half of a secret is left at the edge.
    private static func text(_ body: [UInt8], _ secrets: SecretMask) -> String? {
        guard !body.isEmpty else { return nil }
        let head = Array(body.prefix(maximumBodyBytes + SecretMask.longestSecretBytes))
        let text = String(decoding: head, as: UTF8.self)
        guard !text.unicodeScalars.prefix(200).contains(where: { $0.value < 32 && ![9, 10, 13].contains($0.value) }) else { return nil }
        return cut(secrets.masked(text).replacing("\0", with: ""), maximumBodyBytes)
    }

    private static func cut(_ text: String, _ bytes: Int) -> String {
        guard text.utf8.count > bytes else { return text }
        var scalars = String.UnicodeScalarView(), count = 0
        for scalar in text.unicodeScalars {
            count += scalar.utf8.count
            guard count <= bytes else { break }
            scalars.append(scalar)
        }
        return String(scalars)
    }
}

/// Takes a channel's secrets, and whatever stands where secrets stand, out of texts.
package struct SecretMask: Sendable {
    package static let mark = "•••"
    static let shortestSecret = 5, longestSecretBytes = 4096
    private let secrets: [String]

    package init(_ secrets: some Sequence<String>) {
        let long = secrets.filter { $0.utf8.count >= Self.shortestSecret }
        // A secret in a URL or a form is written with escapes.
        let escaped = long.compactMap { $0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) }
        self.secrets = Set(long + escaped).sorted { $0.utf8.count > $1.utf8.count }
    }

    package func masked(_ text: String) -> String {
        var text = text
        // By bytes: a mark that a platform puts behind a secret must not hide it.
        for secret in secrets where Self.contains(text, secret) { text = String(decoding: Array(text.utf8).replacing(Array(secret.utf8), with: Array(Self.mark.utf8)), as: UTF8.self) }
        // The patterns are dear, and most bodies name nothing of the kind.
        guard Self.namesASecret(text) else { return text }
        // Members of JSON, then fields of forms and headers.
        text = text.replacing(#/(?i)("[^"]{0,40}(?:secret|token|password|passphrase|authorization|signature|hmac|api_?key|consumer_?key)[^"]{0,20}"\s*:\s*)"(?:[^"\\]|\\.)*"/#) { "\($0.output.1)\"\(Self.mark)\"" }
        return text.replacing(#/(?i)\b([a-z_-]{0,40}(?:secret|token|password|signature|hmac|api_?key|consumer_?key)[a-z_]{0,20}=)[^&\s"]+/#) { "\($0.output.1)\(Self.mark)" }
    }

    /// What every name of the two patterns contains.
    private static let nameWords = ["secret", "token", "passw", "passphrase", "authorization", "signature", "hmac", "api_key", "apikey", "consumer_key", "consumerkey"].map { Array($0.utf8) }
    private static let firstLetters = Array("stpahc".utf8)

    private static func namesASecret(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            bytes.indices.contains { index in
                // Letters of any case in small ones: no other byte becomes a letter by this bit.
                let first = bytes[index] | 0x20
                guard Self.firstLetters.contains(first) else { return false }
                return nameWords.contains { word in
                    word[0] == first && index + word.count <= bytes.count && word.indices.allSatisfy { word[$0] == UInt8(ascii: "_") ? bytes[index + $0] == word[$0] : bytes[index + $0] | 0x20 == word[$0] }
                }
            }
        }
    }

    private static func contains(_ text: String, _ secret: String) -> Bool {
        var text = text, secret = secret
        return text.withUTF8 { bytes in
            secret.withUTF8 { wanted in
                bytes.count >= wanted.count && (0...bytes.count - wanted.count).contains { at in bytes[at] == wanted[0] && wanted.indices.allSatisfy { bytes[at + $0] == wanted[$0] } }
            }
        }
    }

    private static let secretWords = ["key", "secret", "token", "sign", "password", "hmac", "code", "nonce", "auth"]

    package func masked(url: String) -> String {
        guard var parts = URLComponents(string: url) else { return masked(url) }
        if parts.user != nil || parts.password != nil { parts.user = nil; parts.password = nil }
        parts.queryItems = parts.queryItems?.map { item in
            let name = item.name.lowercased()
            return URLQueryItem(name: item.name, value: Self.secretWords.contains(where: name.contains) && item.value?.isEmpty == false ? Self.mark : item.value)
        }
        let text = masked((parts.string ?? url).removingPercentEncoding ?? parts.string ?? url)
        return String(String.UnicodeScalarView(text.unicodeScalars.filter { $0.value >= 32 }))
    }
}
