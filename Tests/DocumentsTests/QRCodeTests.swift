import Documents
import Testing

@Suite struct QRCodeTests {
    @Test func `a parcel number fits the smallest code, with a finder in three corners and none in the fourth`() throws {
        let code = try QRCode("EF123456785TH")
        #expect(code.side == 21)
        // Seen along its diagonal a finder is dark, light, three dark, light, dark.
        let finder = [true, false, true, true, true, false, true]
        for (row, column) in [(0, 0), (0, 14), (14, 0)] { #expect((0..<7).map { code.isDark(row: row + $0, column: column + $0) } == finder) }
        #expect((0..<7).map { code.isDark(row: 14 + $0, column: 14 + $0) } != finder)
        #expect(code.path.hasPrefix("M4 4h7v1h-7z"), "four units of quiet zone, then the finder's upper side")
    }

    @Test func `the same text is the same code, another text another`() throws {
        #expect(try QRCode("otpauth://totp/a?secret=B") == QRCode("otpauth://totp/a?secret=B"))
        #expect(try QRCode("otpauth://totp/a?secret=B") != QRCode("otpauth://totp/a?secret=C"))
    }

    @Test(arguments: ["", "ที่อยู่", String(repeating: "x", count: 501)])
    func `what scanners would read differently is refused`(text: String) {
        #expect(throws: QRCode.Fault.self) { try QRCode(text) }
    }
}
