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
    ///
    /// In one pass over the bytes: buyers write notes, and a megabyte of `<a` must not take a minute.
    private static func withoutTags(_ html: String) -> String {
        let bytes = Array(html.utf8)
        var result: [UInt8] = [], at = 0
        let lastEnd = bytes.lastIndex(of: UInt8(ascii: ">")) ?? -1
        result.reserveCapacity(bytes.count)
        while at < bytes.count {
            guard bytes[at] == UInt8(ascii: "<"), at < lastEnd, beginsTag(bytes[at + 1]), let end = bytes[at...].firstIndex(of: UInt8(ascii: ">")) else {
                result.append(bytes[at])
                at += 1
                continue
            }
            if bytes[at + 1] | 0x20 == UInt8(ascii: "b"), bytes[at + 2] | 0x20 == UInt8(ascii: "r") { result.append(UInt8(ascii: "\n")) }
            at = end + 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// A letter, `/` or `!`.
    private static func beginsTag(_ byte: UInt8) -> Bool {
        (65...90).contains(byte & 0xDF) || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "!")
    }

    /// One pass, so that `&amp;lt;` stays `&lt;`.
    private static func decodingEntities(in text: String) -> String {
        let bytes = Array(text.utf8)
        var result: [UInt8] = [], at = 0
        result.reserveCapacity(bytes.count)
        while at < bytes.count {
            if bytes[at] == UInt8(ascii: "&") {
                let name = bytes[(at + 1)...].prefix(longestEntity).prefix { $0 != UInt8(ascii: ";") }
                if name.endIndex < bytes.count, bytes[name.endIndex] == UInt8(ascii: ";"), let replacement = replacement(forEntity: Substring(String(decoding: name, as: UTF8.self))) {
                    result += Array(replacement.utf8)
                    at = name.endIndex + 1
                    continue
                }
            }
            result.append(bytes[at])
            at += 1
        }
        return String(decoding: result, as: UTF8.self)
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
