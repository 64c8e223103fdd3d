@testable import Hub
import Connect
import Database
import Documents
import Domain
import Foundation
import Logging
import Testing

/// A file channel's connector as the hub needs it.
struct FileShop: InterpretsDeliveries {
    static let descriptor = PlatformDescriptor(
        platform: "file", title: "Files", kind: .file,
        settings: [SettingField("currency", "Currency", defaultValue: "THB"), SettingField("country", "Country", defaultValue: "TH"), SettingField("timeZone", "Zone", defaultValue: "Asia/Bangkok")])
    init(_ context: ChannelContext) throws(ConnectorError) {}
    func interpret(_ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation] {
        do { return [.order(try JSONDecoder().decode(OrderSnapshot.self, from: Data(delivery.body)))] } catch { throw .notUnderstood(field: "body", found: "not an order") }
    }
}

/// A hub with one file channel in a folder of its own.
struct FilesBench: Sendable {
    let hub: Hub, channel: Channel, folder: URL
    var importer: FileImporter { get throws { try FileImporter(hub: hub) } }

    static func run(settings: [String: String] = [:], _ body: (FilesBench) async throws -> Void) async throws {
        let folder = URL.temporaryDirectory.appending(path: "crossdock-files-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }  // a leftover in the temporary folder harms nobody
        let hub = try await Hub(
            .init(dataFolder: folder.path(percentEncoded: false)), registry: ConnectorRegistry([FileShop.self]), logger: Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() },
            now: { Timestamp(seconds: Int64(Date().timeIntervalSince1970)) }) { _, _ in ChannelHTTP { _ throws(ConnectorError) in PlatformAnswer(status: 200) } }
        var failure: (any Error)?
        do {
            try await body(FilesBench(hub: hub, channel: try await hub.channels.add(platform: "file", name: "Sheet", settings: settings, by: "test"), folder: folder))
        } catch { failure = error }
        await hub.journalDatabase.close()
        await hub.ledgerDatabase.close()
        if let failure { throw failure }
    }

    func path(_ name: String) -> String { folder.appending(path: name).path(percentEncoded: false) }

    func csv(_ rows: [[String]]) throws -> String {
        let path = path(UUID().uuidString + ".csv"), writer = try CSVWriter(path: path)
        for row in rows { try writer.append(row) }
        try writer.finish()
        return path
    }

    func xlsx(_ rows: [[CellValue]]) throws -> String {
        let path = path(UUID().uuidString + ".xlsx"), writer = try WorkbookWriter(path: path)
        for row in rows { try writer.append(row) }
        try writer.finish()
        return path
    }

    func preview(_ path: String, _ options: ImportOptions = ImportOptions()) async throws -> ImportReport {
        try await importer.analyse(path, fileName: "orders", channel: channel.id, options: options)
    }
    func commit(_ path: String, _ options: ImportOptions = ImportOptions()) async throws -> ImportReport {
        try await importer.commit(path, fileName: "orders", channel: channel.id, options: options)
    }

    /// Everything in the journal becomes orders.
    func interpret() async throws {
        while true {
            let kept = try await hub.journal.read(after: try await hub.ledger.journalCursor(), limit: 256)
            guard let last = kept.last?.delivery.id else { return }
            try await hub.ledger.apply(kept.map(hub.interpreter.prepare), cursor: last)
        }
    }
    func order(_ number: String) async throws -> StoredOrder? { try await hub.ledger.order(channel: channel.id, externalID: number) }
}

enum Sheet {
    static let headers = ["Order number", "Order date", "Recipient", "Phone", "Address", "Province", "Postcode", "SKU", "Quantity", "Unit price", "Shipping fee", "Grand total", "Payment method", "COD amount"]
    /// A good row; `changes` by header.
    static func row(_ number: String, _ changes: [String: String] = [:]) -> [String] {
        let good = ["Order number": number, "Order date": "31/03/2026 09:30", "Recipient": "สมชาย ใจดี", "Phone": "0812345678", "Address": "99/1 ซอยสุขุมวิท 21",
                    "Province": "กรุงเทพมหานคร", "Postcode": "10110", "SKU": "MUG", "Quantity": "2", "Unit price": "150.00", "Payment method": "โอน"]
        return headers.map { changes[$0] ?? good[$0] ?? "" }
    }
}
