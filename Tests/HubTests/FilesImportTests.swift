@testable import Hub
import Documents
import Domain
import Foundation
import Testing

@Suite struct FilesImportTests {
    @Test func `rows of one order are put together wherever they stand`() async throws {
        try await FilesBench.run { bench in
            let file = try bench.csv([Sheet.headers, Sheet.row("A1"), Sheet.row("B1"), Sheet.row("A1", ["SKU": "HAT", "Quantity": "1", "Unit price": "1,299.00"])])
            let report = try await bench.commit(file)
            #expect(report.rows == 3 && report.orders == 2 && report.good == 2 && report.taken == 2 && report.state == .committed, "\(report)")
            try await bench.interpret()
            let order = try #require(try await bench.order("A1")).snapshot
            #expect(order.lines.map(\.sku) == ["MUG", "HAT"] && order.totals.grand == 1599_00 && order.currency == .thb)
            #expect(order.placedAt.description == "2026-03-31T02:30:00Z" && order.shipTo?.provinceCode == "TH-10")
        }
    }

    @Test func `the preview says what the commit does, and takes nothing`() async throws {
        try await FilesBench.run { bench in
            let file = try bench.csv([Sheet.headers, Sheet.row("A1"), Sheet.row("A2", ["Quantity": "0"]), Sheet.row("A3", ["Postcode": "99999"])])
            var preview = try await bench.preview(file)
            #expect(try await bench.hub.journal.read(after: DeliveryID(0), limit: 10).isEmpty)
            let result = try await bench.commit(file)
            (preview.id, preview.state, preview.taken, preview.createdAt) = (result.id, result.state, result.taken, result.createdAt)
            // Who took it, and that it is taken, is what a preview cannot say.
            (preview.committedBy, preview.committedAt, preview.isCommit, preview.isKept) = (result.committedBy, result.committedAt, result.isCommit, result.isKept)
            #expect(preview == result && result.good == 2 && result.rejected == 1 && result.taken == 2)
            #expect(try await bench.importer.store.report(Int64(result.id) ?? 0) == result)
            #expect(try await bench.importer.store.history(of: bench.channel.id, before: nil, limit: 10).map(\.state) == [.committed, .preview])
        }
    }

    @Test func `an order that is known is not taken again, and a changed one is an update`() async throws {
        try await FilesBench.run { bench in
            let first = try bench.csv([Sheet.headers, Sheet.row("A1"), Sheet.row("A2")])
            _ = try await bench.commit(first)
            try await bench.interpret()
            let second = try bench.csv([Sheet.headers, Sheet.row("A1"), Sheet.row("A2", ["Quantity": "5"]), Sheet.row("A3")])
            let preview = try await bench.preview(second)
            #expect(preview.duplicates == .init(same: 1, changed: 1, numbers: ["A1", "A2"]) && preview.good == 3)
            #expect(try await bench.commit(second).taken == 2)
            #expect(try await bench.hub.journal.read(after: DeliveryID(0), limit: 10).count == 4)
        }
    }

    @Test func `a content that comes back after another one is not mistaken for a repeat`() async throws {
        let snapshot = OrderSnapshot(externalID: "1", externalNumber: "1", placedAt: Timestamp(seconds: 1), revision: Revision(updatedAt: Timestamp(seconds: 1)), currency: .thb,
                                     totals: Totals(items: 0, grand: 0), payment: Payment(state: .unpaid), lines: [], platformStatus: "file")
        let new = try IncomingOrder(snapshot, origin: "file", saysWhenPlaced: true, known: nil)
        let again = try IncomingOrder(snapshot, origin: "file", saysWhenPlaced: true, known: KnownOrder(digest: 7, version: 3, placedAt: Timestamp(seconds: 1)))
        #expect(new.standing == .new && again.standing == .changed && new.receiptKey != again.receiptKey)
    }

    @Test func `a mapping that a person set is remembered for the sender's next file of that shape`() async throws {
        try await FilesBench.run { bench in
            let headers = Sheet.headers.map { $0 == "SKU" ? "Zzz" : $0 }
            let file = try bench.csv([headers, Sheet.row("A1")])
            let missing = try await bench.commit(file)
            #expect(missing.state == .needsMapping && missing.missingColumns == [.sku] && missing.taken == 0)
            let said = try await bench.commit(file, ImportOptions(mapping: [.sku: "zzz"]))
            #expect(said.taken == 1 && !said.isMappingRemembered)
            let next = try await bench.preview(try bench.csv([headers, Sheet.row("A2")]))
            #expect(next.isMappingRemembered && next.good == 1 && next.mapping.contains { $0.column == .sku && $0.letter == "H" })
            await #expect(throws: ImportFault.noSuchColumn(.sku, "nowhere")) { _ = try await bench.preview(file, ImportOptions(mapping: [.sku: "nowhere"])) }
        }
    }

