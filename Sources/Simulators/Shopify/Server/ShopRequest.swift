import Foundation

/// A request as the endpoints look at it.
struct ShopRequest: Sendable {
    var method: String
    /// Decoded parts between slashes, the last one without `.json`.
    var path: [String]
    /// In order; a blank where a `+` stood (platforms/shopify.md §9.12).
    var query: [(name: String, value: String)]
    /// Lower-case names.
    var headers: [String: String]
    var body: Data

    func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }

    var token: String? { headers["x-shopify-access-token"] }

    /// The fields of a JSON object, a form or the query: token requests come as any of them (platforms/shopify.md §2.2).
    var form: [String: String] {
        var fields = Dictionary(query.map { ($0.name, $0.value) }, uniquingKeysWith: { _, last in last })
        // A body that is no JSON is tried as a form.
        if let json = try? JSONNode(parsing: body) {
            for member in json.members { fields[member.key] = member.value.plainText }
        } else {
            for pair in Self.pairs(String(decoding: body, as: UTF8.self)) { fields[pair.name] = pair.value }
        }
        return fields
    }

    static func pairs(_ query: String) -> [(name: String, value: String)] {
        query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { part in
                let text = String(part).replacing("+", with: " ")
                return text.removingPercentEncoding ?? text
            }
            return (parts[0], parts.count > 1 ? parts[1] : "")
        }
    }

    static func parts(of path: String) -> [String] {
        var parts = path.split(separator: "/").map { String($0).removingPercentEncoding ?? String($0) }
        if let last = parts.last, last.hasSuffix(".json") { parts[parts.count - 1] = String(last.dropLast(5)) }
        return parts
    }
}

struct ShopAnswer: Sendable {
    var status: Int
    var headers: [(name: String, value: String)] = []
    var body = Data()
    /// The connection is closed instead of answering.
    var isLost = false

    static func json(_ node: JSONNode, status: Int = 200, _ escaping: JSONNode.Escaping = .legacy) -> Self {
        Self(status: status, headers: [("Content-Type", "application/json; charset=utf-8")], body: node.data(escaping))
    }

    static func page(_ text: String, status: Int) -> Self {
        Self(
            status: status, headers: [("Content-Type", "text/html; charset=utf-8")],
            body: Data("<html><body><h1>\(text)</h1></body></html>".utf8))
    }

    static func errors(_ text: String, status: Int) -> Self { .json(["errors": .text(text)], status: status) }

    static let notFound = Self.errors("Not Found", status: 404)
    /// After an uninstall, and for tokens that never were (platforms/shopify.md §2.6).
    static let unauthorised = Self.errors("[API] Invalid API key or access token (unrecognized login or wrong password)", status: 401)

    func adding(_ name: String, _ value: String) -> Self {
        var answer = self
        answer.headers.append((name, value))
        return answer
    }

    /// Cut in the middle, for a garbled answer.
    var cut: Self {
        var answer = self
        answer.body = body.prefix(body.count / 2)
        return answer
    }
}
