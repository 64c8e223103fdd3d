package import Foundation

/// A ZIP file of stored members, with everything a hostile one needs: any name, links, the encrypted flag, a member that unpacks to a
/// thousand times its size.
package struct StoredZip: Sendable {
    private struct Member {
        var name: String, method: UInt16, flags: UInt16, crc: UInt32, packed: Data, size: Int, mode: UInt32
    }

    private static let utf8Flag: UInt16 = 0x0800, encryptedFlag: UInt16 = 0x0001
    private static let fileMode: UInt32 = 0o100644, linkMode: UInt32 = 0o120777
    private var members: [Member] = []

    package init() {}

    package init(_ members: [(name: String, content: Data)]) {
        for member in members { add(member.name, member.content) }
    }

    package mutating func add(_ name: String, _ content: Data) { append(name, content, flags: 0, mode: Self.fileMode) }

    /// Its content is the path it points to.
    package mutating func addLink(_ name: String, to target: String) { append(name, Data(target.utf8), flags: 0, mode: Self.linkMode) }

    /// Marked as encrypted; the bytes are what they are.
    package mutating func addEncrypted(_ name: String, _ content: Data) { append(name, content, flags: Self.encryptedFlag, mode: Self.fileMode) }

    /// About so many zero bytes (one more than a multiple of 1,032), deflated about 1,000 : 1.
    package mutating func addBomb(_ name: String, unpackedBytes: Int) {
        let runs = max(1, unpackedBytes / (258 * 4))
        let size = 1 + runs * 4 * 258
        members.append(Member(
            name: name, method: 8, flags: Self.utf8Flag, crc: CRC32.ofZeros(size), packed: DeflatedZeros.bytes(runs: runs), size: size, mode: Self.fileMode))
    }

    private mutating func append(_ name: String, _ content: Data, flags: UInt16, mode: UInt32) {
        members.append(Member(
            name: name, method: 0, flags: flags | Self.utf8Flag, crc: CRC32.of(content), packed: content, size: content.count, mode: mode))
    }

    /// Local headers with the contents, the central directory, its end record.
    package var bytes: Data {
        var file = Data()
        var directory = Data()
        for member in members {
            let offset = file.count
            let common = Self.common(member)
            file += Self.little(0x0403_4B50 as UInt32) + common + Data(member.name.utf8) + member.packed
            directory += Self.little(0x0201_4B50 as UInt32) + Self.little(0x0314 as UInt16) + common + Self.little(0 as UInt16) + Self.little(0 as UInt16)
            directory += Self.little(0 as UInt16) + Self.little(member.mode << 16) + Self.little(UInt32(offset)) + Data(member.name.utf8)
        }
        let start = file.count
        file += directory + Self.little(0x0605_4B50 as UInt32) + Self.little(0 as UInt32)
        file += Self.little(UInt16(members.count)) + Self.little(UInt16(members.count))
        return file + Self.little(UInt32(directory.count)) + Self.little(UInt32(start)) + Self.little(0 as UInt16)
    }

    /// The part both headers share, from "version needed" to the lengths; the day is 2025-10-21, so that equal members give equal files.
    private static func common(_ member: Member) -> Data {
        let (time, day) = (UInt16(11 << 11 | 40 << 5), UInt16(45 << 9 | 10 << 5 | 21))
        var header = little(20 as UInt16) + little(member.flags) + little(member.method) + little(time) + little(day)
        header += little(member.crc) + little(UInt32(member.packed.count)) + little(UInt32(member.size))
        return header + little(UInt16(member.name.utf8.count)) + little(0 as UInt16)
    }

    private static func little<Number: FixedWidthInteger>(_ number: Number) -> Data { withUnsafeBytes(of: number.littleEndian) { Data($0) } }
}

/// The checksum of ZIP members (reflected polynomial 0xEDB88320).
enum CRC32 {
    static func of(_ bytes: Data) -> UInt32 { ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) } }

    static func ofZeros(_ count: Int) -> UInt32 {
        var crc: UInt32 = ~0
        for _ in 0..<count { crc = table[Int(crc & 0xFF)] ^ (crc >> 8) }
        return ~crc
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
    }
}

/// Zero bytes as one deflate block with a Huffman code made for it: "258 bytes from one back" is one bit, its distance another (RFC 1951 §3.2.7).
enum DeflatedZeros {
    /// `4 × runs` matches after one literal zero.
    static func bytes(runs: Int) -> Data {
        var bits = BitWriter()
        bits.number(1, width: 1)                            // the last block
        bits.number(2, width: 2)                            // dynamic codes
        bits.number(286 - 257, width: 5)                    // literal and length codes 0 to 285
        bits.number(0, width: 5)                            // one distance code
        bits.number(18 - 4, width: 4)                       // code length codes up to the eighteenth of the fixed order
        for length in [0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2] { bits.number(length, width: 3) }
        let (zeros, one, two) = ("0", "10", "11")
        bits.code(two)                                      // literal 0
        bits.code(zeros); bits.number(138 - 11, width: 7)   // 1 to 138
        bits.code(zeros); bits.number(117 - 11, width: 7)   // 139 to 255
        bits.code(two)                                      // end of block
        bits.code(zeros); bits.number(28 - 11, width: 7)    // 257 to 284
        bits.code(one)                                      // length 258
        bits.code(one)                                      // distance 1
        bits.code("10")                                     // a literal zero
        for _ in 0..<runs { bits.number(0, width: 8) }      // four matches
        bits.code("11")                                     // the end
        return bits.finished
    }

    private struct BitWriter {
        private var bytes: [UInt8] = []
        private var current: UInt8 = 0
        private var used: UInt8 = 0

        /// The lowest bit first.
        mutating func number(_ value: Int, width: Int) { for bit in 0..<width { append(value >> bit & 1 == 1) } }
        /// Huffman codes start with their highest bit.
        mutating func code(_ text: String) { for character in text { append(character == "1") } }

        private mutating func append(_ isSet: Bool) {
            if isSet { current |= 1 << used }
            used += 1
            if used == 8 {
                bytes.append(current)
                (current, used) = (0, 0)
            }
        }

        var finished: Data { Data(used == 0 ? bytes : bytes + [current]) }
    }
}
