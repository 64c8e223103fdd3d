@testable import Documents
import Foundation
import Testing

struct CSVWritingTests {
    let files: ScratchFiles

    init() throws { files = try ScratchFiles() }

    private func written(_ rows: [[String]], byteOrderMark: Bool = false) throws -> String {
        let writer = try CSVWriter(path: files.path("out.csv"), byteOrderMark: byteOrderMark)
        for row in rows { try writer.append(row) }
        try writer.finish()
        return String(decoding: try Data(contentsOf: URL(filePath: files.path("out.csv"))), as: UTF8.self)
    }

    @Test(arguments: [
        ("=1+1", "'=1+1"), ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"), ("-2+3", "'-2+3"), ("@SUM(A1)", "'@SUM(A1)"), ("\tx", "'\tx"),
        ("-12.50", "-12.50"), ("+66812345678", "+66812345678"), ("-", "'-"), ("plain", "plain"), ("'=x", "''=x"), ("'quoted'", "'quoted'"),
    ])
    func `a text that would run as a formula is made harmless`(text: String, expected: String) throws {
        #expect(try written([[text]]) == expected + "\r\n")
    }

    @Test func `fields are quoted where they must be`() throws {
        #expect(try written([["a,b", "say \"x\"", "two\nlines", " padded",
            ""]]) == "\"a,b\",\"say \"\"x\"\"\",\"two\nlines\",\" padded\",\r\n")
        #expect(try written([["\rx"]]) == "\"'\rx\"\r\n")
    }

    @Test func `the byte order mark is written when asked for`() throws {
        #expect(try written([["ก"]], byteOrderMark: true) == "\u{FEFF}ก\r\n")
    }

    @Test func `values are written as one would type them`() throws {
        let writer = try CSVWriter(path: files.path("v.csv"), byteOrderMark: false)
        try writer.append([CellValue.number(text: "-1.5"), .date(WallTime(year: 2026, month: 3, day: 1, hour: 9)), .boolean(true),
            .error("#N/A"), .empty])
        try writer.finish()
        #expect(try String(contentsOfFile: files.path("v.csv"), encoding: .utf8) == "-1.5,2026-03-01 09:00:00,TRUE,,\r\n")
    }

    @Test(arguments: 0..<60)
    func `what is written is read back unchanged`(seed: Int) throws {
        var random = SplitMix64(seed: UInt64(seed))
        let alphabet = Array("ab'=+-@\",;\t\n\r 09.กำ่ñ😀")
        let rows = (0..<8).map { _ in ["k"] + (0..<4).map { _ in String((0..<Int.random(in: 0...6,
            using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "x" }) } }
        _ = try written([["k", "b", "c", "d", "e"]] + rows)
        let read = try CSVTable(path: files.path("out.csv"), format: CSVFormat()).allRows().dropFirst().map(\.texts)
        #expect(Array(read) == rows)
    }

    @Test func `a path that cannot be written is named as such`() throws {
        let found = problem { _ = try CSVWriter(path: files.path("no/such/folder.csv")) }
        #expect(found?.code == "file_unwritable")
        #expect(found?.remedy.contains("free space") == true)
    }
}

/// A seeded generator: the seed in the test's name repeats the case.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
