import Foundation

/// Reading JSON whose types are not to be relied on: numbers as texts, texts as numbers, null, missing (§4.3 "Types that bite").
///
/// The expected kind is tried first, so that a well-formed body costs nothing extra. Empty texts count as absent.
extension KeyedDecodingContainer {
    private func isAbsent(_ key: Key) -> Bool { !contains(key) || (try? decodeNil(forKey: key)) ?? true }

    func text(_ key: Key) -> String? {
        do {
            guard let text = try decodeIfPresent(String.self, forKey: key) else { return nil }
            return text.isEmpty ? nil : text.withoutNUL
        } catch {   // another kind
            return otherText(key)
        }
    }

    private func otherText(_ key: Key) -> String? {
        if let whole = try? decode(Int64.self, forKey: key) { return String(whole) }
        if let decimal = try? decode(Decimal.self, forKey: key) { return decimal.description }
        if let flag = try? decode(Bool.self, forKey: key) { return String(flag) }
        return nil
    }

    func flag(_ key: Key, default fallback: Bool = false) -> Bool {
        do { return try decodeIfPresent(Bool.self, forKey: key) ?? fallback } catch {
            switch text(key)?.lowercased() {
            case "true", "1": return true
            case "false", "0": return false
            default: return fallback
            }
        }
    }

    /// A whole number; nil where there is none.
    func integer(_ key: Key) -> Int? {
        do { return try decodeIfPresent(Int.self, forKey: key) } catch {
            return (try? decode(String.self, forKey: key)).flatMap { Int($0) }
        }
    }

    /// An id: a 64-bit integer (the platform's test notification is past 2^53), or text; a `gid://…/123` loses all but its number. nil for what is no number.
    func identifier(_ key: Key) -> String? {
        do { return try decodeIfPresent(Int64.self, forKey: key).flatMap { $0 > 0 ? String($0) : nil } } catch {
            return (try? decode(String.self, forKey: key)).flatMap { Self.lastPart(of: $0) }
        }
    }

    /// An id that comes as text as a rule (GraphQL).
    func globalID(_ key: Key) -> String? {
        do { return try decodeIfPresent(String.self, forKey: key).flatMap { Self.lastPart(of: $0) } } catch {
            return (try? decode(Int64.self, forKey: key)).flatMap { $0 > 0 ? String($0) : nil }
        }
    }

    private static func lastPart(of text: String) -> String? {
        var number = text.utf8[...]
        if text.hasPrefix("gid://") {
            guard let slash = number.lastIndex(of: UInt8(ascii: "/")) else { return nil }
            number = number[number.index(after: slash)...].prefix { $0 != UInt8(ascii: "?") }
        }
        // 64 bits are 19 digits.
        guard (1...19).contains(number.count), number.allSatisfy({ (48...57).contains($0) }) else { return nil }
        return String(Substring(number))
    }

    /// An amount in major units: text as a rule, sometimes a number (refund lines).
    /// - Throws: when it is neither: an amount is never dropped silently.
    func amount(_ key: Key) throws -> String? {
        do { return try decodeIfPresent(String.self, forKey: key) } catch {
            return try decode(Decimal.self, forKey: key).description
        }
    }

    /// The object under `key`; nil when it is null, missing, or no object.
    func object<Inner: CodingKey>(_ key: Key, _ inner: Inner.Type) -> KeyedDecodingContainer<Inner>? {
        isAbsent(key) ? nil : try? nestedContainer(keyedBy: inner, forKey: key)
    }

    /// Calls `body` with each object of the list under `key`; a missing or null list is empty.
    func each<Inner: CodingKey>(_ key: Key, _ inner: Inner.Type, _ body: (KeyedDecodingContainer<Inner>) throws -> Void) throws {
        if isAbsent(key) { return }
        var list = try nestedUnkeyedContainer(forKey: key)
        while !list.isAtEnd { try body(try list.nestedContainer(keyedBy: inner)) }
    }

    /// A list of texts.
    func texts(_ key: Key) -> [String] {
        isAbsent(key) ? [] : ((try? decode([String].self, forKey: key)) ?? []).compactMap(\.withoutNUL)
    }

    /// `[{"name": …, "value": …}]`, `[]` or `{}`: all three are seen in the same field (§9 no. 8).
    func pairs(_ key: Key, name nameKey: AnyKey = "name", value valueKey: AnyKey = "value") -> [OrderReading.NamedValue] {
        if isAbsent(key) { return [] }
        guard var list = try? nestedUnkeyedContainer(forKey: key) else {
            guard let named = try? nestedContainer(keyedBy: AnyKey.self, forKey: key) else { return [] }
            return named.allKeys.sorted { $0.stringValue < $1.stringValue }.compactMap { name in
                named.text(name).map { OrderReading.NamedValue(name: name.stringValue.withoutNUL ?? "", value: $0) }
            }
        }
        var pairs: [OrderReading.NamedValue] = []
        while !list.isAtEnd {
            guard let pair = try? list.nestedContainer(keyedBy: AnyKey.self) else { return pairs }
            if let name = pair.text(nameKey), let value = pair.text(valueKey) { pairs.append(.init(name: name, value: value)) }
        }
        return pairs
    }
}

extension String {
    /// A NUL is no character of a text: PostgreSQL takes none, and nobody typed it. nil where nothing else is left.
    fileprivate var withoutNUL: String? {
        guard utf8.contains(0) else { return self }
        let rest = replacing("\0", with: "")
        return rest.isEmpty ? nil : rest
    }
}

/// Any key of an object.
struct AnyKey: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
    init(stringLiteral value: String) { stringValue = value }
}
