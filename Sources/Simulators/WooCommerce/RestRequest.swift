import Foundation
import HTTPTypes

/// One call of the REST API, its parameters already decoded.
struct RestRequest: Sendable {
    var method: HTTPRequest.Method
    /// After `/wp-json`: `["wc", "v3", "orders", "9301"]`.
    var route: [String]
    /// The path as it was asked for, with the site's folder: what OAuth signs.
    var path: String
    /// Decoded, in their order, `rest_route` included: it is signed, too.
    var query: [(name: String, value: String)]
    var authorization: String?
    var body: WooJSON = .object([])
    /// A JSON body that does not parse: reported only after the caller was recognised.
    var hasInvalidJSON = false
    var user: ShopUser?

    var isRead: Bool { method == .get || method == .head }

    /// A member of the JSON body, else a query parameter (WordPress looks in this order).
    func parameter(_ name: String) -> WooJSON? { body[name] ?? queryValue(name).map { .string($0) } }

    /// The last value of a query parameter, as PHP keeps it.
    func queryValue(_ name: String) -> String? { query.last { $0.name == name }?.value }

    func has(_ name: String) -> Bool { parameter(name) != nil || query.contains { $0.name.hasPrefix("\(name)[") } }

    func text(_ name: String) -> String? { parameter(name)?.looseText }

    func flag(_ name: String) -> Bool { parameter(name)?.looseBool ?? false }

    /// A list as `a,b`, as `name[]=a&name[]=b`, or as a JSON array.
    func list(_ name: String) -> [String] {
        if case .array(let items)? = body[name] { return items.compactMap(\.looseText) }
        let indexed = query.filter { $0.name.hasPrefix("\(name)[") && $0.name.hasSuffix("]") }.map(\.value)
        if !indexed.isEmpty { return indexed }
        return (text(name) ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// A whole number in a range, or WordPress's complaint about it.
    func integer(_ name: String, default fallback: Int, in range: ClosedRange<Int>) throws(RestError) -> Int {
        guard let given = text(name), !given.isEmpty else { return fallback }
        guard let value = Int(given) else { throw .invalidParameter(name, "rest_invalid_type", "\(name) is not of type integer.") }
        guard range.contains(value) else {
            let words = range.upperBound == .max
                ? "\(name) must be greater than or equal to \(range.lowerBound)"
                : "\(name) must be between \(range.lowerBound) (inclusive) and \(range.upperBound) (inclusive)"
            throw .invalidParameter(name, "rest_out_of_bounds", words)
        }
        return value
    }

    func choice(_ name: String, default fallback: String, of choices: [String]) throws(RestError) -> String {
        guard let given = text(name), !given.isEmpty else { return fallback }
        guard choices.contains(given) else {
            throw .invalidParameter(name, "rest_not_in_enum", "\(name) is not one of \(choices.joined(separator: ", ")).")
        }
        return given
    }

    func date(_ name: String) throws(RestError) -> ShopTime.Given? {
        guard let given = text(name), !given.isEmpty else { return nil }
        guard let parsed = ShopTime.parse(given) else { throw .invalidParameter(name, "rest_invalid_date", "Invalid date.") }
        return parsed
    }

    /// `a=1&b=x%20y` with `+` as a space, as PHP reads a query string.
    static func parseQuery(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (decode(parts[0]), parts.count > 1 ? decode(parts[1]) : "")
        }
    }

    private static func decode(_ text: Substring) -> String {
        let spaced = String(text).replacing("+", with: " ")
        return spaced.removingPercentEncoding ?? spaced
    }
}

/// What the API answers.
struct RestAnswer: Sendable {
    var status = 200
    var body: WooJSON
    var headers: [(name: String, value: String)] = []
    /// What the shop does before it answers.
    var ping: Ping?

    struct Ping: Sendable {
        var url: String
        var webhookID: Int
    }

    init(_ body: WooJSON, status: Int = 200) {
        self.body = body
        self.status = status
    }
}

/// WordPress's error envelope.
struct RestError: Error, Sendable {
    var status: Int
    var code: String
    var message: String
    /// Members of `data` besides `status`.
    var data: [WooJSON.Member] = []
    /// Some errors carry a bare integer instead of an object (platforms/woocommerce.md §8).
    var hasBareData = false

    init(_ status: Int, _ code: String, _ message: String, data: [WooJSON.Member] = [], hasBareData: Bool = false) {
        self.status = status
        self.code = code
        self.message = message
        self.data = data
        self.hasBareData = hasBareData
    }

    var envelope: WooJSON {
        ["code": .string(code), "message": .string(message), "data": hasBareData ? .integer(status) : .object([.init("status", .integer(status))] + data)]
    }

    static func invalidParameter(_ name: String, _ code: String, _ message: String) -> RestError {
        RestError(400, "rest_invalid_param", "Invalid parameter(s): \(name)", data: [
            .init("params", .object([.init(name, .string(message))])),
            .init("details", .object([.init(name, ["code": .string(code), "message": .string(message), "data": nil])])),
        ])
    }

    static func missingParameter(_ name: String) -> RestError {
        RestError(400, "rest_missing_callback_param", "Missing parameter(s): \(name)", data: [.init("params", [.string(name)])])
    }

    static let noRoute = RestError(404, "rest_no_route", "No route was found matching the URL and request method.")
    static let invalidJSON = RestError(400, "rest_invalid_json", "Invalid JSON body passed.", data: [
        .init("json_error_code", 4), .init("json_error_message", "Syntax error"),
    ])

    /// GET and DELETE of something that is not there.
    static func missing(_ kind: String) -> RestError { RestError(404, "woocommerce_rest_\(kind)_invalid_id", "Invalid ID.") }
    /// PUT of something that is not there is a 400, not a 404.
    static func missingOnWrite(_ kind: String) -> RestError { RestError(400, "woocommerce_rest_\(kind)_invalid_id", "Invalid ID.") }
}
