package import Connect
import Crypto
package import Domain
import Foundation

extension Shopat24Connector: ReadsFiles {
    package static var fileTopic: String { "file.order" }

    package var exchange: FileExchange? { settings.exchange }

    /// `NAME.ack.csv` answers a file of ours (shopat24.md §6); the report's time stands in the name of a table.
    package func role(of fileName: String) -> FileRole {
        if fileName.hasSuffix(Self.answerEnding), fileName.hasPrefix(OutgoingFolder.prefix) { return .answer(to: String(fileName.dropLast(Self.answerEnding.count))) }
        // Both patterns were looked at when the settings were set.
        guard fileName.utf8.count <= 255, let match = try? Regex(profile.file.match), (try? match.wholeMatch(in: fileName)) ?? nil != nil else { return .unknown }
        guard let pattern = try? Regex(profile.file.reportTime.pattern), let found = try? pattern.firstMatch(in: fileName) else { return .table(reportedAt: nil, batch: nil) }
        let text = found.output.count > 1 ? found.output[1].substring ?? fileName[found.range] : fileName[found.range]
        guard let time = TimeFormat.read(String(text), [profile.file.reportTime.format]) else { return .table(reportedAt: nil, batch: nil) }
        return .table(reportedAt: time, batch: String(fileName[..<found.range.upperBound]))
    }

    private static let answerEnding = ".ack.csv"

    package func layout(of headers: [String]) -> FileLayout? { fileReading.columns.layout(of: headers) }

    package func orderNumber(in row: FileRow, _ layout: FileLayout) -> String? {
        guard let number = try? fileReading.cells(row, layout).identifier(.orderNo), OrderNumber.isValid(number) else { return nil }      // what is wrong with it is said when the order is read
        return number
    }

    package func externalID(ofOrder number: String) -> ExternalID { externalID(of: number) }

    package func order(of rows: [FileRow], _ layouts: [FileLayout], reportedAt: Timestamp, known: OrderSnapshot?) -> FileOrder {
        fileReading.order(of: rows, layouts, reportedAt: reportedAt, known: known)
    }
}

/// An order of a file as it stands in the journal: our own JSON, made and checked when the file was read.
enum FileSnapshot {
    static func read(_ body: [UInt8]) throws(ConnectorError) -> OrderSnapshot {
        do { return try JSONDecoder().decode(OrderSnapshot.self, from: Data(body)) } catch { throw .notUnderstood(field: "body", found: "no order of a file") }
    }
}

/// What tells one row of a channel's files from every other (§4A.5).
enum FileRowKey {
    static func digest(connection: String, profile: String, order: String, line: [String]) -> String {
        Hexadecimal.text(SHA256.hash(data: Data(([connection, profile, order] + line).map(CleanText.clean).joined(separator: "\u{1F}").utf8)))
    }
}

/// Finds the columns of a table by the names that the profile gives them (§4A.3).
struct FileColumns: Sendable {
    private let names: [String: FileField]
    private let required: Set<FileField>
    static let orders = "orders", receipts = "receipts", history = "history"

    init(_ profile: FileProfile) {
        var names: [String: FileField] = [:], required: Set<FileField> = []
        for field in FileField.allCases {
            guard let column = profile.columns[field.rawValue] else { continue }
            for name in column.names where names[CleanText.key(name)] == nil { names[CleanText.key(name)] = field }
            if column.required == true { required.insert(field) }
        }
        self.names = names
        self.required = required.union([.orderNo, .sku, .quantity])
    }

    /// Two columns of one name: the first counts. A row that names no order number and no second column of ours is no header row.
    func layout(of headers: [String]) -> FileLayout? {
        var columns: [FileField: Int] = [:], unknown: [String] = [], doubled: [String] = []
        for (index, header) in headers.enumerated() where !CleanText.clean(header).isEmpty {
            let name = header.cut(80)
            guard let field = names[CleanText.key(header)] else { unknown.append(name); continue }
            if columns[field] == nil { columns[field] = index } else { doubled.append(name) }
        }
        guard columns.count >= 2, columns[.orderNo] != nil || columns.keys.contains(where: \.isOfLines) else { return nil }
        let kind = columns.keys.contains(where: \.isOfLines) ? Self.orders : columns[.type] != nil ? Self.receipts : Self.history
        let needed: Set<FileField> = switch kind {
        case Self.orders: required
        case Self.receipts: [.orderNo, .invoiceNo, .type]
        default: [.orderNo]
        }
        return FileLayout(kind: kind, columns: Dictionary(uniqueKeysWithValues: columns.map { ($0.key.rawValue, $0.value) }),
                          missing: needed.filter { columns[$0] == nil }.map(\.rawValue).sorted(), unknown: unknown, doubled: doubled)
    }
}
