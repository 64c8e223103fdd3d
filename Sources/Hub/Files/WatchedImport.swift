import Connect
import Database
import Documents
import Domain
import Foundation
import Synchronization

/// Takes the files of one batch: every order is looked at first, and only when the file as a whole is sound enough they enter the journal, each under its own receipt.
///
/// The same file again, or another with the same orders, changes nothing: so a file that was being taken when the hub ended is simply taken again.
struct WatchedImport: Sendable {
    let importer: FileImporter
    let channel: Channel
    let connector: any ReadsFiles
    let exchange: FileExchange
    let reportedAt: Timestamp

    private var hub: Hub { importer.hub }
    private static let batch = 200

    struct Ended: Sendable {
        var report: ImportReport
        /// The file as a whole was refused; no order was touched.
        var fault: WatchedFault?
        /// What became of each order, as the sender is told.
        var results: String
        var rejected: String
    }

    func run(_ files: [(name: String, path: String)], id: Int64) async throws -> Ended {
        let store = importer.store, folder = try store.folder(), scratch = "\(folder)/rows-\(id)-members", results = "\(folder)/upload-\(id)\(WatchedPlace.resultEnding)"
        defer { try? FileManager.default.removeItem(atPath: scratch) }      // scrap; what stays behind is swept at a later import
        var report = importer.begun(id, channel.id, files.map(\.name).joined(separator: ", "))
        report.sentBy = "in/\(exchange.incoming)"
        report.isCommit = true
        try await store.save(report)
        hub.imports.show(report, id: id)
        store.clear(id)
        let writer = try await FileImporter.blocking { try ResultWriter(path: results) }
        do {
            let desk = hub.imports, first = report, connector = connector, exchange = exchange
            let tables = try await FileImporter.blocking {
                try WatchedTables.read(files, into: first, scratch: scratch, rowsFolder: folder, exchange: exchange, connector: connector) { desk.show($0, id: id) }
            }
            report = tables.report
            try await check(tables)
            report = try await take(tables, into: report, writer)
            try await FileImporter.blocking { try writer.finish() }
            report.state = .committed
            report.committedAt = hub.now()
            report.committedBy = report.sentBy
            report.progress = nil
            try await store.save(report)
            return Ended(report: report, fault: nil, results: results, rejected: store.rejectedPath(id))
        } catch let fault as WatchedFault {
            return try await refuse(fault, &report, writer, results)
        } catch let fault as ImportFault {
            return try await refuse(.inFile(report.fileName, code: fault.code, sentence: fault.sentence), &report, writer, results)
        }
    }

    private func refuse(_ fault: WatchedFault, _ report: inout ImportReport, _ writer: ResultWriter, _ results: String) async throws -> Ended {
        report.state = .failed
        report.progress = nil
        report.failure = ImportReport.Failure(code: fault.code, message: fault.sentence)
        try await importer.store.save(report)
        try await FileImporter.blocking {
            try writer.append(row: nil, order: nil, result: "refused", code: fault.code, message: fault.sentence)
            try writer.finish()
        }
        return Ended(report: report, fault: fault, results: results, rejected: importer.store.rejectedPath(Int64(report.id) ?? 0))
    }

    // MARK: two passes

    /// Nothing is touched when more rows are bad than the channel bears.
    private func check(_ tables: WatchedTables) async throws {
        var bad = 0, first: String?
        try await eachOrder(tables) { _, order, _ in
            let rows = Set(order.problems.filter(\.isRejection).map { "\($0.table).\($0.row)" })
            bad += rows.count
            if first == nil, let problem = order.problems.first(where: \.isRejection) { first = Self.sentence(problem, tables) }
        } after: {}
        if bad * 100 > tables.spool.rowCount * exchange.maximumBadPercent, let first {
            throw WatchedFault.tooManyBadRows(bad: bad, of: tables.spool.rowCount, limit: exchange.maximumBadPercent, first: first)
        }
    }

    /// All orders of the tables in the order of their first rows, each with what is known of it; in batches, so that memory stays flat.
    private func eachOrder(_ tables: WatchedTables, _ body: ([TableRow], FileOrder, KnownOrder?) throws -> Void, after: () async throws -> Void) async throws {
        let spool = tables.spool, channel = channel.id
        spool.rewind()
        while true {
            try Task.checkCancellation()
            let groups = try await FileImporter.blocking { try spool.rows(Self.batch, limit: OrderAssembly.maximumLines) }
            if groups.isEmpty { return }
            let rows = groups.map { $0.rows.map { WatchedTables.fileRow(marked: $0) } }
            let ids = rows.map { rows in rows.first.flatMap { connector.orderNumber(in: $0, tables.layouts[$0.table]) }.map { connector.externalID(ofOrder: $0) } }
            let known = try await hub.ledgerDatabase.read { tx in try ids.map { id in try id.flatMap { try OrderRows.find(channel: channel, externalID: $0, in: tx) } } }
            for (index, group) in groups.enumerated() {
                let stored = known[index]
                let order = group.count > OrderAssembly.maximumLines ? Self.tooLong(rows[index], group.count)
                    : connector.order(of: rows[index], tables.layouts, reportedAt: reportedAt, known: stored.map { $0.source ?? $0.snapshot })
                try body(group.rows, order, stored.map { KnownOrder(digest: $0.sourceDigest, version: $0.version, placedAt: $0.snapshot.placedAt) })
            }
            try await after()
        }
    }

