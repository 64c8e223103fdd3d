import Foundation

/// How rules compare text: without regard to case, composed and decomposed letters alike, in time that grows with length times pattern at worst.
enum RuleText {
    /// Globs look at no more of a text than this.
    static let maximumGlobBytes = 4096

    static func fold(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        return text.precomposedStringWithCanonicalMapping.lowercased().precomposedStringWithCanonicalMapping
    }

    /// Both folded already.
    static func contains(_ text: String, _ part: [UInt8]) -> Bool {
        guard let first = part.first else { return true }
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.count >= part.count else { return false }
            for start in 0...(bytes.count - part.count) where bytes[start] == first {
                var at = 1
                while at < part.count, bytes[start + at] == part[at] { at += 1 }
                if at == part.count { return true }
            }
            return false
        }
    }

    /// `*` is any run of characters, `?` is one (one Unicode scalar). Both folded already.
    static func matches(_ text: String, glob pattern: [UInt8]) -> Bool {
        var text = text
        return text.withUTF8 { bytes in matches(UnsafeBufferPointer(rebasing: bytes.prefix(maximumGlobBytes)), pattern) }
    }

    private static func matches(_ text: UnsafeBufferPointer<UInt8>, _ pattern: [UInt8]) -> Bool {
        var at = 0, next = 0, star = -1, resume = 0
        while at < text.count {
            if next < pattern.count, pattern[next] == UInt8(ascii: "*") {
                star = next; resume = at; next += 1
            } else if next < pattern.count, pattern[next] == UInt8(ascii: "?"), text[at] & 0xC0 != 0x80 {
                at += width(text[at]); next += 1
            } else if next < pattern.count, pattern[next] == text[at] {
                at += 1; next += 1
            } else if star >= 0 {
                resume += 1; at = resume; next = star + 1
            } else { return false }
        }
        while next < pattern.count, pattern[next] == UInt8(ascii: "*") { next += 1 }
        return next == pattern.count
    }

    private static func width(_ lead: UInt8) -> Int { lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4 }
}
