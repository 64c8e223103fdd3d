import Foundation

/// Reading JSON whose types are not to be relied on: the reference types nearly everything as text, live answers have numbers, and flags come in six forms
/// (platforms/lazada.md §4.2 "Types"). The expected kind is tried first. Empty texts count as absent.
extension KeyedDecodingContainer {
    /// Text; a number or a boolean in its place is written out. nil for absent, null, empty, and for a list or an object.
    func text(_ key: Key) -> String? {
        do {
            guard let text = try decodeIfPresent(String.self, forKey: key) else { return nil }
            return text.isEmpty ? nil : text.withoutNUL
        } catch {  // another kind
            return otherText(key)
        }
    }

    private func otherText(_ key: Key) -> String? {
        if let whole = try? decode(Int64.self, forKey: key) { return String(whole) }
        if let number = try? decode(Decimal.self, forKey: key), !number.isNaN { return number.description }
        if let flag = try? decode(Bool.self, forKey: key) { return flag ? "true" : "false" }
        return nil
    }

    /// 0, 1, true, false, and each of them as text.
    func flag(_ key: Key) -> Bool {
        switch text(key)?.lowercased() {
        case "1", "true", "yes": true
        default: false
        }
    }

    /// An id that is a whole number of 64 bits, as number or as text; nil for everything else ("null" among it).
    func identifier(_ key: Key) -> String? { text(key).flatMap { PlatformID.isNumber($0) ? $0 : nil } }

    /// An amount in major units, as text or as number; nil where it is absent, null or empty.
    ///
    /// - Throws: when it is anything else: an amount is never dropped silently.
    func amount(_ key: Key) throws -> String? {
        do {
            guard let text = try decodeIfPresent(String.self, forKey: key) else { return nil }
            return text.isEmpty ? nil : text
        } catch {
            guard let number = try? decode(Decimal.self, forKey: key), !number.isNaN else {
                throw DecodingError.typeMismatch(Decimal.self, .init(codingPath: codingPath + [key], debugDescription: "no amount"))
            }
            return number.description
        }
    }

    /// A list, also where one object stands in its place; empty for absent and null.
    ///
    /// - Throws: what an element throws, so that an item nobody can read is never left out.
    func list<Element: Decodable>(_ key: Key, of element: Element.Type = Element.self) throws -> [Element] {
        do { return try decodeIfPresent([Element].self, forKey: key) ?? [] } catch {
            guard let one = try? decode(Element.self, forKey: key) else { throw error }
            return [one]
        }
    }

    /// The texts of a list, whatever their kind.
    func texts(_ key: Key) -> [String] {
        guard var list = try? nestedUnkeyedContainer(forKey: key) else { return [] }
        var texts: [String] = []
        while !list.isAtEnd {
            if let text = try? list.decode(String.self) { texts.append(text) } else if (try? list.decode(LooseJSON.self)) == nil { return texts }
        }
        return texts
    }

    /// The object under `key`; nil when it is null, missing, or no object.
    func object<Inner: CodingKey>(_ key: Key, _ inner: Inner.Type) -> KeyedDecodingContainer<Inner>? {
        contains(key) ? try? nestedContainer(keyedBy: inner, forKey: key) : nil
    }
}

extension String {
    /// A NUL is no character of a text: PostgreSQL takes none, and nobody typed it. nil where nothing else is left.
    var withoutNUL: String? {
        guard utf8.contains(0) else { return self }
        let rest = replacing("\0", with: "")
        return rest.isEmpty ? nil : rest
    }

    /// Without white space at its ends; nil when nothing is left.
    var trimmedOrNil: String? {
        let trimmed = trimmingCharacters(in: .whitespacesAndNewlines)
        return trimmed.isEmpty ? nil : trimmed
    }
}

extension DecodingError {
    private var context: Context? {
        switch self {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context), .dataCorrupted(let context): context
        @unknown default: nil
        }
    }
    var path: String {
        let path = (context?.codingPath ?? []).map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        return path.isEmpty ? "body" : path
    }
    /// What is wrong, without what was found: it may be a buyer's.
    var problem: String {
        switch self {
        case .typeMismatch: "a value of another kind"
        case .valueNotFound, .keyNotFound: "nothing"
        case .dataCorrupted: context?.codingPath.isEmpty == false ? "a value that cannot be read" : "no readable JSON"
        @unknown default: "a value that cannot be read"
        }
    }
}
