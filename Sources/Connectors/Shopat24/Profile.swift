import Domain

/// How one channel's REST interface looks (shopat24.md §4B). Values only; what it means is done elsewhere.
struct Profile: Sendable, Equatable, Decodable {
    var baseURL: String?
    var auth: Auth
    var rate: Rate
    var timeoutMs: Int
    var answer: Answer
    var list: List
    /// nil: the platform has no way to ask for one order.
    var detail: Detail?
    var actions: Actions
    var pointers: Pointers
    var values: Values
    var statusMap: [String: StatusMeaning]
    var invoiceTypes: [String: InvoiceType]
    /// Our carriers' names to the platform's.
    var carriers: [String: String]
    var errors: [ListedError]
    var webhook: Webhook?
    /// How its files look, for a channel of that form.
    var file: FileProfile

    /// §2.2. Secrets are not part of it: they stand in the sealed settings.
    struct Auth: Sendable, Equatable, Decodable {
        enum Scheme: String, Sendable, Decodable, CaseIterable { case none, header, query, basic, bearer, oauth2cc, hmac }
        enum Style: String, Sendable, Decodable { case body, basic }
        var scheme: Scheme
        /// The header or the parameter.
        var name: String?
        var user: String?
        var keyId: String?
        var tokenURL: String?, clientId: String?, scope: String?, style: Style?
        /// What the platform tolerates between the clocks; told in the channel's check.
        var skew: Int?
    }

    struct Rate: Sendable, Equatable, Decodable { var perSecond: Double, burst: Int }

    /// Where an answer says what became of the call; nil: it does not.
    struct Answer: Sendable, Equatable, Decodable { var success: JSONPointer?, code: JSONPointer?, message: JSONPointer? }

    struct List: Sendable, Equatable, Decodable {
        var method: String, path: Template, query: [String: Template], timeFormat: TimeFormat, maxWindow: Span, pageSize: Int, paging: Paging, end: End, itemsPointer: JSONPointer
        struct End: Sendable, Equatable, Decodable { var totalPages: JSONPointer? }
    }

    struct Paging: Sendable, Equatable, Decodable {
        enum Style: String, Sendable, Decodable, CaseIterable { case page, offset, cursor, link, none }
        var style: Style
        /// The number of the first page; 1 unless said.
        var first: Int?
        /// Where an answer holds the next cursor.
        var pointer: JSONPointer?
    }

    struct Detail: Sendable, Equatable, Decodable { var method: String, path: Template, pointer: JSONPointer, query: [String: Template]? }

    struct Actions: Sendable, Equatable, Decodable { var confirm: Action?, ship: Action?, cancel: Action?, label: Action? }
    struct Action: Sendable, Equatable, Decodable { var method: String, path: Template, query: [String: Template]?, body: JSONValue? }

    /// Relative to the order, the invoice, the line. nil: the platform does not say it.
    struct Pointers: Sendable, Equatable, Decodable {
        var order: Order, invoice: Invoice, line: Line
        struct Order: Sendable, Equatable, Decodable {
            var orderNo: JSONPointer, updatedAt: JSONPointer, status: JSONPointer, orderDate: JSONPointer?, shipTo: JSONPointer?, storeCode: JSONPointer?, storeName: JSONPointer?
            var payment: JSONPointer?, paid: JSONPointer?, recipient: JSONPointer?, phone: JSONPointer?, email: JSONPointer?, address: JSONPointer?
            var subdistrict: JSONPointer?, district: JSONPointer?, province: JSONPointer?, postcode: JSONPointer?
            var shipping: JSONPointer?, discount: JSONPointer?, grand: JSONPointer?, currency: JSONPointer?, note: JSONPointer?
            /// nil: the lines stand in the order itself.
            var invoices: JSONPointer?
        }
        struct Invoice: Sendable, Equatable, Decodable { var lines: JSONPointer, invoiceNo: JSONPointer?, type: JSONPointer? }
        struct Line: Sendable, Equatable, Decodable {
            var quantity: JSONPointer, lineNo: JSONPointer?, houseCode: JSONPointer?, vendorSKU: JSONPointer?, title: JSONPointer?
            var unitPrice: JSONPointer?, discount: JSONPointer?, total: JSONPointer?
        }
    }

    /// How texts are read (§4A.2).
    struct Values: Sendable, Equatable, Decodable {
        enum MoneyForm: String, Sendable, Decodable { case string, major, minor }
        enum Destination: String, Sendable, Decodable { case store, home }
        var money: MoneyForm, dashIsZero: Bool, nullWords: [String], dates: [TimeFormat], shipTo: [String: Destination], cashOnDelivery: [String]
    }

    struct ListedError: Sendable, Equatable, Decodable {
        enum Meaning: String, Sendable, Decodable, CaseIterable { case retry, done, `operator`, permanent, notFound, wrongState }
        var code: String, means: Meaning
    }

    /// §3.
    struct Webhook: Sendable, Equatable, Decodable {
        enum Encoding: String, Sendable, Decodable { case hex, base64 }
        var header: String, encoding: Encoding, template: String, orderNoPointer: JSONPointer, prefix: String?, timestampHeader: String?, deliveryIdHeader: String?
        var versionPointer: JSONPointer?
    }
}

/// `31d`, `12h`, `30m`, `90s`.
struct Span: Sendable, Equatable, Decodable {
    let milliseconds: Int64
    static let longestMilliseconds: Int64 = 3_660 * 86_400_000

    init?(_ text: String) {
        let units: [Character: Int64] = ["d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000]
        guard let unit = text.last.flatMap({ units[$0] }), text.utf8.count <= 7, let count = Int64(text.dropLast()), count > 0, count * unit <= Self.longestMilliseconds else { return nil }
        milliseconds = count * unit
    }

    init(from decoder: any Decoder) throws {
        let box = try decoder.singleValueContainer()
        guard let span = Span(try box.decode(String.self)) else { throw DecodingError.dataCorruptedError(in: box, debugDescription: "not a span of time such as 31d") }
        self = span
    }
}
