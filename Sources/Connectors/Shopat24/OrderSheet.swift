import Connect
import Domain

/// The rows of one order, looked at cell by cell: what they say, and everything that is wrong with them. Local to one reading.
struct OrderSheet {
    private(set) var rows: [FileCells]
    private(set) var problems: [FileOrder.Problem] = []
    /// By row and field, as far as the cells can be read.
    private var values: [[FileField: String]] = []
    private var commons: [FileField: String] = [:]

    init(_ rows: [FileCells]) { self.rows = rows }

    var isRejected: Bool { problems.contains(where: \.isRejection) }

    mutating func reject(_ row: FileCells, _ field: FileField?, _ fault: CellFault) { add(row, field, fault, isRejection: true) }
    mutating func note(_ row: FileCells, _ field: FileField?, _ fault: CellFault) { add(row, field, fault, isRejection: false) }

    private mutating func add(_ row: FileCells, _ field: FileField?, _ fault: CellFault, isRejection: Bool) {
        let problem = FileOrder.Problem(table: row.row.table, row: row.row.number, column: field.flatMap { row.column($0) }, code: fault.code, message: fault.message, remedy: fault.remedy, isRejection: isRejection)
        if !problems.contains(problem) { problems.append(problem) }
    }

    /// The order's number by its first row; nil with the reason among the problems.
    mutating func number() -> String? {
        guard let first = rows.first else { return nil }
        do throws(CellFault) {
            guard let number = try first.identifier(.orderNo) else {
                reject(first, .orderNo, CellFault(code: "order_number_missing", message: "The row has no order number.", remedy: "Write the order's number on each of its rows."))
                return nil
            }
            guard OrderNumber.isValid(number) else {
                reject(first, .orderNo, CellFault(code: "order_number_unusable", message: "\"\(number.cut(30))\" cannot be an order's number.", remedy: "Write it without blanks, in at most \(OrderNumber.longest) characters."))
                return nil
            }
            return number
        } catch {
            reject(first, .orderNo, error)
            return nil
        }
    }

    /// Reads every cell; values of the order as a whole must agree.
    mutating func look() {
        let fields = FileField.allCases
        values = []
        var stood: [FileField: FileCells] = [:]
        for row in rows {
            var found: [FileField: String] = [:]
            for field in fields where row.column(field) != nil {
                do throws(CellFault) { found[field] = try row.canonical(field) } catch { reject(row, field, error) }
                guard field.isOfOrder, let value = found[field] else { continue }
                guard let known = commons[field], let other = stood[field] else {
                    commons[field] = value
                    stood[field] = row
                    continue
                }
                if known != value {
                    reject(row, field, CellFault(code: "order_values_disagree", message: "Row \(other.row.number) says \"\(known.cut(60))\" and row \(row.row.number) says \"\(value.cut(60))\" for the same order.",
                                                 remedy: "Write the same value on all rows of the order, or only on the first."))
                }
            }
            values.append(found)
        }
        guard let first = rows.first, first.layout.kind == FileColumns.orders else { return }
        for (index, row) in rows.enumerated() {
            for field in [FileField.sku, .quantity] where values[index][field] == nil && !problems.contains(where: { $0.table == row.row.table && $0.row == row.row.number && $0.column == row.column(field) }) {
                reject(row, field, CellFault(code: field == .sku ? "item_missing" : "quantity_missing", message: "The row has no \(field == .sku ? "SKU" : "quantity").", remedy: "Fill it in; a row cut off at the end means that the file is not whole."))
            }
        }
        if commons[.orderDate] == nil, first.column(.orderDate) != nil, !problems.contains(where: { $0.column == first.column(.orderDate) }) {
            reject(first, .orderDate, CellFault(code: "date_missing", message: "The order has no date.", remedy: "Write it as 31/12/2025."))
        }
    }

    /// The same row twice is one; another content under the same key is a conflict for a person (§4A.5).
    mutating func dropRepeats(_ digest: ([String]) -> String, key: () -> [FileField]) {
        let fields = key()
        var known: [String: Int] = [:], kept: [Int] = []
        for index in rows.indices {
            let name = digest(fields.compactMap { values[index][$0] })
            guard let other = known[name] else {
                known[name] = index
                kept.append(index)
                continue
            }
            if values[other] != values[index] {
                reject(rows[index], nil, CellFault(code: "rows_disagree", message: "Rows \(rows[other].row.number) and \(rows[index].row.number) are the same line of the order with different contents.", remedy: "Delete the wrong one, or give the lines different numbers."))
            }
        }
        let (allRows, allValues) = (rows, values)
        rows = kept.map { allRows[$0] }
        values = kept.map { allValues[$0] }
    }

    func common(_ field: FileField) -> String? { commons[field] }
    func hasColumn(_ field: FileField) -> Bool { rows.contains { $0.column(field) != nil } }

    func value(_ field: FileField, _ row: FileCells) -> String? {
        guard let index = rows.firstIndex(where: { $0.row.table == row.row.table && $0.row.number == row.row.number }), values.indices.contains(index) else { return nil }
        return values[index][field]
    }

    /// The order as the built-in profile's pointers find it.
    func body(_ number: String, reportedAt: Timestamp, destination: String?, keyWords: [String: String]) -> JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .text($0) } ?? .null }
        func all(_ fields: [(String, FileField)]) -> [String: JSONValue] { Dictionary(uniqueKeysWithValues: fields.map { ($0.0, text(commons[$0.1])) }) }
        var order = all([("orderDate", .orderDate), ("status", .status), ("storeCode", .storeCode), ("storeName", .storeName), ("payment", .payment)])
        order["orderNo"] = .text(number)
        order["updatedAt"] = .text(reportedAt.description)
        order["shipTo"] = text(destination)
        order["recipient"] = .object(all([("name", .recipient), ("phone", .phone), ("address", .address), ("subdistrict", .subdistrict), ("district", .district), ("province", .province), ("postcode", .postcode)]))
        order["amount"] = .object(all([("shipping", .shippingFee), ("grand", .grandTotal)]))
        let notes = values.compactMap { $0[.note] }.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        order["note"] = text(notes.isEmpty ? nil : notes.joined(separator: "; "))
        order["invoices"] = .list(invoices(keyWords))
        return .object(order)
    }

    private func invoices(_ keyWords: [String: String]) -> [JSONValue] {
        var names: [String?] = [], lines: [[JSONValue]] = []
        for row in values {
            let name = row[.invoiceNo], index = names.firstIndex(of: name) ?? names.count
            if index == names.count { names.append(name); lines.append([]) }
            let pairs: [(String, FileField)] = [("lineNo", .lineNo), ("vendorSku", .sku), ("name", .title), ("qty", .quantity), ("unitPrice", .unitPrice), ("discount", .discount)]
            lines[index].append(.object(Dictionary(uniqueKeysWithValues: pairs.map { ($0.0, row[$0.1].map { .text($0) } ?? .null) })))
        }
        return zip(names, lines).map { name, lines in
            .object(["invoiceNo": name.map { .text($0) } ?? .null, "type": name.flatMap { keyWords[$0] }.map { .text($0) } ?? .null, "lines": .list(lines)])
        }
    }
}
