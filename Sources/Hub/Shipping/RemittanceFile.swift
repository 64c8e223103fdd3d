import Documents
package import Domain
import Foundation

/// One row of a carrier's list of what it collected and paid out.
struct RemittanceRow: Sendable, Equatable {
    var row: Int, number: String, amountMinor: Int64, feeMinor: Int64, paidAt: Timestamp?
}

package enum RemittanceFault: HubError, Equatable {
    case missingColumn(String, headers: [String]), badCell(row: Int, column: String, found: String), nothing, seenBefore(on: Timestamp), unreadable(String), tooManyRows(Int), nothingCollected

    package var code: String {
        switch self {
        case .missingColumn: "missing_column"
        case .badCell: "bad_cell"
        case .nothing: "no_rows"
        case .seenBefore: "seen_before"
        case .unreadable: "unreadable_file"
        case .tooManyRows: "too_many_rows"
        case .nothingCollected: "nothing_collected"
        }
    }
    package var sentence: String {
        switch self {
        case .missingColumn(let column, let headers): "The file has no column for the \(column). Its columns are: \(headers.joined(separator: ", ")). Name one \"\(column)\" and send it again; nothing was taken."
        case .badCell(let row, let column, let found): "Row \(row), \(column): \"\(found)\" cannot be read. Correct the cell and send the file again; nothing was taken."
        case .nothing: "The file has no rows under its headers. Nothing was taken."
        case .seenBefore(let at): "This very file was taken on \(at). Nothing was done again."
        case .unreadable(let why): why
        case .nothingCollected: "This carrier has no parcel with cash on delivery, so there is nothing to match. Choose the carrier that made the list."
        case .tooManyRows(let most): "The file has more than \(most) rows. Send it in parts."
        }
    }
    package var failureClass: FailureClass { .rejected }
}

/// Reads a remittance file: CSV or xlsx, its columns known by their headings in English, Thai or Spanish. No carrier documents one: the headings are our own reconstruction.
enum RemittanceFile {
    static let maximumRows = 100_000
    private enum Column: String, CaseIterable {
        case number = "tracking number", amount = "COD amount", fee = "fee", paidAt = "transfer date"
        var names: [String] {
            switch self {
            case .number: ["tracking number", "tracking no", "tracking no.", "tracking", "barcode", "parcel number", "เลขพัสดุ", "หมายเลขพัสดุ", "บาร์โค้ด", "guía", "guia", "número de guía"]
            case .amount: ["cod amount", "cod", "amount", "cod amount (thb)", "collected", "ยอดเก็บเงินปลายทาง", "ยอด cod", "ยอดเงิน", "จำนวนเงิน", "monto", "importe"]
            case .fee: ["fee", "cod fee", "service fee", "ค่าธรรมเนียม", "ค่าบริการ", "comisión", "comision"]
            case .paidAt: ["transfer date", "paid date", "payment date", "date", "วันที่โอน", "วันที่", "fecha"]
            }
        }
        var isRequired: Bool { self == .number || self == .amount }
    }

    /// Blocks.
    static func read(_ path: String, currency: Currency, zone: TimeZone) throws -> [RemittanceRow] {
        let table: any RowSource
        do { table = try openTable(path) } catch let problem as FileProblem { throw RemittanceFault.unreadable(problem.sentence) }
        var columns: [Column: Int]?, headers: [String] = [], rows: [RemittanceRow] = []
        let dates = DateText(zone: zone, countsFrom1904: (table as? WorkbookTable)?.countsFrom1904 ?? false)
        do {
            try table.forEachRow { row in
                guard let known = columns else {
                    let texts = row.texts, found = Self.columns(texts)
                    // Lines above the headings (a title, a date) are passed over; of several that might be meant the fullest is told of.
                    if headers.isEmpty || found.count > Self.columns(headers).count { headers = texts }
                    if found[.number] != nil, found[.amount] != nil { columns = found }
                    else if row.number >= lookedAt { throw missing(Self.columns(headers), headers) }
                    return
                }
                guard rows.count < maximumRows else { throw RemittanceFault.tooManyRows(maximumRows) }
                if let line = try read(row, known, currency, dates) { rows.append(line) }
            }
        } catch let problem as FileProblem { throw RemittanceFault.unreadable(problem.sentence) }
        guard columns != nil else { throw missing(Self.columns(headers), headers) }
        guard !rows.isEmpty else { throw RemittanceFault.nothing }
        return rows
    }
    private static let lookedAt = 10

    private static func missing(_ found: [Column: Int], _ headers: [String]) -> RemittanceFault {
        .missingColumn(Column.allCases.first { $0.isRequired && found[$0] == nil }?.rawValue ?? "", headers: headers.filter { !$0.isEmpty }.map { String($0.prefix(40)) })
    }

    private static func columns(_ headers: [String]) -> [Column: Int] {
        let folded = headers.map { $0.precomposedStringWithCanonicalMapping.trimmingWhitespace.lowercased() }
        var found: [Column: Int] = [:]
        for column in Column.allCases { found[column] = column.names.lazy.compactMap { folded.firstIndex(of: $0) }.first }
        return found
    }

    /// nil: a row without a number, such as a sum under the list.
    private static func read(_ row: TableRow, _ columns: [Column: Int], _ currency: Currency, _ dates: DateText) throws -> RemittanceRow? {
        func text(_ column: Column) -> String { columns[column].flatMap { row[$0].value.plainText }?.trimmingWhitespace ?? "" }
        let number = text(.number).filter { !$0.isWhitespace }.uppercased()
        guard !number.isEmpty, number.contains(where: \.isNumber), number.count <= 40 else { return nil }
        func minor(_ column: Column) throws -> Int64 {
            let given = text(column)
            if given.isEmpty || given == "-" { return 0 }
            guard case .success(let amount) = AmountText.minor(given, currency) else { throw RemittanceFault.badCell(row: row.number, column: column.rawValue, found: String(given.prefix(40))) }
            return amount
        }
        var paidAt: Timestamp?
        if let index = columns[.paidAt], !row[index].value.isBlank {
            guard case .success(let moment) = dates.moment(of: row[index].value) else { throw RemittanceFault.badCell(row: row.number, column: Column.paidAt.rawValue, found: String(text(.paidAt).prefix(40))) }
            paidAt = moment
        }
        return RemittanceRow(row: row.number, number: number, amountMinor: try minor(.amount), feeMinor: try minor(.fee), paidAt: paidAt)
    }
}