    private static func tooLong(_ rows: [FileRow], _ count: Int) -> FileOrder {
        FileOrder(number: nil, problems: rows.prefix(1).map {
            FileOrder.Problem(table: $0.table, row: $0.number, column: nil, code: "order_too_many_lines", message: "The order has \(count) rows, more than \(OrderAssembly.maximumLines).",
                              remedy: "Check the order numbers, or split the order.")
        })
    }

    private func take(_ tables: WatchedTables, into start: ImportReport, _ writer: ResultWriter) async throws -> ImportReport {
        let id = Int64(start.id) ?? 0, header = tables.origins.first?.header ?? TableRow(number: 1, cells: [])
        let rejects = RejectedRows(path: importer.store.rejectedPath(id), header: header), listed = ProblemWriter(path: importer.store.problemsPath(id))
        var report = start, incoming: [IncomingOrder] = [], done = 0
        try await eachOrder(tables) { rows, order, known in
            report.orders += 1
            done += rows.count
            let problems = order.problems.map { Self.problem($0, order.number, tables) }
            for problem in problems { report.add(problem) }
            let plain = rows.map(WatchedTables.plain)
            try listed.append(problems.map { ListedProblem($0, rows: plain) })
            if order.isRejected {
                report.rejected += 1
                report.rejectedRows += rows.count
                try rejects.append(AssembledOrder(number: order.number, rows: plain, rowCount: rows.count, snapshot: nil, saysWhenPlaced: true, problems: problems))
                try writer.append(order, rows, result: "rejected", tables)
                return
            }
            guard let snapshot = order.snapshot else { return try writer.append(order, rows, result: "unchanged", tables) }
            report.good += 1
            let ready = try IncomingOrder(snapshot, origin: "file", saysWhenPlaced: true, known: known)
            switch ready.standing {
            case .new: break
            case .same: report.duplicates.same += 1
            case .changed: report.duplicates.changed += 1
            }
            if ready.standing != .same { incoming.append(ready) }
            try writer.append(order, rows, result: ready.standing == .same ? "unchanged" : snapshot.standing == .onHold ? "held" : "taken", tables)
        } after: {
            try await importer.take(incoming, channel.id, topic: type(of: connector).fileTopic, askedAt: hub.now())
            report.taken += incoming.count
            incoming = []
            hub.imports.show(.taking(rows: done, of: report.rows), id: id)
        }
        try await FileImporter.blocking {
            try rejects.finish()
            try listed.finish()
        }
        return report
    }

    // MARK: words

    static func place(_ problem: FileOrder.Problem) -> String? { problem.column.map { CellReference(column: $0, row: problem.row).description } }

    private static func problem(_ problem: FileOrder.Problem, _ order: String?, _ tables: WatchedTables) -> ImportReport.Problem {
        let file = tables.origins.count > 1 && tables.origins.indices.contains(problem.table) ? "\(tables.origins[problem.table].name): " : ""
        return ImportReport.Problem(row: problem.row, column: nil, cell: place(problem), order: order, code: problem.code, message: file + problem.message, remedy: problem.remedy, isRejection: problem.isRejection)
    }

    private static func sentence(_ problem: FileOrder.Problem, _ tables: WatchedTables) -> String {
        let file = tables.origins.indices.contains(problem.table) ? tables.origins[problem.table].name : ""
        return "\(file), row \(problem.row)\(place(problem).map { ", cell \($0)" } ?? ""): \(problem.message) \(problem.remedy)"
    }
}

/// What became of each order of a file, for its sender: `row,order_no,result,code,message` (shopat24.md §4A.6).
final class ResultWriter: Sendable {
    private let writer: Mutex<CSVWriter>

    init(path: String) throws {
        let made = try CSVWriter(path: path)
        try made.append(["row", "order_no", "result", "code", "message"])
        writer = Mutex(made)
    }

    func append(row: Int?, order: String?, result: String, code: String, message: String) throws {
        try writer.withLock { try $0.append([row.map { "\($0)" } ?? "", order ?? "", result, code, message]) }
    }

    /// One line an order, or one for each thing there is to say of it.
    func append(_ order: FileOrder, _ rows: [TableRow], result: String, _ tables: WatchedTables) throws {
        guard !order.problems.isEmpty else { return try append(row: rows.first?.number, order: order.number, result: result, code: "", message: "") }
        for problem in order.problems {
            let file = tables.origins.count > 1 && tables.origins.indices.contains(problem.table) ? "\(tables.origins[problem.table].name): " : ""
            let cell = WatchedImport.place(problem).map { "\($0): " } ?? ""
            try append(row: problem.row, order: order.number, result: result, code: problem.code, message: "\(file)\(cell)\(problem.message) \(problem.remedy)")
        }
    }

    func finish() throws { try writer.withLock { try $0.finish() } }
}
