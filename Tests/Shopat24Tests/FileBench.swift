import Connect
import Domain
import Foundation
import Logging
@testable import Shopat24Connector

/// A channel of files and what its connector reads of rows, without any file.
enum FileSample {
    static let header = ["Order no.", "Invoice no.", "Order date", "SHIP_TO", "Store code", "Store name", "Recipient", "Phone", "Address", "ตำบล/แขวง", "อำเภอ/เขต", "จังหวัด", "รหัสไปรษณีย์",
                         "Vendor SKU", "Product name", "Line", "Qty", "Unit price", "Discount", "Shipping", "Total", "Payment", "Status", "Remark"]
    static let number = "250000000123"
    static let row = ["Order no.": number, "Invoice no.": "9900000456", "Order date": "21/10/2025 11:38", "SHIP_TO": "H", "Recipient": "สมหญิง ใจดี", "Phone": "0812345678", "Address": "99/1 หมู่ 2",
                      "ตำบล/แขวง": "ลาดยาว", "อำเภอ/เขต": "จตุจักร", "จังหวัด": "กรุงเทพมหานคร", "รหัสไปรษณีย์": "10900", "Vendor SKU": "TS-01-BK-M", "Product name": "เสื้อยืดคอกลม ดำ M", "Line": "1", "Qty": "2",
                      "Unit price": "199.75", "Discount": "20.00", "Shipping": "0.00", "Total": "379.50", "Payment": "CARD", "Status": "NEW"]
    /// 2025-10-21 11:40:05 in Bangkok.
    static let reportedAt = Timestamp(seconds: Sample.seconds + 5)

    static func connector(_ settings: [String: String] = [:], profile: String? = nil, name: String = "s24", outputFolder: String? = nil) throws -> Shopat24Connector {
        var values = ["form": "files", "connection": "store-01"].merging(settings) { $1 }
        if let profile { values["profile"] = profile }
        let http = ChannelHTTP { (_) async throws(ConnectorError) -> PlatformAnswer in throw .unreachable(reason: "a channel of files calls nobody") }
        return try Shopat24Connector(ChannelContext(
            channel: ChannelID(24), name: name, settings: ChannelSettings(values), http: http, now: { Sample.now }, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), outputFolder: outputFolder))
    }

    static func text(_ values: [String: FileRow.Value], header: [String] = header, number: Int = 2) -> FileRow {
        var cells: [Int: FileRow.Value] = [:]
        for (index, name) in header.enumerated() { cells[index] = values[name] }
        return FileRow(number: number, cells: cells)
    }

    /// The sample row with changes; an empty text takes a cell away.
    static func row(_ changes: [String: String] = [:], number: Int = 2) -> FileRow {
        text(row.merging(changes) { $1 }.filter { !$0.value.isEmpty }.mapValues { .text($0) }, number: number)
    }

    static func read(_ rows: [FileRow], known: OrderSnapshot? = nil, header: [String] = header, at time: Timestamp = reportedAt, profile: String? = nil) throws -> FileOrder {
        let connector = try connector(profile: profile)
        guard let layout = connector.layout(of: header) else { throw ConnectorError.notUnderstood(field: "header", found: "none") }
        return connector.order(of: rows, [layout], reportedAt: time, known: known)
    }

    /// An order after the channel said these words of it, one file after another.
    static func snapshot(after words: [String], changes: [String: String] = [:]) throws -> OrderSnapshot {
        var known: OrderSnapshot?
        for (index, word) in words.enumerated() {
            guard let next = try read([row(changes.merging(["Status": word]) { $1 })], known: known, at: reportedAt + .seconds(Int64(index * 60))).snapshot else { throw ConnectorError.notUnderstood(field: "Status", found: word) }
            known = next
        }
        guard let known else { throw ConnectorError.notUnderstood(field: "words", found: "none") }
        return known
    }

    static func receipts(_ keys: [(invoice: String, word: String)]) -> [FileRow] {
        keys.enumerated().map { index, key in
            var cells: [Int: FileRow.Value] = [0: .text("21/10/2025"), 1: .text(number), 2: .text(key.invoice), 4: .text("22/10/2025")]
            if !key.word.isEmpty { cells[3] = .text(key.word) }
            return FileRow(number: index + 2, cells: cells)
        }
    }
    static let receiptHeader = ["Order date", "Order no.", "Invoice no.", "Type", "Store recv./Pay to cust."]
}

/// A folder that is gone when the test is.
final class Scratch {
    let path = FileManager.default.temporaryDirectory.appending(path: "s24-out-\(UUID().uuidString)").path
    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }      // left over in the temporary folder at worst
    func names(_ folder: String) -> [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path + "/" + folder)) ?? []).sorted() }      // none yet
    func text(_ name: String) -> String { String(decoding: FileManager.default.contents(atPath: path + "/" + name) ?? Data(), as: UTF8.self) }
}
