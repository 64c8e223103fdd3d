import Foundation

/// One call of the API as it came in.
struct ShopeeCall: Sendable {
    static let prefix = "/api/v2/"

    var method: String
    /// As signed: no host, no query.
    var path: String
    /// Decoded, in their order; a name may come more than once (shopee.md §7, `item_status`).
    var query: [(name: String, value: String)]
    var body: Data
    /// An empty object where there is no body.
    var json: ShopeeJSON
    var hasBrokenBody: Bool
    /// Where the caller's clock, token and shop were found good.
    var shopID: Int64 = 0

    init(method: String, path: String, query: String, body: Data) {
        self.method = method
        self.path = path
        self.query = Self.pairs(query)
        self.body = body
        // A body that does not parse is refused later, after the caller was recognised.
        let parsed = body.isEmpty ? ShopeeJSON.object([]) : try? ShopeeJSON(parsing: body)
        hasBrokenBody = parsed?.members == nil
        json = parsed?.members == nil ? .object([]) : parsed ?? .object([])
    }

    /// `order/get_order_list`; the whole path where it is none of the API's.
    var endpoint: String { path.hasPrefix(Self.prefix) ? String(path.dropFirst(Self.prefix.count)) : path }
    var isRead: Bool { method == "GET" || method == "HEAD" }

    static func pairs(_ query: String) -> [(name: String, value: String)] {
        query.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { part in
                let spaced = String(part).replacing("+", with: " ")
                return spaced.removingPercentEncoding ?? spaced
            }
            return (parts[0], parts.count > 1 ? parts[1] : "")
        }
    }

    // MARK: Query

    func one(_ name: String) -> String? { query.first { $0.name == name }?.value }
    func all(_ name: String) -> [String] { query.filter { $0.name == name }.map(\.value) }

    func text(_ name: String) throws(ShopeeProblem) -> String {
        guard let value = one(name), !value.isEmpty else { throw .parameter("\(name) is required.") }
        return value
    }

    func number(_ name: String, in range: ClosedRange<Int64>, default fallback: Int64? = nil) throws(ShopeeProblem) -> Int64 {
        guard let given = one(name), !given.isEmpty else {
            guard let fallback else { throw .parameter("\(name) is required.") }
            return fallback
        }
        guard let value = Int64(given), range.contains(value) else { throw .parameter("\(name) is invalid.") }
        return value
    }

    /// Comma-joined values, 1 to `limit`.
    func list(_ name: String, limit: Int) throws(ShopeeProblem) -> [String] {
        let values = (one(name) ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        guard (1...limit).contains(values.count) else { throw .parameter("The number of \(name) should be between 1 and \(limit).") }
        return values
    }

    func flag(_ name: String) -> Bool { ["true", "1", "True"].contains(one(name) ?? "") }

    // MARK: Body

    func bodyText(_ name: String) throws(ShopeeProblem) -> String {
        guard let value = json[name]?.string, !value.isEmpty else { throw .parameter("\(name) is required.") }
        return value
    }

    /// An identifier: a JSON integer, never text (shopee.md §9).
    func bodyID(_ name: String) throws(ShopeeProblem) -> Int64 {
        guard let value = json[name]?.int64 else { throw .parameter("\(name) should be an integer.") }
        return value
    }

    func bodyList(_ name: String, limit: Int) throws(ShopeeProblem) -> [ShopeeJSON] {
        guard let items = json[name]?.items, (1...limit).contains(items.count) else {
            throw .parameter("The number of \(name) should be between 1 and \(limit).")
        }
        return items
    }
}
