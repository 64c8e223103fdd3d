import Documents
import Connect
package import Domain
import Foundation
import NIOPosix

/// Brings a file of orders into a channel: looked at, checked row by row, and, when asked, put into the journal order by order.
///
/// A preview and a commit are one function: what the preview says is what the commit does. Files are read in flat memory (`RowSpool`),
/// off the cooperative pool.
package struct FileImporter: Sendable {
    static let batch = KnownOrder.maximum
    /// Deliveries that wait for one commit of the journal together.
    static let width = 64

    let hub: Hub
    package let store: ImportStore

    package init(hub: Hub) throws {
        self.hub = hub
        store = try ImportStore(hub: hub)
    }

    /// Looks at a file and takes nothing.
    package func analyse(_ path: String, fileName: String, channel: ChannelID, options: ImportOptions = ImportOptions()) async throws -> ImportReport {
        try await run(path, fileName: fileName, channel: channel, options: options, isDry: true)
    }

    /// Takes the good orders; they are on disk when this returns. The rejected rows are kept as a file.
    package func commit(_ path: String, fileName: String, channel: ChannelID, options: ImportOptions = ImportOptions()) async throws -> ImportReport {
        try await run(path, fileName: fileName, channel: channel, options: options, isDry: false)
    }

    package func newID() -> Int64 { hub.channels.ids.next() }

    /// Runs an import without anyone waiting for it, and removes the file afterwards.
    ///
    /// - Returns: the report as it begins; `ImportStore.report` shows how it goes on.
    package func start(_ path: String, fileName: String, channel: ChannelID, options: ImportOptions, isDry: Bool, place: ImportDesk.Place,
                       whenDone: @escaping @Sendable (ImportReport) async throws -> Void) async throws -> ImportReport {
        let report = begun(place.id, channel, fileName)
        _ = try channelSettings(of: channel)
        try await store.save(report)
        hub.imports.show(report, id: place.id)
        hub.imports.detach(place) {
            defer {
                try? FileManager.default.removeItem(atPath: path)      // scrap; what stays behind is swept at a later import
                hub.imports.leave(place)
            }
            try await whenDone(try await run(path, fileName: fileName, channel: channel, options: options, isDry: isDry, id: place.id))
        }
        return report
    }

    private func begun(_ id: Int64, _ channel: ChannelID, _ fileName: String) -> ImportReport {
        var report = ImportReport(id: "\(id)", channel: channel, fileName: fileName, state: .running, kind: "csv", createdAt: hub.now())
        report.progress = .reading(rows: 0, fraction: 0)
        return report
    }

    private func channelSettings(of id: ChannelID) throws -> (Channel, ChannelDefaults) {
        guard let channel = hub.channels.directory.channel(id) else { throw ChannelFault.unknownChannel("\(id)") }
        return (channel, try ChannelDefaults(channel, descriptor: hub.channels.descriptor(channel.platform)))
    }

    /// - Parameter id: the import's own, where it is known already; how far it has come can be asked of the desk under it.
    /// - Throws: `ImportFault.file` for a file that is no table or broken; what was taken before that stays taken.
    package func run(_ path: String, fileName: String, channel: ChannelID, options: ImportOptions, isDry: Bool, id: Int64? = nil) async throws -> ImportReport {
        let importID = id ?? newID()
        var report = begun(importID, channel, fileName)
        hub.imports.show(report, id: importID)
        do { return try await pass(path, options: options, isDry: isDry, id: importID, into: &report) } catch is CancellationError {
            throw CancellationError()
        } catch {
            let known = error as? any HubError
            report.state = .failed
            report.progress = nil
            report.failure = ImportReport.Failure(code: known?.code ?? "internal", message: known?.sentence ?? "The import failed. The log has more.")
            // Whoever waits hears the error itself; this is for those who look later.
            if id != nil { try await store.save(report) }
            throw error
        }
    }

    private func pass(_ path: String, options: ImportOptions, isDry: Bool, id: Int64, into report: inout ImportReport) async throws -> ImportReport {
        let (channel, settings) = try channelSettings(of: report.channel)
        let remembered = try await store.mappings(of: channel.id), folder = try store.folder(), desk = hub.imports, first = report
        let reading = try await Self.blocking { try FileReading.read(path, into: first, folder: folder, remembered: remembered, options: options) { desk.show($0, id: id) } }
        report = reading.report
        guard let mapping = reading.mapping, let header = reading.header, report.missingColumns.isEmpty else { return try await finish(.needsMapping, &report) }
        let dates = DateText(zone: settings.dates.zone, countsFrom1904: reading.countsFrom1904)
        let assembly = AssemblySettings(mapping: mapping, currency: settings.currency, country: settings.country, dates: dates)
        let rejected = RejectedRows(path: store.rejectedPath(id), header: header)
        do {
            try await build(reading.spool, assembly, rejected, channel, isDry: isDry, into: &report) { desk.show($0, id: id) }
            try await Self.blocking { try rejected.finish() }
        } catch {
            rejected.discard()
            throw (error as? FileProblem).map { ImportFault.file($0) } ?? error
        }
        if !isDry { try await store.remember(mapping, for: channel.id) }
        return try await finish(isDry ? .preview : .committed, &report)
    }

    private func finish(_ state: ImportReport.State, _ report: inout ImportReport) async throws -> ImportReport {
        report.state = state
        report.progress = nil
        try await store.save(report)
        return report
    }

    private func build(_ spool: SpoolBox, _ assembly: AssemblySettings, _ rejected: RejectedRows, _ channel: Channel, isDry: Bool, into report: inout ImportReport,
                       progress: (ImportProgress) -> Void) async throws {
        let now = hub.now()
        var done = 0
        while true {
            let orders = try await Self.blocking { try spool.next(Self.batch, assembly, now: now) }
            if orders.isEmpty { return }
            try Task.checkCancellation()
            let known = try await KnownOrder.find(orders.compactMap { $0.snapshot?.externalID }, in: channel.id, hub.ledgerDatabase)
            var incoming: [IncomingOrder] = []
            for order in orders {
                report.orders += 1
                done += order.rowCount
                for problem in order.problems { report.add(problem) }
                guard let snapshot = order.snapshot else {
                    report.rejected += 1
                    report.rejectedRows += order.rowCount
                    continue
                }
                report.good += 1
                let ready = try IncomingOrder(snapshot, origin: "file", saysWhenPlaced: order.saysWhenPlaced, known: known[snapshot.externalID])
                Self.note(ready, order, assembly, in: &report)
                if ready.standing != .same { incoming.append(ready) }
            }
            try await Self.blocking { for order in orders where order.snapshot == nil { try rejected.append(order) } }
            if !isDry {
                try await take(incoming, channel.id)
                report.taken += incoming.count
            }
            progress(.taking(rows: done, of: report.rows))
        }
    }

    /// Duplicates, and what a person should look at although the order is good.
    private static func note(_ incoming: IncomingOrder, _ order: AssembledOrder, _ assembly: AssemblySettings, in report: inout ImportReport) {
        switch incoming.standing {
        case .new: break
        case .same: report.duplicates.same += 1
        case .changed: report.duplicates.changed += 1
        }
        if incoming.standing != .new, report.duplicates.numbers.count < ImportReport.maximumNumbers { report.duplicates.numbers.append(incoming.snapshot.externalNumber) }
        for flag in incoming.flags {
            let row = order.rows.first?.number ?? 0
            report.add(ImportReport.Problem(row: row, column: nil, cell: nil, order: order.number, code: flag.code, message: flag.message,
                                            remedy: "The order is taken and flagged; correct it in the file or later on the order.", isRejection: false))
        }
    }

    private func take(_ orders: [IncomingOrder], _ channel: ChannelID) async throws {
        let intake = hub.intake
        try await withThrowingTaskGroup(of: Void.self) { group in
            var rest = orders.makeIterator(), running = 0
            func start() throws {
                guard let order = rest.next() else { return }
                let body = [UInt8](try JSONEncoder.crossdock.encode(order.snapshot))
                group.addTask { try await intake.take(channel: channel, origin: .file, topic: "file.order", key: order.receiptKey, body: body) }
                running += 1
            }
            for _ in 0..<Self.width { try start() }
            while running > 0 {
                try await group.next()
                running -= 1
                try start()
            }
        }
    }

    /// Reading and parsing block: they run on threads of their own.
    package static func blocking<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        do { return try await NIOThreadPool.singleton.runIfActive(body) } catch let problem as FileProblem { throw ImportFault.file(problem) }
    }
}

/// What a file channel's settings say about files without such columns.
struct ChannelDefaults: Sendable {
    let currency: Currency, country: String, dates: DateText

    init(_ channel: Channel, descriptor: PlatformDescriptor) throws(ImportFault) {
        guard descriptor.kind == .file else { throw .notAFileChannel(channel.platform) }
        func setting(_ key: String) -> String? {
            channel.settings[key].flatMap { $0.isEmpty ? nil : $0 } ?? descriptor.settings.first { $0.key == key }?.defaultValue
        }
        currency = setting("currency").flatMap { Currency($0) } ?? .thb
        country = (setting("country") ?? "TH").uppercased()
        dates = DateText(zone: setting("timeZone").flatMap { TimeZone(identifier: $0) } ?? .gmt)
    }
}
