import Foundation
import Shopat24Simulator
import SimulatorKit
import Testing

@Suite struct TextTests {
    @Test(arguments: [
        ("คีย์รับ", "a4d5c2ecc3d1ba"), ("คีย์จ่าย", "a4d5c2eca8e8d2c2"), ("ร้าน ๒๔", "c3e9d2b920f2f4"), ("฿", "df"), ("\u{A0}", "a0"), ("🦊é", "3f3f"),
    ])
    func `Thai text in ISO-8859-11 has the published bytes`(text: String, bytes: String) {
        #expect(TextEncoding.iso8859_11.data(text).hex == bytes)
        #expect(TextEncoding.windows874.data(text).hex == bytes)
    }

    @Test func `every code point of the Thai block that the set has is byte plus 0D60, and no other`() {
        for value in UInt32(0x0E00)...0x0E7F {
            guard let scalar = UnicodeScalar(value) else { continue }
            let isKnown = (0x0E01...0x0E3A).contains(value) || (0x0E3F...0x0E5B).contains(value)
            #expect(TextEncoding.iso8859_11.data(String(scalar)) == Data([isKnown ? UInt8(value - 0x0D60) : UInt8(ascii: "?")]))
        }
    }

    @Test func `windows-874 has the euro, the ellipsis, quotes, bullet and dashes as well`() {
        #expect(TextEncoding.windows874.data("€…‘’“”•–—").hex == "808591929394959697")
        #expect(TextEncoding.iso8859_11.data("€…").hex == "3f3f")
    }

    @Test func `the byte order marks stand in front`() {
        #expect(TextEncoding.utf8BOM.data("ก").hex == "efbbbfe0b881")
        #expect(TextEncoding.utf16LE.data("กA").hex == "fffe010e4100")
        #expect(TextEncoding.utf8.data("ก").hex == "e0b881")
    }

    @Test func `the history line of the dossier has the published bytes`() {
        let bytes = StoreReports.asc([
            ["ORD_DATE", "ORD_NO", "INV_NO", "SHIP_TO", "CUST_NAME"], ["21.10.2025", "250000000123", "9900000456", "S", "สมหญิง ใจดี"],
        ])
        #expect(bytes.count == 92)
        #expect(SimulatorSignature.sha256(bytes).hex == "7ddc707659b2f5d4fe20d3831b7c225fe1ed37c06c91c84cab1250ba74885b8e")
    }

    @Test func `a stored archive can be read back, with its checksums`() throws {
        let entries = try zipEntries(StoredZip([("รายงาน.asc", Data("123456789".utf8)), ("empty", Data())]).bytes)
        #expect(entries.map(\.name) == ["รายงาน.asc", "empty"] && entries.map(\.method) == [0, 0])
        #expect(entries[0].crc == 0xCBF4_3926 && entries[1].crc == 0 && String(decoding: entries[0].packed, as: UTF8.self) == "123456789")
        #expect(entries.allSatisfy { $0.mode == 0o100644 && $0.flags == 0x0800 })
    }

    @Test func `an archive can be hostile`() throws {
        var zip = StoredZip()
        zip.addLink("link", to: "/etc/hostname")
        zip.addEncrypted("locked", Data([1]))
        zip.addBomb("bomb", unpackedBytes: 1 << 20)
        let entries = try zipEntries(zip.bytes)
        #expect(entries[0].mode == 0o120777 && entries[1].flags & 1 == 1)
        #expect(entries[2].method == 8 && entries[2].size == 1 + (1 << 20) / 1_032 * 1_032 && entries[2].size / entries[2].packed.count > 900)
    }

    /// The first bits by hand, the length of the rest by counting: 1 byte holds four matches of 258 bytes.
    @Test func `the bomb is one deflate block that starts with a literal zero`() throws {
        var (small, large) = (StoredZip(), StoredZip())
        small.addBomb("b", unpackedBytes: 1_032)
        large.addBomb("b", unpackedBytes: 1_032 * 1_001)
        let (one, many) = (try zipEntries(small.bytes)[0], try zipEntries(large.bytes)[0])
        #expect(one.size == 1_033 && many.size == 1_032 * 1_001 + 1 && many.packed.count - one.packed.count == 1_000)
        #expect(one.packed.first.map { $0 & 0b111 } == 0b101 && one.packed.prefix(10) == many.packed.prefix(10))
    }
}
