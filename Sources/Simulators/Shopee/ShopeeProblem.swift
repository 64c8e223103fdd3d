/// A refusal in the platform's own words (shopee.md §8). Codes are spelt as the platform spells them.
struct ShopeeProblem: Error, Sendable {
    var code: String
    var message: String
    /// A refused signature or token: HTTP 403 where the switch says so.
    var isAuthority = false
    /// Some refusals still carry results.
    var response: ShopeeJSON?

    init(_ code: String, _ message: String, isAuthority: Bool = false, response: ShopeeJSON? = nil) {
        self.code = code
        self.message = message
        self.isAuthority = isAuthority
        self.response = response
    }

    static func parameter(_ message: String, in module: String = "") -> Self { .init("\(module)error_param", message) }
    static func notFound(_ message: String) -> Self { .init("error_not_found", message) }
    /// `logistics.error_param` covers dozens of unlike cases: only the message tells.
    static func shipping(_ message: String) -> Self { .init("logistics.error_param", message) }
}

/// What a call is answered with, before the envelope is put around it.
struct ShopeeReply: Sendable {
    /// Absent for token calls and for a successful `ship_order` (shopee.md §6, §8).
    var response: ShopeeJSON?
    /// Members beside `error`: token calls have no wrapper.
    var top: [ShopeeJSON.Member] = []
    var warning: ShopeeJSON?
    /// A file instead of the envelope.
    var file: File?
    /// `"-"` where others say "".
    var saysDash = false

    struct File: Sendable { var contentType: String, bytes: [UInt8] }

    init(_ response: ShopeeJSON? = nil, warning: ShopeeJSON? = nil) {
        self.response = response
        self.warning = warning
    }

    static func top(_ members: [ShopeeJSON.Member]) -> Self {
        var reply = Self()
        reply.top = members
        return reply
    }

    static func file(_ contentType: String, _ bytes: [UInt8]) -> Self {
        var reply = Self()
        reply.file = File(contentType: contentType, bytes: bytes)
        return reply
    }
}
