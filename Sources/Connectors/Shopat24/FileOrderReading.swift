import Connect
import Domain
import Foundation

/// One order of its rows (shopat24.md §4A.2 to §4A.6, §5). Pure. The rows are laid out as the order that a REST channel would tell, so that both forms have one reading.
struct FileOrderReading: Sendable {
    let columns: FileColumns
    let file: FileProfile
    private let reading: OrderReading
    private let texts: CleanText, money: MoneyText
    private let destinations: [String: Profile.Values.Destination]
    let connection: String
    var statuses: StatusTable { reading.statuses }

    static let storeKey = "store."
    private static let ownFlags: Set<String> = ["sum_differs", "unknown_status", "unknown_destination", "goods_lost", "not_collected"]

    init(_ settings: Shopat24Settings) throws(ConnectorError) {
        var profile = settings.profile
        // Where things stand in a REST answer is no matter of files.
        let builtIn = try Profile(laying: nil)
        profile.pointers = builtIn.pointers
        profile.values.money = .string
        profile.values.dates = [.iso]
        file = profile.file
        columns = FileColumns(profile.file)
        reading = OrderReading(settings, profile: profile)
        texts = CleanText(nullWords: Set(profile.values.nullWords))
        money = MoneyText(form: .string, dashIsZero: profile.values.dashIsZero, currency: .thb)
        destinations = profile.values.shipTo
        connection = settings.connection
    }

    func cells(_ row: FileRow, _ layout: FileLayout) -> FileCells { FileCells(row: row, layout: layout, texts: texts, money: money, dates: file.dates) }

    func order(of rows: [FileRow], _ layouts: [FileLayout], reportedAt: Timestamp, known: OrderSnapshot?) -> FileOrder {
        let all = rows.compactMap { row in layouts.indices.contains(row.table) ? cells(row, layouts[row.table]) : nil }
        var sheet = OrderSheet(all)
        guard let first = all.first, let number = sheet.number() else { return FileOrder(number: nil, problems: sheet.problems) }
        switch first.layout.kind {
        case FileColumns.orders: return vendorOrder(number, &sheet, reportedAt: reportedAt, known: known)
        case FileColumns.receipts: return storeKeys(number, &sheet, reportedAt: reportedAt, known: known)
        default:
            // The history report has no goods: it only tells which orders there are (§4A.4).
            if known == nil { sheet.note(first, .orderNo, .unknownOrder) }
            return FileOrder(number: number, problems: sheet.problems)
        }
    }

    // MARK: a vendor's order

    private func vendorOrder(_ number: String, _ sheet: inout OrderSheet, reportedAt: Timestamp, known: OrderSnapshot?) -> FileOrder {
        sheet.look()
        sheet.dropRepeats { FileRowKey.digest(connection: connection, profile: file.profile, order: number, line: $0) } key: { file.lineKey.compactMap(FileField.init(rawValue:)) }
        guard !sheet.isRejected, let first = sheet.rows.first else { return FileOrder(number: number, problems: sheet.problems) }
        if let known, known.revision.updatedAt > reportedAt {
            sheet.note(first, .orderNo, .olderReport)
            return FileOrder(number: number, problems: sheet.problems)
        }
        let keys = Self.keys(of: known)
        let body = sheet.body(number, reportedAt: reportedAt, destination: destinationWord(sheet), keyWords: keys.compactMapValues { word(for: $0) })
        do throws(ConnectorError) {
            var snapshot = try reading.snapshot(of: body, wasRead: true)
            for (invoice, key) in keys { snapshot.attributes[Self.storeKey + invoice] = key.rawValue }
            let (next, refusal) = ForwardLaw.next(snapshot, after: known)
            if let refusal { sheet.note(first, .status, refusal) }
            for flag in next.flags { sheet.note(first, Self.field(of: flag), CellFault(code: flag.code, message: flag.message, remedy: "The order is taken and held; correct it in the next file or on the order.")) }
            return FileOrder(number: number, snapshot: next, problems: sheet.problems)
        } catch {
            sheet.reject(first, nil, CellFault(code: error.code, message: error.sentence, remedy: "Correct the order's rows and send them again."))
            return FileOrder(number: number, problems: sheet.problems)
        }
    }

    private static func field(of flag: Flag) -> FileField? { ["sum_differs": .grandTotal, "unknown_status": .status, "unknown_destination": .shipTo][flag.code] }

    /// A file without the column says by its others where the parcels go.
    private func destinationWord(_ sheet: OrderSheet) -> String? {
        if sheet.hasColumn(.shipTo) { return sheet.common(.shipTo) }
        let wanted: Profile.Values.Destination = sheet.common(.storeCode) ?? sheet.common(.storeName) == nil ? .home : .store
        return destinations.filter { $0.value == wanted }.keys.sorted().first
    }

    private func word(for key: InvoiceType) -> String? { reading.statuses.word(for: key) }

    static func keys(of known: OrderSnapshot?) -> [String: InvoiceType] {
        var keys: [String: InvoiceType] = [:]
        for (name, value) in known?.attributes ?? [:] where name.hasPrefix(storeKey) { keys[String(name.dropFirst(storeKey.count))] = InvoiceType(rawValue: value) }
        return keys
    }

    // MARK: what the stores have keyed

    private func storeKeys(_ number: String, _ sheet: inout OrderSheet, reportedAt: Timestamp, known: OrderSnapshot?) -> FileOrder {
        sheet.look()
        guard !sheet.isRejected, let first = sheet.rows.first else { return FileOrder(number: number, problems: sheet.problems) }
        // A row whose order no vendor file has told yet is kept in the report, for a person (§4A.4).
        guard var order = known else {
            sheet.note(first, .orderNo, .unknownOrder)
            return FileOrder(number: number, problems: sheet.problems)
        }
        var keys = Self.keys(of: known)
        for row in sheet.rows {
            guard let invoice = sheet.value(.invoiceNo, row), let word = sheet.value(.type, row) else { continue }
            guard let key = statuses.type(of: word) else {
                sheet.note(row, .type, CellFault(code: "unknown_type", message: "The store's word \"\(word.cut(40))\" is not known.", remedy: "Add it to invoiceTypes in the channel's profile."))
                continue
            }
            // What was handed over is not received again.
            if keys[invoice] != .handedOver { keys[invoice] = key }
        }
        guard keys != Self.keys(of: known) else { return FileOrder(number: number, problems: sheet.problems) }
        let invoices = ShipmentNotice.invoices(of: order), others = keys.keys.filter { !invoices.contains($0) }.sorted()
        order.tags += others.map { ShipmentNotice.invoiceTag + $0 }
        for (invoice, key) in keys { order.attributes[Self.storeKey + invoice] = key.rawValue }
        // What the ledger found when it took the order it finds again; only the platform's own flags stay.
        order.flags.removeAll { !Self.ownFlags.contains($0.code) }
        order.revision = Revision(updatedAt: max(order.revision.updatedAt, reportedAt), wasRead: true)
        ForwardLaw.lay((invoices + others).map { keys[$0] }, on: &order, words: statuses)
        return FileOrder(number: number, snapshot: order, problems: sheet.problems)
    }
}

extension CellFault {
    static let unknownOrder = CellFault(code: "order_unknown", message: "No order file has told this order yet.", remedy: "Nothing is to be done when its file is still to come; else ask the channel for it.")
    static let olderReport = CellFault(code: "older_report", message: "The order is known from a later report.", remedy: "Nothing is to be done: an older report changes nothing.")
}
