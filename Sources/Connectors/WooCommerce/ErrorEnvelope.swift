import Connect
import Foundation

/// `{"code":"…","message":"…","data":{"status":400}}`; `data` may be a bare number or null (platforms/woocommerce.md §8).
struct ErrorEnvelope: Sendable, Equatable {
    var code: String
    /// In the shop's language, as plain text, cut to a sentence or two.
    var message: String
    var status: Int?
    /// Which request parameters were refused.
    var parameters: [String]

    /// - Returns: nil unless the bytes are an object with a `code`.
    init?(_ body: Data) {
        // A body that is no envelope is the ordinary case here, not a loss.
        guard let wire = try? JSONDecoder().decode(Wire.self, from: body), let code = wire.code else { return nil }
        self.code = code.cut(Self.maximumCodeCharacters)
        message = (PlainText.plain(wire.message) ?? code).cut(Self.maximumMessageCharacters)
        status = wire.status
        parameters = wire.parameters
    }

    private static let maximumMessageCharacters = 240, maximumCodeCharacters = 100

    /// The key, its user or its role is what is wrong.
    var isAboutRights: Bool {
        code == "woocommerce_rest_authentication_error" || code == "woocommerce_rest_authentication_missing_parameter"
            || code.hasPrefix("woocommerce_rest_cannot_") && code != "woocommerce_rest_cannot_create_order_refund"
            || code.hasPrefix("rest_cannot_") || code.hasPrefix("rest_forbidden") || code == "rest_not_logged_in" || code == "invalid_username" || status == 401 || status == 403
    }

    /// `woocommerce_rest_shop_order_invalid_id` and its sisters: there is nothing under that id.
    var isInvalidID: Bool { code.hasPrefix("woocommerce_rest_") && code.hasSuffix("_invalid_id") }

    private struct Wire: Decodable {
        var code: String?, message: String?, status: Int?, parameters: [String] = []

        enum CodingKeys: String, CodingKey { case code, message, data }
        enum DataKeys: String, CodingKey { case status, params }
        struct Name: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init?(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let box = try decoder.container(keyedBy: CodingKeys.self)
            code = box.text(.code)
            message = box.text(.message)
            if let data = try? box.nestedContainer(keyedBy: DataKeys.self, forKey: .data) {
                status = data.integer(.status).flatMap { Int(exactly: $0) }
                // `params` is an object by parameter, or a list of names; where it is neither there is nothing to name.
                if let names = try? data.nestedContainer(keyedBy: Name.self, forKey: .params) {
                    parameters = names.allKeys.map(\.stringValue).sorted()
                } else {
                    parameters = (try? data.decode([String].self, forKey: .params)) ?? []
                }
            } else {
                status = box.integer(.data).flatMap { Int(exactly: $0) }
            }
        }
    }
}
