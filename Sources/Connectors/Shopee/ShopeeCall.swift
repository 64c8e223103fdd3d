import Connect
import Domain
import Foundation
import HTTPTypes

/// One call, as a value; signing and sending come later.
struct ShopeeCall: Sendable, Equatable {
    enum Form: Sendable, Equatable { case publicly, asShop }

    let method: HTTPRequest.Method
    /// From `/api/v2/` on.
    let path: String
    let form: Form
    /// The call's own parameters, in order; a key may repeat.
    var query: [Parameter]
    var body: [UInt8]
    var timeoutSeconds = 15

    struct Parameter: Sendable, Equatable {
        let name: String, value: String
        init(_ name: String, _ value: String) { self.name = name; self.value = value }
    }

    static func get(_ module: String, _ query: [Parameter] = [], form: Form = .asShop) -> ShopeeCall {
        ShopeeCall(method: .get, path: "/api/v2/\(module)", form: form, query: query, body: [])
    }

    /// - Parameter body: a JSON object, ids as integers: ids sent as text are refused (platforms/shopee.md §9).
    static func post(_ module: String, form: Form = .asShop, _ body: (inout JSONText) -> Void) -> ShopeeCall {
        var json = JSONText(capacity: 256)
        json.object { body(&$0) }
        return ShopeeCall(method: .post, path: "/api/v2/\(module)", form: form, query: [], body: json.bytes)
    }

    /// The common parameters are always in the query, also for POST, and nothing else is signed (§2.4).
    func request(host: String, signing: ShopeeSigning, timestamp: Int64, accessToken: String? = nil, shopID: Int64? = nil) -> PlatformRequest {
        let account = shopID.map { String($0) } ?? ""
        var parameters = [
            Parameter("partner_id", String(signing.partnerID)), Parameter("timestamp", String(timestamp)),
            Parameter("sign", signing.sign(path: path, timestamp: timestamp, accessToken: accessToken ?? "", account: account)),
        ]
        if let accessToken { parameters.append(Parameter("access_token", accessToken)) }
        if shopID != nil { parameters.append(Parameter("shop_id", account)) }
        var headers: HTTPFields = [.accept: "application/json"]
        if !body.isEmpty { headers[.contentType] = "application/json" }
        return PlatformRequest(method, "\(host)\(path)?\(Self.encoded(parameters + query))", headers: headers, body: body, timeoutSeconds: timeoutSeconds)
    }

    static func encoded(_ parameters: [Parameter]) -> String {
        parameters.map { "\(percentEncoded($0.name))=\(percentEncoded($0.value))" }.joined(separator: "&")
    }

    private static func percentEncoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: CharacterSet(charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")) ?? ""
    }
}

extension JSONText {
    /// A number where the text is one, else the text itself: ids of addresses and branches come back to us as text.
    mutating func number(_ name: StaticString, _ text: String) {
        if let number = Int64(text) { field(name, number) } else { field(name, text) }
    }
}
