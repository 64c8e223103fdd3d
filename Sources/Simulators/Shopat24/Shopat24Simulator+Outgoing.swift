import Foundation
import Synchronization

/// One line of `NAME.ack.csv` (shopat24.md §6).
package struct AckRow: Sendable, Equatable {
    /// The first row after the header is 1.
    package var row: Int
    /// `ok`, also for what was done before (4009), or `error`.
    package var result: String
    package var code: String
    package var message: String

    init(_ row: Int, _ problem: Shopat24Problem?, message: String = "OK") {
        self.row = row
        result = problem == nil || problem?.code == .alreadyDone ? "ok" : "error"
        code = problem?.code.rawValue ?? "0000"
        self.message = problem?.message ?? message
    }
}

/// A file of the hub, and what became of its rows.
package struct ReadFile: Sendable, Equatable {
    package var name: String
    /// `confirm`, `shipment`, `cancel_request`, `stock`, `price`, `product`.
    package var kind: String
    package var rows: [AckRow]
}

/// The hub's outgoing files: taken once each, applied row by row, answered.
extension Shopat24Simulator {
    /// A row's cells by column name; blank cells are absent.
    private typealias Row = [String: String]

    /// Takes every complete file that was not taken before, in the order of their names.
    @discardableResult
    package func readOutgoing() throws -> [ReadFile] {
        guard let folder = configuration.outgoingFolder, FileManager.default.fileExists(atPath: folder.path) else { return [] }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        let present = Set(names)
        // What the hub has cleared away is forgotten, so that this does not grow.
        state.withLock { $0.readNames.formIntersection(present) }
        return try names.sorted().compactMap { name in
            guard let kind = Self.kind(of: name), present.contains(name + ".ok") else { return nil }
            guard state.withLock({ $0.readNames.insert(name).inserted }) else { return nil }
            return try answer(name, kind, Data(contentsOf: folder.appending(path: name)))
        }
    }

    /// Of `CD_{kind}_{yyyyMMdd_HHmmss}_{seq}.csv`, with `_2` and so on where it was split.
    private static func kind(of name: String) -> String? {
        name.wholeMatch(of: /CD_([a-z_]+)_\d{8}_\d{6}_\d+(_\d+)?\.csv/).map { String($0.output.1) }
    }

    /// Writes the answers that were held back.
    package func releaseLateAcks() throws {
        let late = state.withLock { state in
            defer { state.lateAcks = [] }
            return state.lateAcks
        }
        for ack in late { try write(ack) }
    }

    private func answer(_ name: String, _ kind: String, _ bytes: Data) throws -> ReadFile {
        let mode = state.withLock { $0.ackModes.isEmpty ? .truthful : $0.ackModes.removeFirst() }
        let refused = if case .refusing(let rows) = mode { rows } else { 0 }
        let rows = apply(kind, bytes, refused: refused)
        count("files read")
        var ack = ackFile(name, rows)
        switch mode {
        case .truthful, .refusing: try write(ack)
        case .cutAfter(let count): try write(ackFile(name, Array(rows.prefix(count))))
        case .missing: break
        case .late: state.withLock { $0.lateAcks.append(ack) }
        case .unknownName:
            ack.name = "CD_\(kind)_19990101_000000_1.csv.ack.csv"
            try write(ack)
        }
        return ReadFile(name: name, kind: kind, rows: rows)
    }

    private func ackFile(_ name: String, _ rows: [AckRow]) -> ChannelFile {
        let lines = [["row", "result", "code", "message"]] + rows.map { ["\($0.row)", $0.result, $0.code, $0.message] }
        return ChannelFile(name: name + ".ack.csv", bytes: TextEncoding.utf8BOM.data(DelimitedText.write(lines)), reportTime: configuration.now(), orderNos: [])
    }

    private func write(_ ack: ChannelFile) throws {
        let folder = try configuration.ackFolder ?? incomingFolder()
        try DropFolder.write(ack, into: folder, withOK: configuration.writesOKFiles)
        count("answers written")
    }

    // MARK: Rows

    private func apply(_ kind: String, _ bytes: Data, refused: Int) -> [AckRow] {
        guard let table = DelimitedText.read(bytes), let header = table.first else { return [AckRow(0, .init(.invalid, "The file cannot be read."))] }
        return table.dropFirst().enumerated().map { index, cells in
            let number = index + 1
            guard number > refused else { return AckRow(number, .init(.wrongState, "Refused.")) }
            guard cells.count == header.count else { return AckRow(number, .init(.invalid, "The row has \(cells.count) cells.")) }
            let row = Row(zip(header, cells.map(DelimitedText.unguarded)), uniquingKeysWith: { first, _ in first }).filter { !$0.value.isEmpty }
            do throws(Shopat24Problem) { return AckRow(number, nil, message: try apply(kind, row)) } catch { return AckRow(number, error) }
        }
    }

    /// - Returns: the message of a row that went well.
    private func apply(_ kind: String, _ row: Row) throws(Shopat24Problem) -> String {
        var changed: Shopat24Order?
        var message = "OK"
        try state.withLock { state throws(Shopat24Problem) in
            switch kind {
            case "confirm": changed = try state.book.confirm(try Self.need("order_no", row))
            case "shipment":
                let shipment = Shopat24Book.Shipment(
                    orderNo: try Self.need("order_no", row), invoiceNo: row["invoice_no"], carrier: row["carrier"],
                    trackingNumber: try Self.need("tracking_no", row), shippedAt: row["shipped_at"].flatMap(BangkokTime.parse(iso:)))
                changed = try state.book.ship(shipment)
            case "cancel_request":
                if let line = row["line_no"], Int(line) == nil { throw Shopat24Problem(.invalid, "line_no is not a number.") }
                changed = try state.book.requestCancel(
                    try Self.need("order_no", row), lineNo: row["line_no"].flatMap { Int($0) }, reason: try Self.need("reason", row))
            case "stock":
                guard let available = Int(try Self.need("available", row)) else { throw Shopat24Problem(.invalid, "available is not a number.") }
                try state.book.setStock(try Self.need("sku", row), available)
            case "price": try state.book.setPrice(try Self.need("sku", row), try Self.need("price", row), special: row["special_price"])
            case "product":
                guard let price = Satang.parse(try Self.need("price", row)) else { throw Shopat24Problem(.invalid, "price is not a price.") }
                message = state.book.submit(sku: try Self.need("sku", row), name: try Self.need("name_th", row), priceMinor: price).houseCode
            default: throw Shopat24Problem(.invalid, "Files of kind \(kind) are not taken.")
            }
        }
        if let changed { settle(changed) }
        return message
    }

    private static func need(_ column: String, _ row: Row) throws(Shopat24Problem) -> String {
        guard let value = row[column] else { throw .init(.invalid, "\(column) is missing.") }
        return value
    }
}
