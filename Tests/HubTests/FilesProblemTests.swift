@testable import Hub
import Documents
import Domain
import Foundation
import Testing

@Suite struct FilesProblemTests {
    @Test(arguments: [
        (["Order number": ""], "order_number_missing"), (["Order number": "6.68E+10"], "digits_lost"), (["Order number": String(repeating: "9", count: 101)], "order_number_too_long"),
        (["Quantity": "0"], "quantity_not_whole"), (["Quantity": "1.5"], "quantity_not_whole"), (["Quantity": ""], "quantity_missing"),
        (["Unit price": "1.299"], "amount_ambiguous"), (["Unit price": "abc"], "amount_unreadable"), (["Unit price": "-5"], "amount_negative"),
        (["Unit price": "10.555,123"], "amount_too_precise"), (["Unit price": "€5"], "amount_other_currency"), (["Unit price": "99999999999"], "amount_out_of_range"),
        (["Unit price": ""], "price_missing"), (["Order date": "31/03/69"], "date_short_year"), (["Order date": "30/02/2026"], "date_unreadable"), (["Order date": "yesterday"], "date_unreadable"),
        (["Recipient": ""], "recipient_missing"), (["Address": ""], "address_missing"), (["SKU": ""], "item_missing"), (["Grand total": "301"], "total_mismatch"),
        (["COD amount": "500"], "cod_exceeds_total"), (["COD amount": "no", "Payment method": "COD"], "cod_contradicts"),
    ]) func `each fault has its code, its cell and a remedy`(changes: [String: String], code: String) async throws {
        try await FilesBench.run { bench in
            let report = try await bench.preview(try bench.csv([Sheet.headers, Sheet.row("A1", changes)]))
            #expect(report.rejected == 1 && report.problemCounts[code] == 1, "\(report.problems)")
            let problem = try #require(report.problems.first { $0.code == code })
            #expect(problem.row == 2 && problem.isRejection && !problem.message.isEmpty && !problem.remedy.isEmpty)
            if code != "order_number_missing" { #expect(problem.cell?.hasSuffix("2") == true) }
        }
    }

    @Test func `values of an order that disagree between its rows are named, both of them`() async throws {
        try await FilesBench.run { bench in
            let report = try await bench.preview(try bench.csv([Sheet.headers, Sheet.row("A1"), Sheet.row("A1", ["Recipient": "Ana"])]))
            let problem = try #require(report.problems.first { $0.code == "order_values_disagree" })
            #expect(problem.cell == "C3" && problem.message.contains("สมชาย") && problem.message.contains("Ana") && report.rejected == 1)
        }
    }

    @Test func `an unknown province is flagged and the order is taken`() async throws {
        try await FilesBench.run { bench in
            let report = try await bench.preview(try bench.csv([Sheet.headers, Sheet.row("A1", ["Province": "Atlantis", "Postcode": ""])]))
            #expect(report.good == 1 && report.problemCounts["address_unknown_province"] == 1 && report.problems.allSatisfy { !$0.isRejection })
        }
    }

    @Test func `a text without order columns that is named like a workbook is refused, a table of text is taken whatever its name`() async throws {
        try await FilesBench.run { bench in
            let importer = try bench.importer
            let text = try bench.csv([["A page"], ["of words"]]), table = try bench.csv([Sheet.headers, Sheet.row("A1")])
            let error = await #expect(throws: ImportFault.self) { try await importer.analyse(text, fileName: "Orders.XLSX", channel: bench.channel.id) }
            #expect(error?.code == "file_not_a_table")
            let plain = try await importer.analyse(text, fileName: "orders.csv", channel: bench.channel.id)
            #expect(plain.state == .needsMapping)
            let named = try await importer.analyse(table, fileName: "orders.xlsx", channel: bench.channel.id)
            #expect(named.good == 1)
        }
    }

    @Test func `cells merged downwards hold for the order and not for a line`() throws {
        let headers = TableRow(number: 1, cells: ["Order number", "Quantity"].enumerated().map { TableCell(column: $0.offset, row: 1, value: .text($0.element)) })
        let mapping = ColumnMapping.guess(headers: headers.texts)
        var merged = MergedValues(mapping: mapping)
        let area = try #require(CellRange("A2:A3")), other = try #require(CellRange("B2:B3"))
        _ = merged.completed(TableRow(number: 2, cells: [TableCell(column: 0, row: 2, value: .text("A1"), merge: .topLeft(of: area)), TableCell(column: 1, row: 2, value: .text("2"), merge: .topLeft(of: other))]))
        let below = merged.completed(TableRow(number: 3, cells: [TableCell(column: 0, row: 3, value: .empty, merge: .covered(by: area)), TableCell(column: 1, row: 3, value: .empty, merge: .covered(by: other))]))
        #expect(below[0].value == .text("A1") && below[1].value == .empty)
        var bytes: [UInt8] = []
        SpooledRow.encode(below, into: &bytes)
        let settings = AssemblySettings(mapping: mapping, currency: .thb, country: "TH", dates: DateText(zone: .gmt))
        let order = OrderAssembly.assemble([try #require(SpooledRow.decode(bytes[...]))], count: 1, settings: settings, isForgottenExample: { _ in false }, now: Timestamp(seconds: 0))
        #expect(order.snapshot == nil && order.problems.contains { $0.code == "merged_cell" && $0.cell == "B3" })
    }

    @Test func `a formula without a value and an error cell are named`() {
        let row = TableRow(number: 2, cells: [TableCell(column: 0, row: 2, value: .text("A1")), TableCell(column: 1, row: 2, value: .formulaWithoutValue), TableCell(column: 2, row: 2, value: .error("#REF!"))])
        let settings = AssemblySettings(mapping: ColumnMapping.guess(headers: ["Order number", "Quantity", "Unit price"]), currency: .thb, country: "TH", dates: DateText(zone: .gmt))
        let order = OrderAssembly.assemble([row], count: 1, settings: settings, isForgottenExample: { _ in false }, now: Timestamp(seconds: 0))
        #expect(order.problems.contains { $0.code == "formula_without_value" && $0.cell == "B2" })
    }

    @Test(arguments: [("1.299,00", "THB", 1299_00), ("1,299.00", "THB", 1299_00), ("฿1,299.00", "THB", 1299_00), ("1,299", "THB", 1299_00), ("1.299", "CLP", 1299), ("$ 12.990", "CLP", 12990),
                      ("19,9", "EUR", 19_90), ("1'299.50", "USD", 1299_50), ("๑๕๐", "THB", 150_00), ("150.-", "THB", 150_00), ("1.299.000", "EUR", 1299000_00), ("THB 5", "THB", 5_00)])
    func `amounts are read as people write them`(text: String, code: String, minor: Int64) throws {
        #expect(AmountText.minor(text, try #require(Currency(code))) == .success(minor))
    }

    @Test(arguments: [("1.299", "THB"), ("1,299", "EUR"), ("1.299", "EUR"), ("1.299", "KWD")]) func `an amount with two meanings is not guessed`(text: String, code: String) throws {
        #expect(AmountText.minor(text, try #require(Currency(code))) == .failure(.ambiguous))
    }

    @Test(arguments: ["46112.395833333336", "2026-03-31 09:30", "2026-03-31T02:30:00Z", "31/03/2026 09:30", "31-3-2569 9:30", "31.03.2026 9:30 am", "2569-03-31 09:30:00", "๓๑/๐๓/๒๕๖๙ 09:30 น."])
    func `dates in all their forms are one moment`(text: String) throws {
        let dates = DateText(zone: try #require(TimeZone(identifier: "Asia/Bangkok")))
        #expect(try dates.moment(of: .text(text)).get().description == "2026-03-31T02:30:00Z")
    }
}

@Suite struct FilesPushTests {
    private static let body = #"{"externalID":"P1","currency":"THB","placedAt":"2026-03-31T02:30:00Z","shipTo":{"name":"Ana","line1":"1 Road","countryCode":"TH"},"lines":[{"sku":"MUG","quantity":2,"unitPrice":15000}]}"#

    @Test func `a pushed order is completed and becomes an order, once`() async throws {
        try await FilesBench.run { bench in
            let order = try JSONDecoder().decode(PushedOrder.self, from: Data(Self.body.utf8))
            _ = try await bench.hub.push(order, to: bench.channel.id)
            _ = try await bench.hub.push(order, to: bench.channel.id)
            try await bench.interpret()
            let stored = try #require(try await bench.order("P1"))
            #expect(stored.snapshot.totals.grand == 300_00 && stored.snapshot.lines[0].title == "MUG" && stored.version == 1)
        }
    }

    @Test(arguments: [("\"quantity\":2", "\"quantity\":0", "/lines/0/quantity"), ("\"line1\":\"1 Road\",", "", "/shipTo/line1"), ("\"currency\":\"THB\"", "\"currency\":\"THB\",\"totals\":{\"grand\":1}", "/totals/grand")])
    func `a pushed order that is wrong says where`(part: String, instead: String, pointer: String) throws {
        let order = try JSONDecoder().decode(PushedOrder.self, from: Data(Self.body.replacing(part, with: instead).utf8))
        let fault = #expect(throws: PushFault.self) { _ = try order.snapshot(now: Timestamp(seconds: 0)) }
        #expect(fault?.pointer == pointer)
    }
}
