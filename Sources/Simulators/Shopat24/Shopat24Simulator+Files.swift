package import Foundation
package import SimulatorKit
import Synchronization

/// The file side: vendor order files and the two known reports (shopat24.md §4A).
extension Shopat24Simulator {
    // MARK: Made, not yet written

    /// A vendor order file of these orders as they are now (all, where none are named). Hold it back to write it after a newer one.
    package func orderFile(
        _ orderNos: [String]? = nil, style: OrderFileStyle? = nil, mistake: FileMistake? = nil, reportTime: Date? = nil
    ) -> ChannelFile {
        let style = style ?? configuration.fileStyle
        let (orders, time) = state.withLock { state in (state.book.chosen(orderNos), reportTime ?? state.nextReportTime(configuration.now())) }
        return orderFile(OrderTable(orders, style: style), orderNos: orders.map(\.orderNo), style: style, mistake: mistake, time: time, part: nil)
    }

    private func orderFile(
        _ table: OrderTable, orderNos: [String], style: OrderFileStyle, mistake: FileMistake?, time: Date, part: Int?
    ) -> ChannelFile {
        var table = table
        mistake?.spoil(&table)
        let stem = "vendor_order_" + Self.stamp(time) + (part.map { "_\($0)" } ?? "")
        let inner = "\(stem).\(style.fileExtension ?? style.format.fileExtension)"
        let bytes = mistake?.bytes(table, style: style, name: inner) ?? table.bytes(style)
        let isZipped = style.isZipped && mistake?.fileExtension == nil
        let ending = isZipped ? "zip" : mistake?.fileExtension ?? style.fileExtension ?? style.format.fileExtension
        return ChannelFile(
            name: "\(stem).\(ending)", bytes: isZipped ? StoredZip([(inner, bytes)]).bytes : bytes, reportTime: time, orderNos: orderNos)
    }

    /// `t_general_ordhistory*.zip`.
    package func historyReport(_ orderNos: [String]? = nil, style: ReportStyle = ReportStyle(), reportTime: Date? = nil) -> ChannelFile {
        report("t_general_ordhistory", orderNos, reportTime) { orders, _ in StoreReports.history(orders, style: style) }
    }

    /// `Report_Store_Receive*.zip`.
    package func receiveReport(_ orderNos: [String]? = nil, style: ReportStyle = ReportStyle(), reportTime: Date? = nil) -> ChannelFile {
        report("Report_Store_Receive", orderNos, reportTime) { orders, time in StoreReports.receive(orders, style: style, at: time) }
    }

    private func report(_ name: String, _ orderNos: [String]?, _ reportTime: Date?, _ bytes: ([Shopat24Order], Date) -> Data) -> ChannelFile {
        let (orders, time) = state.withLock { state in (state.book.chosen(orderNos), reportTime ?? state.nextReportTime(configuration.now())) }
        return ChannelFile(name: "\(name)_\(Self.stamp(time)).zip", bytes: bytes(orders, time), reportTime: time, orderNos: orders.map(\.orderNo))
    }

    /// The pattern of the default profile, on the clocks of Bangkok.
    private static func stamp(_ time: Date) -> String { BangkokTime(time).text("yyyyMMdd_HHmmss") }

    // MARK: Written

    /// Writes a file into the hub's `incoming/`; the same one again under its own or another name, where asked.
    package func drop(_ file: ChannelFile, as name: String? = nil, withOK: Bool? = nil) throws {
        var file = file
        file.name = name ?? file.name
        try DropFolder.write(file, into: try incomingFolder(), withOK: withOK ?? configuration.writesOKFiles)
        count("files written")
    }

    /// Only `NAME.part`, as an upload under way or one that broke off.
    package func dropPart(_ file: ChannelFile) throws {
        let folder = try incomingFolder()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try file.bytes.write(to: folder.appending(path: file.name + ".part"))
    }

    /// An empty file under its last name that `GrowingFile.grow` fills.
    package func beginGrowing(_ file: ChannelFile) throws -> GrowingFile {
        let folder = try incomingFolder()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return try GrowingFile(file, in: folder)
    }

    /// Takes a file back that may have been listed already.
    package func withdraw(_ name: String) throws {
        let folder = try incomingFolder()
        for ending in ["", ".ok"] {
            let url = folder.appending(path: name + ending)
            if FileManager.default.fileExists(atPath: url.path) { try FileManager.default.removeItem(at: url) }
        }
    }

    /// Sends a file to the hub's own door instead of into its folder: one part named `file`, with a bearer token (shopat24.md §2.1).
    package func upload(_ file: ChannelFile, to url: String, token: String) async throws -> PlainAnswer {
        let boundary = "s24-\(file.digest.prefix(24))"
        let head = "--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\(file.name)\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        count("files uploaded")
        return try await PlainHTTP.send(
            "POST", url, headers: [("Authorization", "Bearer \(token)"), ("Content-Type", "multipart/form-data; boundary=\(boundary)")],
            body: Data(head.utf8) + file.bytes + Data("\r\n--\(boundary)--\r\n".utf8))
    }

    /// What changed since the last time: a vendor order file (in parts, where it is long), and the receive report where a store keyed something.
    @discardableResult
    package func dropChanges() throws -> [ChannelFile] {
        let (orders, keyed, isMissing, time) = state.withLock { state -> ([Shopat24Order], Bool, Bool, Date) in
            let orders = state.book.chosen(state.pending)
            guard !orders.isEmpty, !state.missesNextFile else {
                defer { state.missesNextFile = false }
                return ([], false, state.missesNextFile, configuration.now())
            }
            defer { state.forgetPending() }
            return (orders, state.hasPendingKeys, false, state.nextReportTime(configuration.now()))
        }
        if isMissing { count("files missing") }
        guard !orders.isEmpty else { return [] }
        let style = configuration.fileStyle
        let table = OrderTable(orders, style: style)
        let size = max(1, configuration.maximumRowsPerFile)
        var files = stride(from: 0, to: table.rows.count, by: size).map { start in
            var part = table
            part.rows = Array(table.rows.dropFirst(start).prefix(size))
            let number = start == 0 ? nil : start / size + 1
            return orderFile(part, orderNos: orders.map(\.orderNo), style: style, mistake: nil, time: time, part: number)
        }
        if keyed { files.append(receiveReport(orders.map(\.orderNo))) }
        do {
            for file in files { try drop(file) }
        } catch {
            state.withLock { state in
                state.pending = orders.map(\.orderNo) + state.pending
                state.hasPendingKeys = state.hasPendingKeys || keyed
            }
            throw error
        }
        return files
    }

    /// The next `dropChanges` writes nothing, as when the nightly job failed; the changes come with the one after it.
    package func missNextFile() { state.withLock { $0.missesNextFile = true } }

    func incomingFolder() throws -> URL {
        guard let folder = configuration.incomingFolder else { throw SimulatorError.didNotStart(name: "shopat24", reason: "no incoming folder is set") }
        return folder
    }
}

extension Shopat24Book {
    /// In the order they were placed; all, where none are named.
    func chosen(_ orderNos: [String]?) -> [Shopat24Order] {
        guard let orderNos else { return arrivals.compactMap { orders[$0] } }
        return orderNos.compactMap { orders[$0] }
    }
}
