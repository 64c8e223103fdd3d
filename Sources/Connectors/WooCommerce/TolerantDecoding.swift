import Foundation

/// PHP writes one fact in many types: a number as text, text as a number, a list as an object with number keys (platforms/woocommerce.md §4.4).
extension KeyedDecodingContainer {
    /// Text; a number or a boolean in its place is written out. nil for absent, null, empty, and for a list or an object.
    func text(_ key: Key) -> String? {
        do {
            guard let text = try decodeIfPresent(String.self, forKey: key), !text.isEmpty else { return nil }
            guard text.utf8.contains(0) else { return text }
            // A NUL is no character of a text: PostgreSQL takes none, and nobody typed it.
            let clean = text.replacing("\0", with: "")
            return clean.isEmpty ? nil : clean
        } catch {
            if let number = try? decode(Int64.self, forKey: key) { return String(number) }
            if let number = try? decode(Decimal.self, forKey: key), !number.isNaN { return "\(number)" }
            if let flag = try? decode(Bool.self, forKey: key) { return flag ? "1" : "0" }
            return nil
        }
    }

    /// A whole number, also where it stands as text (`"312"`). nil for everything else.
    func integer(_ key: Key) -> Int64? {
        do {
            return try decodeIfPresent(Int64.self, forKey: key)
        } catch {
            return text(key).flatMap { Int64($0) }
        }
    }

    /// An identity: a JSON whole number and nothing else.
    ///
    /// - Throws: an error that names the key; what the decoder itself throws for a number such as 93.5 does not.
    func wholeNumber(_ key: Key) throws -> Int64 {
        do {
            return try decode(Int64.self, forKey: key)
        } catch where !(error is DecodingError) {
            throw DecodingError.typeMismatch(Int64.self, .init(codingPath: codingPath + [key], debugDescription: "no whole number", underlyingError: error))
        }
    }

    /// A list, also where PHP made an object `{"0":…,"2":…}` of it. nil for absent and null.
    ///
    /// - Throws: what the element throws, so that a line nobody can read is never left out.
    func list<Element: Decodable>(_ key: Key, of element: Element.Type = Element.self) throws -> [Element]? {
        do {
            return try decodeIfPresent([Element].self, forKey: key)
        } catch {
            guard let keyed = try? decode([String: Element].self, forKey: key) else { throw error }
            return keyed.sorted { (Int($0.key) ?? .max, $0.key) < (Int($1.key) ?? .max, $1.key) }.map(\.value)
        }
    }
}
