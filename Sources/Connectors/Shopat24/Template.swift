/// Text with `{names}` in it, each filled in when a call is made (shopat24.md §4B).
struct Template: Sendable, Equatable, Decodable {
    enum Part: Sendable, Equatable { case text(String), name(String) }
    let text: String
    let parts: [Part]

    static let listNames: Set<String> = ["from", "to", "page", "offset", "size", "cursor"]
    static let orderNames: Set<String> = ["orderNo"]
    static let actionNames: Set<String> = ["orderNo", "invoiceNo", "trackingNo", "carrier", "shippedAt", "parcels", "reason", "at"]

    /// Braces around anything but letters are text: `{"a":1}` has no name in it.
    init(_ text: String) {
        self.text = text
        var parts: [Part] = [], plain = "", rest = text[...]
        while let open = rest.firstIndex(of: "{") {
            plain += rest[..<open]
            let inside = rest[rest.index(after: open)...], name = inside.prefix { $0.isASCII && $0.isLetter }
            if !name.isEmpty, inside[name.endIndex...].first == "}" {
                if !plain.isEmpty { parts.append(.text(plain)); plain = "" }
                parts.append(.name(String(name)))
                rest = inside[name.endIndex...].dropFirst()
            } else {
                plain.append("{")
                rest = inside
            }
        }
        plain += rest
        if !plain.isEmpty { parts.append(.text(plain)) }
        self.parts = parts
    }

    init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }

    var names: [String] { parts.compactMap { if case .name(let name) = $0 { name } else { nil } } }

    /// - Parameter encode: what is done to a value before it is put in (a path wants it percent-encoded).
    /// - Returns: nil where a name has no value: the parameter, or the member, is left out then.
    func filled(_ values: [String: String], encode: (String) -> String = { $0 }) -> String? {
        var filled = ""
        for part in parts {
            switch part {
            case .text(let text): filled += text
            case .name(let name):
                guard let value = values[name] else { return nil }
                filled += encode(value)
            }
        }
        return filled
    }

    /// A body whose texts are templates; members without a value are left out.
    static func filled(_ body: JSONValue, _ values: [String: String]) -> JSONValue? {
        switch body {
        case .text(let text): Template(text).filled(values).map { .text($0) }
        case .list(let list): .list(list.compactMap { filled($0, values) })
        case .object(let object): .object(object.compactMapValues { filled($0, values) })
        case .null, .bool, .integer, .decimal: body
        }
    }
}
