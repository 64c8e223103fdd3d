import Connect
import Domain
import Foundation

/// Our files for a channel (shopat24.md §6): each written under a name of its own that ends in `.part`, brought to the disk, renamed, and then marked by a sibling `.ok`.
///
/// Which job wrote which file is kept beside them, so that a repeated job writes no second line: a mark is made before the `.ok`, without which nobody takes the file.
struct OutgoingFolder: Sendable {
    static let prefix = "CD_"
    private static let marks = "written"

    private let folder: String?

    /// - Parameter root: the hub's folder for files that go out; nil: it has none.
    init(root: String?, name: String) { folder = root.map { $0 + "/" + name } }

    // MARK: what is told

    static let confirmColumns = ["order_no", "invoice_no", "confirmed_at"]
    static let shipmentColumns = ["order_no", "invoice_no", "carrier", "tracking_no", "shipped_at", "parcels"]
    static let cancelColumns = ["order_no", "line_no", "reason", "requested_at"]

    /// - Throws: `.alreadyDone` when the job wrote its file before.
    func ship(_ shipment: Shipment, of order: OrderForAction, _ number: String, carrier: String, confirms: Bool, key: String, now: Timestamp) throws(ConnectorError) {
        let parcels = try ShipmentNotice.parcels(of: shipment, order.snapshot)
        if confirms {
            let invoices = ShipmentNotice.invoices(of: order.snapshot), at = TimeFormat.iso.text(now)
            let rows = (invoices.isEmpty ? [""] : invoices).map { [number, $0, at] }
            _ = try write("confirm", Self.confirmColumns, rows, key: key + ":confirm", now: now)
        }
        let rows = parcels.map { [number, $0.invoice ?? "", carrier, $0.trackingNumber, TimeFormat.iso.text(shipment.bookedAt), String(parcels.count)] }
        guard try write("shipment", Self.shipmentColumns, rows, key: key, now: now) else { throw .alreadyDone }
    }

    func requestCancel(_ number: String, reason: CancelReason, key: String, now: Timestamp) throws(ConnectorError) {
        _ = try write("cancel_request", Self.cancelColumns, [[number, "", reason.rawValue, TimeFormat.iso.text(now)]], key: key, now: now)
    }

    // MARK: how it is written

    /// - Returns: false when this key's file was written before; it is completed where a crash left it without its mark.
    private func write(_ kind: String, _ columns: [String], _ rows: [[String]], key: String, now: Timestamp) throws(ConnectorError) -> Bool {
        guard let folder else { throw .misconfigured(setting: "answerFolder", problem: "cannot be used: the hub has no output folder") }
        let sequence = String(StableHash.of(key)), mark = "\(folder)/\(Self.marks)/\(kind)-\(sequence)", ending = "_\(sequence).csv"
        do {
            try Self.refuseLink(folder)
            try FileManager.default.createDirectory(atPath: folder + "/" + Self.marks, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o770])
            if let name = FileManager.default.contents(atPath: mark).map({ String(decoding: $0, as: UTF8.self) }) {
                try complete(folder + "/" + name)
                return false
            }
            // A crash after the rename and before the mark: nobody takes a file without `.ok`, so it is still there.
            let left = try FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasPrefix(Self.prefix + kind + "_") && $0.hasSuffix(ending) }
            let name = left ?? "\(Self.prefix)\(kind)_\(TimeFormat.pattern("yyyyMMdd_HHmmss").text(now))\(ending)"
            if left == nil { try Self.put(AnswerText.bytes([columns] + rows), at: folder + "/" + name, in: folder) }
            try Self.put(Array(name.utf8), at: mark, in: folder + "/" + Self.marks)
            try complete(folder + "/" + name)
            return left == nil
        } catch let error as ConnectorError { throw error } catch {
            throw .unreachable(reason: "the folder \(folder.split(separator: "/").last ?? "") cannot be written")
        }
    }

    private func complete(_ path: String) throws {
        guard FileManager.default.fileExists(atPath: path), !FileManager.default.fileExists(atPath: path + ".ok"), let folder else { return }
        try Self.put([], at: path + ".ok", in: folder)
    }

    private static func refuseLink(_ folder: String) throws {
        // Not there yet: it will be made.
        guard (try? FileManager.default.attributesOfItem(atPath: folder))?[.type] as? FileAttributeType != .typeSymbolicLink else {
            throw ConnectorError.misconfigured(setting: "answerFolder", problem: "is a link to another folder, which is not followed")
        }
    }

    /// Whole or not at all, and on disk when this returns.
    private static func put(_ bytes: [UInt8], at path: String, in folder: String) throws {
        let part = path + ".part"
        guard FileManager.default.createFile(atPath: part, contents: nil, attributes: [.posixPermissions: 0o640]) else { throw CocoaError(.fileWriteUnknown) }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: part))
        defer { try? file.close() }      // everything is on disk by then, or the error is on its way
        try file.write(contentsOf: Data(bytes))
        try file.synchronize()
        guard rename(part, path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        let place = try FileHandle(forReadingFrom: URL(fileURLWithPath: folder))
        defer { try? place.close() }     // nothing was written through it
        try place.synchronize()
    }
}

/// A text table as the channel's house saves them: UTF-8 with its mark, comma, CR LF, quotes where they are needed (§4A.2).
enum AnswerText {
    static func bytes(_ rows: [[String]]) -> [UInt8] {
        [0xEF, 0xBB, 0xBF] + rows.map { $0.map(field).joined(separator: ",") + "\r\n" }.joined().utf8
    }

    static func field(_ text: String) -> String {
        let isNumber = text.wholeMatch(of: /[-+]?[0-9]+([.,][0-9]+)*/) != nil
        let safe = !isNumber && text.utf8.first.map({ "=+-@\t\r".utf8.contains($0) }) ?? false ? "'" + text : text
        guard safe.utf8.contains(where: { ",\"\r\n".utf8.contains($0) }) || safe.hasPrefix(" ") || safe.hasSuffix(" ") else { return safe }
        return "\"" + safe.replacing("\"", with: "\"\"") + "\""
    }
}
