package import Connect
import Domain
import Foundation

/// Appends events to files of a day: `orders-2026-11-21.ndjson` (one event a line) or `.csv` (one order a line), for systems that read folders.
///
/// A crash between the append and its record writes the line once more: each line carries its idempotency key, and the newest keys of the file are looked at first.
package struct FileDropConnector: ReceivesEvents {
    package static let descriptor = PlatformDescriptor(
        platform: "filedrop", title: "File drop (NDJSON or CSV)", kind: .destination,
        settings: [
            SettingField("format", "Format", help: "ndjson or csv", defaultValue: "ndjson"),
            SettingField("folder", "Folder", help: "a name below the data directory's out/ folder", isRequired: true),
        ],
        budget: Budget(callsPerSecond: 10_000, burst: 10_000, concurrency: 1))

    private let folder: String
    private let isCSV: Bool
    /// How far back a repeat is looked for.
    static let lookBackBytes = 256 << 10

    package init(_ context: ChannelContext) throws(ConnectorError) {
        let name = try context.settings.required("folder")
        guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }), name.count <= 64 else {
            throw .misconfigured(setting: "folder", problem: "must be a plain name of letters, digits, dashes and underscores")
        }
        guard let root = context.outputFolder else { throw .misconfigured(setting: "folder", problem: "cannot be used: the hub has no output folder") }
        switch context.settings.optional("format") ?? "ndjson" {
        case "ndjson": isCSV = false
        case "csv": isCSV = true
        default: throw .misconfigured(setting: "format", problem: "must be ndjson or csv")
        }
        folder = root + "/" + name
    }

    package func send(_ event: OutgoingEvent) async throws(ConnectorError) {
        let day = event.at.description.prefix(10)
        let path = "\(folder)/orders-\(day).\(isCSV ? "csv" : "ndjson")"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            if !FileManager.default.fileExists(atPath: path) {
                guard FileManager.default.createFile(atPath: path, contents: nil) else { throw CocoaError(.fileWriteUnknown) }
            }
            let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
            defer { try? file.close() }      // everything is on disk by then
            let end = try file.seekToEnd()
            let from = end > UInt64(Self.lookBackBytes) ? end - UInt64(Self.lookBackBytes) : 0
            try file.seek(toOffset: from)
            let tail = try file.readToEnd() ?? Data()
            // A crash may have cut the last line off: only whole lines count, and what was cut is written anew.
            let whole = tail.lastIndex(of: UInt8(ascii: "\n")).map { tail[...$0] } ?? Data()
            if whole.range(of: Data(beginning(ofLineFor: event.idempotencyKey).utf8)) != nil { throw ConnectorError.alreadyDone }
            let kept = end - UInt64(tail.count - whole.count)
            if kept < end { try file.truncate(atOffset: kept) }
            try file.seekToEnd()
            try file.write(contentsOf: Data(((isCSV && kept == 0 ? Self.csvHeader + "\r\n" : "") + line(event)).utf8))
            try file.synchronize()
        } catch let error as ConnectorError { throw error } catch {
            throw .unreachable(reason: "the folder \(folder.split(separator: "/").last ?? "") cannot be written")
        }
    }

    private func beginning(ofLineFor key: String) -> String { isCSV ? "\n\(Self.quote(key))," : "{\"key\":\"\(key)\"," }

    private func line(_ event: OutgoingEvent) -> String {
        guard isCSV else {
            let order = String(decoding: event.orderJSON, as: UTF8.self)
            return "{\"key\":\"\(event.idempotencyKey)\",\"type\":\"\(event.type)\",\"time\":\"\(event.at)\",\"order\":\(order)}\n"
        }
        let order = event.order.snapshot
        let cells = [
            event.idempotencyKey, event.type, event.at.description, event.order.id.description, event.order.channelName, order.externalNumber, order.placedAt.description,
            order.shipTo?.name ?? "", order.shipTo?.province ?? "", order.shipTo?.postcode ?? "", order.currency.code, String(order.totals.grand), String(order.lines.count),
        ]
        return cells.map(Self.quote).joined(separator: ",") + "\r\n"
    }

    static let csvHeader = "key,event,time,order,channel,number,placed_at,recipient,province,postcode,currency,grand_minor,lines"

    /// Always quoted; a cell that a spreadsheet would run as a formula gets an apostrophe.
    static func quote(_ cell: String) -> String {
        let dangerous = cell.utf8.first.map { "=+-@\t\r".utf8.contains($0) } ?? false
        return "\"" + (dangerous ? "'" : "") + cell.replacing("\"", with: "\"\"") + "\""
    }
}
