import Hummingbird

/// The parameters of a request's query, read the one way that forms, browsers and clients write them: `+` is a space, `%XX` a byte of UTF-8.
struct APIQuery: Sendable {
    static let maximumParameters = 50
    private let values: [String: String]

    /// - Throws: 400 for a broken escape, bytes that are no UTF-8, a NUL, or a parameter that is given twice.
    init(_ request: Request) throws(APIProblem) { try self.init(text: request.uri.query ?? "") }

    init(text: String) throws(APIProblem) {
        var values: [String: String] = [:]
        for pair in text.utf8.split(separator: UInt8(ascii: "&"), omittingEmptySubsequences: true) {
            guard values.count < Self.maximumParameters else { throw APIProblem(.badRequest, "invalid_query", "A query has at most \(Self.maximumParameters) parameters.") }
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let value = parts.count > 1 ? Self.decoded(parts[1]) : "" else {
                throw APIProblem(.badRequest, "invalid_query", "The query is not UTF-8 in percent escapes.")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw APIProblem(.badRequest, "invalid_query", "The parameter \(name) is given twice. Several values are separated by commas.", pointer: name)
            }
        }
        self.values = values
    }

    subscript(_ name: String) -> String? { values[name] }

    /// nil: a broken escape, a NUL, or no UTF-8.
    static func decoded(_ text: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else { return nil }
                bytes.append(high << 4 | low)
            default: bytes.append(byte)
            }
        }
        return bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension Request {
    /// The query's parameters; every route reads them through this.
    var query: APIQuery { get throws(APIProblem) { try APIQuery(self) } }
}
