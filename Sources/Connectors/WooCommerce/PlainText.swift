import Foundation

/// Names, notes and display values may hold HTML and entities (platforms/woocommerce.md §4.4): people read plain text.
enum PlainText {
    /// The text without tags, with entities decoded and white space trimmed; nil where nothing is left.
    static func plain(_ html: String?) -> String? {
        guard let html else { return nil }
        guard html.utf8.contains(where: { $0 == UInt8(ascii: "<") || $0 == UInt8(ascii: "&") }) else { return html.trimmedOrNil }
        return decodingEntities(in: withoutTags(html)).trimmedOrNil
    }

    /// `<b>`, `</p>`, `<!-- -->` and `<br />`; a lone `<`, as in "size < 40", is no tag.
    private static func withoutTags(_ html: String) -> String {
        var result = "", rest = html[...]
        while let start = rest.firstIndex(of: "<") {
            result += rest[..<start]
            rest = rest[start...]
            let next = rest.dropFirst().first
            if let next, next.isLetter || next == "/" || next == "!", let end = rest.firstIndex(of: ">") {
                if rest.dropFirst().lowercased().hasPrefix("br") { result += "\n" }
                rest = rest[rest.index(after: end)...]
            } else {
                result.append("<")
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    /// One pass, so that `&amp;lt;` stays `&lt;`.
    private static func decodingEntities(in text: String) -> String {
        var result = "", rest = text[...]
        while let start = rest.firstIndex(of: "&") {
            result += rest[..<start]
            rest = rest[start...]
            let name = rest.dropFirst().prefix(longestEntity).prefix { $0 != ";" }
            if name.endIndex < rest.endIndex, rest[name.endIndex] == ";", let replacement = replacement(forEntity: name) {
                result += replacement
                rest = rest[rest.index(after: name.endIndex)...]
            } else {
                result.append("&")
                rest = rest.dropFirst()
            }
        }
        return result + rest
    }

    private static let longestEntity = 10

    private static func replacement(forEntity name: Substring) -> String? {
        if name.first == "#" {
            let digits = name.dropFirst()
            let value = digits.first == "x" || digits.first == "X" ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
            return value.flatMap { Unicode.Scalar($0) }.flatMap { $0.value < 32 && $0 != "\n" && $0 != "\t" ? nil : String(Character($0)) }
        }
        return named[String(name)]
    }

    /// The entities that WordPress itself writes.
    private static let named: [String: String] = [
        "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "times": "×", "ndash": "–", "mdash": "—", "hellip": "…",
        "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”", "copy": "©", "reg": "®", "trade": "™", "deg": "°", "euro": "€", "pound": "£",
    ]
}

extension String {
    /// Without white space at both ends; the text itself, uncopied, where there is none.
    var trimmingSpaces: String { Self(Substring(self).trimmed) }
    /// nil where nothing but white space is left.
    var trimmedOrNil: String? {
        guard let first = unicodeScalars.first, let last = unicodeScalars.last else { return nil }
        if !first.isSpace, !last.isSpace { return self }
        let trimmed = Substring(self).trimmed
        return trimmed.isEmpty ? nil : String(trimmed)
    }
}

extension Substring {
    fileprivate var trimmed: Substring {
        var scalars = unicodeScalars[...]
        while let first = scalars.first, first.isSpace { scalars.removeFirst() }
        while let last = scalars.last, last.isSpace { scalars.removeLast() }
        return Substring(scalars)
    }
}

extension Unicode.Scalar {
    /// ASCII is decided without a look into the Unicode tables: orders are read by the thousand.
    fileprivate var isSpace: Bool { value < 0x80 ? value <= 32 : properties.isWhitespace }
}
