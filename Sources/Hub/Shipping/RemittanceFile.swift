import Connect
import Dispatch
import Documents
package import Domain
import Foundation
import Synchronization

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
    /// More than any parcel is worth; as many as a file may have still add up.
    private static let maximumMinor: UInt64 = 1_000_000_000_000
    private static let shownHeaders = 20
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

    /// Reads the whole file once and keeps nothing of it. Blocks.
    ///
    /// - Returns: how many rows it has.
    /// - Throws: `RemittanceFault` for the first cell that cannot be read: nothing is taken of such a file.
    static func check(_ path: String, currency: Currency, zone: TimeZone) throws -> Int {
        var rows = 0
        try forEach(path, currency: currency, zone: zone) { _ in
            rows += 1
            guard rows <= maximumRows else { throw RemittanceFault.tooManyRows(maximumRows) }
        }
        guard rows > 0 else { throw RemittanceFault.nothing }
        return rows
    }

    /// The rows below `row`, `size` at a time, read no faster than they are taken: never more than a few batches are in memory.
    static func batches(_ path: String, currency: Currency, zone: TimeZone, after row: Int, size: Int) -> (rows: AsyncThrowingStream<[RemittanceRow], any Error>, gate: ReadingGate) {
        let (stream, continuation) = AsyncThrowingStream<[RemittanceRow], any Error>.makeStream(), gate = ReadingGate()
        // Ends with the file, or when the gate is shut; whoever reads the stream waits for it.
        DispatchQueue.global(qos: .utility).async {
            var batch: [RemittanceRow] = []
            do {
                try forEach(path, currency: currency, zone: zone) { line in
                    guard line.row > row else { return }
                    batch.append(line)
                    guard batch.count >= size else { return }
                    try gate.pass()
                    continuation.yield(batch)
                    batch = []
                }
                if !batch.isEmpty { continuation.yield(batch) }
                continuation.finish()
            } catch { continuation.finish(throwing: error) }
        }
        return (stream, gate)
    }

    private static func forEach(_ path: String, currency: Currency, zone: TimeZone, _ body: (RemittanceRow) throws -> Void) throws {
        let table: any RowSource
        do { table = try openTable(path) } catch let problem as FileProblem { throw RemittanceFault.unreadable(problem.sentence) }
        var columns: [Column: Int]?, headers: [String] = []
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
                if let line = try read(row, known, currency, dates) { try body(line) }
            }
        } catch let problem as FileProblem { throw RemittanceFault.unreadable(problem.sentence) }
        guard columns != nil else { throw missing(Self.columns(headers), headers) }
    }
    private static let lookedAt = 10

    private static func missing(_ found: [Column: Int], _ headers: [String]) -> RemittanceFault {
        .missingColumn(Column.allCases.first { $0.isRequired && found[$0] == nil }?.rawValue ?? "", headers: headers.filter { !$0.isEmpty }.prefix(shownHeaders).map { $0.cut(40) })
    }

    private static func columns(_ headers: [String]) -> [Column: Int] {
        // `cod_amount`, `Transfer-Date`: as programs write what people write with spaces.
        let folded = headers.map { $0.precomposedStringWithCanonicalMapping.lowercased().split { $0.isWhitespace || $0 == "_" || $0 == "-" }.joined(separator: " ") }
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
            guard case .success(let amount) = AmountText.minor(given, currency), amount.magnitude <= maximumMinor else { throw RemittanceFault.badCell(row: row.number, column: column.rawValue, found: given.cut(40)) }
            return amount
        }
        var paidAt: Timestamp?
        if let index = columns[.paidAt], !row[index].value.isBlank {
            guard case .success(let moment) = dates.moment(of: row[index].value) else { throw RemittanceFault.badCell(row: row.number, column: Column.paidAt.rawValue, found: text(.paidAt).cut(40)) }
            paidAt = moment
        }
        return RemittanceRow(row: row.number, number: number, amountMinor: try minor(.amount), feeMinor: try minor(.fee), paidAt: paidAt)
    }
}

/// Holds a reading thread back until what it has read is taken.
final class ReadingGate: Sendable {
    /// Begun with none and given its places, since one that ends below its beginning may not end at all.
    private let places = DispatchSemaphore(value: 0), isShut = Mutex(false)
    private static let ahead = 2

    init() { for _ in 0..<Self.ahead { places.signal() } }

    /// Blocks.
    fileprivate func pass() throws {
        places.wait()
        if isShut.withLock({ $0 }) { throw CancellationError() }
    }

    func taken() { places.signal() }
    /// Nobody takes anything any more: the reading ends.
    func shut() {
        isShut.withLock { $0 = true }
        places.signal()
    }
}
