package import Foundation

/// How the bytes of a text file stand for its characters (shopat24.md §4A.1).
package enum TextEncoding: String, Sendable, CaseIterable, Decodable {
    case utf8 = "utf-8", utf8BOM = "utf-8-bom", iso8859_11 = "iso-8859-11", windows874 = "windows-874", utf16LE = "utf-16le"

    /// What a single-byte set cannot say becomes a question mark, as it does in the house.
    package func data(_ text: String) -> Data {
        switch self {
        case .utf8: Data(text.utf8)
        case .utf8BOM: Data([0xEF, 0xBB, 0xBF]) + Data(text.utf8)
        case .utf16LE: Data([0xFF, 0xFE]) + Data(text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] })
        case .iso8859_11: Data(text.unicodeScalars.map { Self.thaiByte($0) ?? UInt8(ascii: "?") })
        case .windows874: Data(text.unicodeScalars.map { Self.thaiByte($0) ?? Self.windowsOnly[$0] ?? UInt8(ascii: "?") })
        }
    }

    /// ASCII, the no-break space, and U+0E01..U+0E5B as byte + 0x0D60 without the four gaps.
    private static func thaiByte(_ scalar: UnicodeScalar) -> UInt8? {
        switch scalar.value {
        case 0..<0x80: UInt8(scalar.value)
        case 0xA0: 0xA0
        case 0x0E01...0x0E3A, 0x0E3F...0x0E5B: UInt8(scalar.value - 0x0D60)
        default: nil
        }
    }

    private static let windowsOnly: [UnicodeScalar: UInt8] = [
        "\u{20AC}": 0x80, "\u{2026}": 0x85, "\u{2018}": 0x91, "\u{2019}": 0x92, "\u{201C}": 0x93, "\u{201D}": 0x94, "\u{2022}": 0x95,
        "\u{2013}": 0x96, "\u{2014}": 0x97,
    ]
}

/// ASCII digits as ๐ to ๙.
func thaiDigits(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { scalar in
        guard ("0"..."9").contains(scalar) else { return scalar }
        return UnicodeScalar(scalar.value - 0x30 + 0x0E50) ?? scalar
    }))
}
