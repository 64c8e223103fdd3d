import Foundation

/// Finds the encoding of a text file: a byte order mark, else valid UTF-8 from the first byte to the last, else Thai or Latin-1 by the look
/// of the bytes beyond ASCII.
///
/// Thai and accented Latin share those bytes. What tells them apart: Thai is written in runs of them, Latin text has them one by one
/// between plain letters; and some bytes exist in one encoding only.
struct EncodingDetection {
    private var firstBytes: [UInt8] = []
    private var pending: [UInt8] = []
    private var validSequences = 0
    private var invalidBytes = 0
    private var high = HighBytes()

    private(set) var nulBytes = 0
    private(set) var controlBytes = 0
    private(set) var totalBytes = 0

    mutating func add(_ bytes: UnsafeBufferPointer<UInt8>) {
        if firstBytes.count < 4 { firstBytes.append(contentsOf: bytes.prefix(4 - firstBytes.count)) }
        totalBytes += bytes.count
        for byte in bytes {
            if byte < 0x20 {
                if byte == 0 { nulBytes += 1 } else if !(0x09...0x0D).contains(byte) && byte != 0x1A { controlBytes += 1 }
            }
            high.add(byte)
            if byte < 0x80, pending.isEmpty { continue }
            check(byte)
        }
    }

    var markedEncoding: TextEncoding? {
        [TextEncoding.utf8, .utf16LittleEndian, .utf16BigEndian].first { firstBytes.starts(with: $0.byteOrderMark) }
    }

    func result() -> (encoding: TextEncoding, hasByteOrderMark: Bool, certainty: CSVFormat.Certainty) {
        if let markedEncoding { return (markedEncoding, true, .certain) }
        let invalid = invalidBytes + pending.count
        if invalid == 0 { return (.utf8, false, validSequences > 0 ? .certain : .assumed) }
        // A file of sound UTF-8 with a broken place is a broken UTF-8 file: the parser names the line.
        if validSequences > invalid * 10 { return (.utf8, false, .likely) }
        return high.looksThai ? (.windows874, false, .likely) : (.windows1252, false, .likely)
    }

    /// Follows the UTF-8 grammar (Unicode table 3-7) one byte at a time.
    private mutating func check(_ byte: UInt8) {
        guard let lead = pending.first else {
            if (0xC2...0xF4).contains(byte) { pending.append(byte) } else { invalidBytes += 1 }
            return
        }
        let allowed: ClosedRange<UInt8> = switch (pending.count, lead) {
        case (1, 0xE0): 0xA0...0xBF
        case (1, 0xED): 0x80...0x9F
        case (1, 0xF0): 0x90...0xBF
        case (1, 0xF4): 0x80...0x8F
        default: 0x80...0xBF
        }
        guard allowed.contains(byte) else {
            invalidBytes += pending.count
            pending.removeAll(keepingCapacity: true)
            if byte >= 0x80 { check(byte) }
            return
        }
        pending.append(byte)
        if pending.count == (lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4) {
            validSequences += 1
            pending.removeAll(keepingCapacity: true)
        }
    }
}

/// Statistics of the bytes from 0x80 up.
private struct HighBytes {
    private static let isMissingInThai = (TextEncoding.windows874.upperHalf ?? []).map { $0 == 0 }

    private var run = 0
    private var inLongRuns = 0
    private var total = 0
    private var notThai = 0

    mutating func add(_ byte: UInt8) {
        guard byte >= 0x80 else { return run = 0 }
        total += 1
        run += 1
        if run == 3 { inLongRuns += 3 } else if run > 3 { inLongRuns += 1 }
        if Self.isMissingInThai[Int(byte) - 0x80] { notThai += 1 }
    }

    var looksThai: Bool { total > 0 && inLongRuns * 2 > total && notThai * 50 <= total }
}
