/// The encodings of text tables that occur among our senders.
package enum TextEncoding: String, Codable, CaseIterable, Hashable, Sendable {
    case utf8 = "utf-8"
    case utf16LittleEndian = "utf-16le"
    case utf16BigEndian = "utf-16be"
    /// Thai; TIS-620 with a few more signs.
    case windows874 = "windows-874"
    /// Latin-1 and the signs that Windows added to it.
    case windows1252 = "windows-1252"

    /// As an operator knows it.
    package var title: String {
        switch self {
        case .utf8: "UTF-8"
        case .utf16LittleEndian, .utf16BigEndian: "UTF-16"
        case .windows874: "Thai (Windows-874)"
        case .windows1252: "Latin-1 (Windows-1252)"
        }
    }

    /// The bytes that mark this encoding at the beginning of a file.
    var byteOrderMark: [UInt8] {
        switch self {
        case .utf8: [0xEF, 0xBB, 0xBF]
        case .utf16LittleEndian: [0xFF, 0xFE]
        case .utf16BigEndian: [0xFE, 0xFF]
        case .windows874, .windows1252: []
        }
    }

    /// What the bytes 0x80...0xFF mean in a one-byte encoding; 0 where the encoding has nothing there.
    var upperHalf: [UInt16]? {
        switch self {
        case .windows874: Self.thaiHalf
        case .windows1252: Self.latinHalf
        default: nil
        }
    }

    private static let thaiHalf: [UInt16] = {
        var table = [UInt16](repeating: 0, count: 128)
        table[0x00] = 0x20AC
        table[0x05] = 0x2026
        table.replaceSubrange(0x11...0x17, with: [0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014])
        table[0x20] = 0x00A0
        for byte in 0xA1...0xFB where !(0xDB...0xDE).contains(byte) { table[byte - 0x80] = UInt16(0x0E00 + byte - 0xA0) }
        return table
    }()

    private static let latinHalf: [UInt16] = {
        let windows: [UInt16] = [
            0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
            0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
        ]
        return windows + (0xA0...0xFF).map { UInt16($0) }
    }()
}

/// Turns a file's bytes, piece by piece, into UTF-8. Bytes that mean nothing come out as 0xFF, which UTF-8 never has: the parser, which
/// knows the line, refuses them.
struct TextDecoder {
    private static let unreadable: UInt8 = 0xFF

    private let encoding: TextEncoding
    private let upperHalf: [UInt16]?
    private var awaitsMark: Bool
    private var carried: UInt8?
    private var highSurrogate: UInt16?

    /// - Parameter hasByteOrderMark: the first bytes are the encoding's mark and no text.
    init(encoding: TextEncoding, hasByteOrderMark: Bool) {
        self.encoding = encoding
        upperHalf = encoding.upperHalf
        awaitsMark = hasByteOrderMark
    }

    /// Appends what `bytes` say to `text`; the first call must hold at least the byte order mark.
    mutating func decode(_ bytes: UnsafeBufferPointer<UInt8>, into text: inout [UInt8]) {
        let start = awaitsMark ? min(bytes.count, encoding.byteOrderMark.count) : 0
        awaitsMark = false
        let rest = UnsafeBufferPointer(rebasing: bytes[start...])
        switch encoding {
        case .utf8: text.append(contentsOf: rest)
        case .windows874, .windows1252: for byte in rest { decodeSingle(byte, into: &text) }
        case .utf16LittleEndian, .utf16BigEndian: for byte in rest { decodeHalf(byte, into: &text) }
        }
    }

    /// What was left over at the end of the file.
    mutating func finish(into text: inout [UInt8]) {
        if carried != nil || highSurrogate != nil { text.append(Self.unreadable) }
        (carried, highSurrogate) = (nil, nil)
    }

    private func decodeSingle(_ byte: UInt8, into text: inout [UInt8]) {
        guard byte >= 0x80, let upperHalf else { return text.append(byte) }
        let unit = upperHalf[Int(byte) - 0x80]
        guard unit != 0, let scalar = UnicodeScalar(unit) else { return text.append(Self.unreadable) }
        text.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
    }

    private mutating func decodeHalf(_ byte: UInt8, into text: inout [UInt8]) {
        guard let first = carried else { return carried = byte }
        carried = nil
        let unit = encoding == .utf16LittleEndian ? UInt16(byte) << 8 | UInt16(first) : UInt16(first) << 8 | UInt16(byte)
        if let high = highSurrogate {
            highSurrogate = nil
            guard UTF16.isTrailSurrogate(unit) else {
                text.append(Self.unreadable)
                return decodeUnit(unit, into: &text)
            }
            let value = 0x10000 + (UInt32(high) - 0xD800) << 10 + (UInt32(unit) - 0xDC00)
            if let scalar = UnicodeScalar(value), let encoded = UTF8.encode(scalar) { text.append(contentsOf: encoded) }
            return
        }
        decodeUnit(unit, into: &text)
    }

    private mutating func decodeUnit(_ unit: UInt16, into text: inout [UInt8]) {
        if unit < 0x80 {
            text.append(UInt8(unit))
        } else if UTF16.isLeadSurrogate(unit) {
            highSurrogate = unit
        } else if let scalar = UnicodeScalar(unit), let encoded = UTF8.encode(scalar) {
            text.append(contentsOf: encoded)
        } else {
            text.append(Self.unreadable)
        }
    }
}
