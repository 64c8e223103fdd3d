import Foundation
import Shopat24Simulator
import SimulatorKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct MistakeTests {
    private func text(_ bytes: Data) -> String { String(decoding: bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes, as: UTF8.self) }

    private func make(_ mistake: FileMistake, _ check: (ChannelFile, Bench) throws -> Void) async throws {
        try await withChannel({ $0.storeShare = 0.5 }) { bench in
            for _ in 0..<12 { bench.channel.placeOrder(.any) }
            try check(bench.channel.orderFile(mistake: mistake), bench)
        }
    }

    @Test(arguments: [
        (FileMistake.missingColumn, FileMistake.Fate.failed), (.columnTwice, .taken), (.repeatedRow, .taken), (.conflictingRows, .firstOrderHeld),
        (.lostLeadingZeros, .taken), (.exponentOrderNumbers, .firstOrderHeld), (.impossibleDate, .firstOrderHeld), (.twoDigitYear, .firstOrderHeld),
        (.wrongTotal, .firstOrderHeld), (.unknownStatus, .firstOrderHeld), (.mostRowsBad, .failed), (.errorCell, .firstOrderHeld), (.invalidBytes, .firstOrderHeld),
        (.wrongEncoding, .failed), (.emptyFile, .open), (.cutFile, .open), (.htmlNamedXLS, .taken), (.workbookNamedXLS, .taken), (.binaryXLS, .failed),
        (.encryptedZip, .failed), (.zipBomb, .failed), (.climbingName, .failed), (.absoluteName, .failed), (.linkMember, .failed), (.tooManyMembers, .failed),
        (.nestedTooDeep, .failed),
    ])
    func `each mistake says what becomes of its file, and its file differs from a good one`(mistake: FileMistake, fate: FileMistake.Fate) async throws {
        #expect(mistake.fate == fate)
        try await make(mistake) { file, bench in
            #expect(file.bytes != bench.channel.orderFile().bytes)
            #expect(file.name.wholeMatch(of: /vendor_order_\d{8}_\d{6}\.(csv|xls|xlsx|zip)/) != nil)
        }
    }

    @Test func `rows go wrong one way at a time`() async throws {
        try await make(.missingColumn) { file, _ in #expect(rows(text(file.bytes)).allSatisfy { $0.count == 24 && !$0.contains("Qty") }) }
        try await make(.columnTwice) { file, _ in #expect(rows(text(file.bytes))[0].filter { $0 == "Remark" }.count == 2) }
        try await make(.repeatedRow) { file, _ in
            let table = rows(text(file.bytes))
            #expect(table.last == table[1])
        }
        try await make(.conflictingRows) { file, _ in
            let table = rows(text(file.bytes))
            #expect(table.last?[1] == table[1][1] && table.last?[16] == "77" && table[1][16] != "77")
        }
        try await make(.exponentOrderNumbers) { file, _ in #expect(rows(text(file.bytes))[1][0] == "2.5E+11") }
        try await make(.impossibleDate) { file, _ in #expect(rows(text(file.bytes))[1][2] == "31/02/2025") }
        try await make(.twoDigitYear) { file, _ in #expect(rows(text(file.bytes))[1][2] == "21/10/25") }
        try await make(.wrongTotal) { file, _ in #expect(rows(text(file.bytes))[1][20] == "1234567.89") }
        try await make(.unknownStatus) { file, _ in #expect(rows(text(file.bytes))[1][22] == "TELEPORTED") }
        try await make(.mostRowsBad) { file, _ in #expect(rows(text(file.bytes)).dropFirst().allSatisfy { $0[16] == "many" }) }
        try await make(.lostLeadingZeros) { file, _ in #expect(rows(text(file.bytes)).dropFirst().allSatisfy { $0[7].count == 9 && !$0[4].hasPrefix("0") }) }
        try await make(.errorCell) { file, _ in
            let sheet = try zipEntries(file.bytes).first { $0.name.contains("sheet1") }?.packed ?? Data()
            #expect(text(sheet).contains(#"<c r="Q2" t="e"><v>#N/A</v></c>"#))
        }
    }

    @Test func `bytes go wrong as well`() async throws {
        try await make(.invalidBytes) { file, _ in #expect(file.bytes.filter { $0 == 0xDB }.count == 1 && file.bytes.filter { $0 == 0xFC }.count == 1) }
        try await make(.wrongEncoding) { file, _ in #expect(file.bytes.prefix(4) == Data([0x4F, 0, 0x72, 0])) }
        try await make(.emptyFile) { file, _ in #expect(file.bytes.isEmpty) }
        try await make(.cutFile) { file, bench in #expect(bench.channel.orderFile().bytes.starts(with: file.bytes)) }
        try await make(.htmlNamedXLS) { file, _ in
            #expect(file.name.hasSuffix(".xls") && text(file.bytes).hasPrefix("<html>") && text(file.bytes).contains("<th>Order no.</th>"))
            #expect(text(file.bytes).matches(of: /<tr>/).count > 12)
        }
        try await make(.workbookNamedXLS) { file, _ in #expect(file.name.hasSuffix(".xls") && file.bytes.prefix(2) == Data("PK".utf8)) }
        try await make(.binaryXLS) { file, _ in #expect(file.bytes.prefix(8).hex == "d0cf11e0a1b11ae1") }
    }

    @Test func `archives go wrong as well`() async throws {
        try await make(.encryptedZip) { file, _ throws in #expect(try zipEntries(file.bytes)[0].flags & 1 == 1) }
        try await make(.zipBomb) { file, _ in
            let entry = try zipEntries(file.bytes)[0]
            #expect(entry.size / entry.packed.count > 200)
        }
        try await make(.climbingName) { file, _ throws in #expect(try zipEntries(file.bytes)[0].name.hasPrefix("../../")) }
        try await make(.absoluteName) { file, _ throws in #expect(try zipEntries(file.bytes)[0].name.hasPrefix("/")) }
        try await make(.linkMember) { file, _ throws in #expect(try zipEntries(file.bytes)[0].mode & 0o170000 == 0o120000) }
        try await make(.tooManyMembers) { file, _ throws in #expect(try zipEntries(file.bytes).count == 201) }
        try await make(.nestedTooDeep) { file, _ in
            var (bytes, depth) = (file.bytes, 1)
            while let entry = try zipEntries(bytes).first, entry.name.hasSuffix(".zip") { (bytes, depth) = (entry.packed, depth + 1) }
            #expect(depth > 3)
        }
    }
}
