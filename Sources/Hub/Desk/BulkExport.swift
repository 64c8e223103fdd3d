import Database
import Documents
import Domain
import Foundation

/// Orders as a file for a spreadsheet program. Texts that such a program would run as a formula are made harmless by the writers.
package struct BulkExport: Sendable {
    package static let keptDays = 7
    static let readAtOnce = 200

    let ledger: Ledger
    let folder: String

    package func path(of action: BulkAction) -> String { "\(folder)/\(action.id).\((action.request.format ?? .csv).rawValue)" }

    /// - Parameter progress: told how many orders are written; false stops.
    func write(_ action: BulkAction, progress: (Int) async throws -> Bool) async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        sweep()
        let final = path(of: action), partial = final + ".part", isMasked = action.request.isMasked ?? true
        let sheet = try Sheet(partial, format: action.request.format ?? .csv)
        try sheet.append(Self.headers.map { .text($0) })
        var position = 0
        while position < action.total {
            let after = position
            let items = try await ledger.database.read { try BulkRows.items(of: action.id, after: after, limit: Self.readAtOnce, in: $0) }
            guard let last = items.last else { break }
            for row in try await ledger.gridRows(items.map(\.order)) { try sheet.append(Self.cells(row, isMasked: isMasked)) }
            position = last.position
            guard try await progress(position) else { return }
        }
        try sheet.finish()
        try? FileManager.default.removeItem(atPath: final)      // an earlier file of the same action, if any
        try FileManager.default.moveItem(atPath: partial, toPath: final)
    }

    /// Files that nobody fetched for a week hold buyers' data for nothing.
    private func sweep() {
        let oldest = Date(timeIntervalSince1970: Double(ledger.now().milliseconds) / 1000 - Double(Self.keptDays) * 86_400)
        for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {      // a folder that cannot be listed holds nothing to remove
            let path = folder + "/" + name
            guard let made = (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date, made < oldest else { continue }      // gone already
            try? FileManager.default.removeItem(atPath: path)      // tried again at the next export
        }
    }

    static let headers = [
        "Order number", "Channel", "Platform", "Placed", "Workflow", "Fulfilment", "Payment", "Buyer", "E-mail", "Buyer's phone", "Recipient", "Company", "Phone", "Address 1", "Address 2",
        "Subdistrict", "District", "City", "Province", "Postcode", "Country", "Items", "Pieces", "Currency", "Shipping", "Discount", "Total", "COD amount", "Courier", "Tracking number",
        "Ship by", "Reason", "Tags", "Note", "Order id",
    ]

    private static func cells(_ row: GridRow, isMasked: Bool) -> [CellValue] {
        let order = row.order, snapshot = order.snapshot
        func text(_ value: String?) -> CellValue { value.map { .text(String($0.prefix(WorkbookWriter.maximumCellCharacters))) } ?? .empty }
        func field(_ name: String) -> CellValue {
            let value = OrderField.value(of: name, in: snapshot)
            return text(isMasked && GridRow.isPersonal(name) ? GridRow.mask(value) : value)
        }
        func amount(_ minor: Int64?) -> CellValue { text(minor.map { Money(minor: $0, snapshot.currency).plain }) }
        let items = snapshot.lines.map { "\($0.quantity) × \($0.sku ?? $0.title)" }.joined(separator: ", ")
        let head: [CellValue] = [text(snapshot.externalNumber), text(row.channelName), text(row.platform), text(snapshot.placedAt.description), text(order.workflow.rawValue), text(order.fulfilment.rawValue), text(order.paymentState.rawValue)]
        let person = ["buyer.name", "buyer.email", "buyer.phone", "shipTo.name", "shipTo.company", "shipTo.phone", "shipTo.line1", "shipTo.line2", "shipTo.subdistrict", "shipTo.district", "shipTo.city",
                      "shipTo.province", "shipTo.postcode", "shipTo.countryCode"].map(field)
        let goods: [CellValue] = [text(items), text("\(snapshot.lines.reduce(0) { $0 &+ $1.quantity })"), text(snapshot.currency.code), amount(snapshot.totals.shipping), amount(snapshot.totals.discount),
                                  amount(snapshot.totals.grand), amount(snapshot.payment.codAmount)]
        return head + person + goods + [text(row.courier), text(row.tracking), text(row.due?.description), text(row.reason), text(OrderTags.text(snapshot.tags)), field("note"), text("\(order.id)")]
    }

    /// Either kind of file behind one door.
    private enum Sheet {
        case csv(CSVWriter), workbook(WorkbookWriter)
        init(_ path: String, format: BulkRequest.Format) throws {
            self = format == .csv ? .csv(try CSVWriter(path: path)) : .workbook(try WorkbookWriter(path: path))
        }
        func append(_ values: [CellValue]) throws { switch self { case .csv(let writer): try writer.append(values); case .workbook(let writer): try writer.append(values) } }
        func finish() throws { switch self { case .csv(let writer): try writer.finish(); case .workbook(let writer): try writer.finish() } }
    }
}