    @Test func `rejected rows are kept with their cells and the reason`() async throws {
        try await FilesBench.run { bench in
            let report = try await bench.commit(try bench.csv([Sheet.headers, Sheet.row("A1"), Sheet.row("A2", ["Quantity": "two"]), Sheet.row("A2")]))
            #expect(report.rejected == 1 && report.rejectedRows == 2 && report.good == 1)
            let rows = try openTable(try bench.importer.store.rejectedPath(Int64(report.id) ?? 0)).firstRows(10).map(\.texts)
            #expect(rows.count == 3 && rows[0].last == RejectedRows.reasonHeader && rows[1].contains("two"))
            #expect(rows[1].last?.contains("I3") == true && rows[2].last?.contains("another row of the order") == true)
        }
    }

    @Test func `a workbook with dates, numbers as text and numbers for phones is read`() async throws {
        try await FilesBench.run { bench in
            var cells = Sheet.row("A1").map { $0.isEmpty ? CellValue.empty : .text($0) }
            cells[1] = .date(WallTime(year: 2569, month: 3, day: 31, hour: 9, minute: 30))
            cells[3] = .number(text: "812345678")
            cells[9] = .number(text: "150")
            let report = try await bench.commit(try bench.xlsx([Sheet.headers.map { .text($0) }, cells]))
            #expect(report.kind == "xlsx" && report.good == 1, "\(report.problems)")
            try await bench.interpret()
            let order = try #require(try await bench.order("A1")).snapshot
            #expect(order.placedAt.description == "2026-03-31T02:30:00Z" && order.shipTo?.phone == "0812345678" && order.totals.grand == 300_00)
        }
    }

    @Test func `a Thai file in Windows-874 is read`() async throws {
        try await FilesBench.run { bench in
            let text = "เลขที่คำสั่งซื้อ,ชื่อผู้รับ,เบอร์โทรผู้รับ,ที่อยู่จัดส่ง,จังหวัด,รหัสไปรษณีย์,ชื่อสินค้า,จำนวน,ราคาต่อหน่วย,เก็บเงินปลายทาง\r\nก1,สมชาย ใจดี,0812345678,99/1 สุขุมวิท,กรุงเทพมหานคร,10110,แก้ว,2,฿150.00,ใช่\r\n"
            let bytes = text.unicodeScalars.map { $0.value < 128 ? UInt8($0.value) : UInt8($0.value - 0x0E00 + 0xA0) }
            let path = bench.path("thai.csv")
            try Data(bytes).write(to: URL(filePath: path))
            let report = try await bench.commit(path)
            #expect(report.encoding == "windows-874" && report.good == 1, "\(report)")
            try await bench.interpret()
            let order = try #require(try await bench.order("ก1")).snapshot
            #expect(order.shipTo?.name == "สมชาย ใจดี" && order.payment.isCashOnDelivery && order.payment.codAmount == 300_00)
        }
    }

    @Test(arguments: HeaderLanguage.allCases) func `the template is a good file as it is, and its example is refused beside real orders`(language: HeaderLanguage) async throws {
        try await FilesBench.run { bench in
            let path = bench.path("template.xlsx")
            try OrderTemplate.writeWorkbook(to: path, language: language)
            let alone = try await bench.preview(path)
            #expect(alone.good == 1 && alone.rows == 2, "\(alone.problems)")
            let beside = try await bench.preview(try bench.csv([Sheet.headers, Sheet.row("EXAMPLE-1001"), Sheet.row("A1")]))
            #expect(beside.good == 1 && beside.problemCounts["template_example"] == 1)
        }
    }

    @Test func `a file that is no table is refused with its reason and nothing is taken`() async throws {
        try await FilesBench.run { bench in
            let path = bench.path("x.csv")
            try Data("%PDF-1.7 …".utf8).write(to: URL(filePath: path))
            let fault = await #expect(throws: ImportFault.self) { _ = try await bench.commit(path) }
            #expect(fault?.code == "file_not_a_table")
        }
    }

    @Test(.timeLimit(.minutes(5))) func `a hundred thousand rows cost little memory`() async throws {
        try await FilesBench.run { bench in
            let path = bench.path("big.csv"), writer = try CSVWriter(path: path)
            try writer.append(Sheet.headers)
            for index in 0..<100_000 { try writer.append(Sheet.row("N\(index % 25_000)", ["Quantity": index == 70_000 ? "x" : "1"])) }
            try writer.finish()
            let before = Self.residentBytes()
            let report = try await bench.preview(path)
            let grown = Self.residentBytes() - before
            #expect(report.rows == 100_000 && report.orders == 25_000 && report.good == 24_999 && report.problems.count <= ImportReport.maximumProblems)
            #expect(grown < 96 << 20, "grew by \(grown >> 20) MB")
        }
    }

    /// Resident memory of this process, in bytes.
    private static func residentBytes() -> Int {
        let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""      // without it the bound is not tested: 0 - 0
        return (text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }
}
