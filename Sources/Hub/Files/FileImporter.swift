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

    func newID() -> Int64 { hub.channels.ids.next() }

    /// A place for one more file; nil: as many as may be are taken in already.
    package func enter() -> ImportDesk.Place? { hub.imports.enter(newID()) }

    /// Runs an import without anyone waiting for it, and removes the file afterwards.
    ///
    /// - Returns: the report as it begins; `ImportStore.report` shows how it goes on.
    package func start(_ path: String, fileName: String, channel: ChannelID, options: ImportOptions, isDry: Bool, place: ImportDesk.Place, by actor: AuditActor) async throws -> ImportReport {
        var report = begun(place.id, channel, fileName)
        report.sentBy = actor.name
        report.isCommit = !isDry
        _ = try channelSettings(of: channel)
        try await store.save(report)
        hub.imports.show(report, id: place.id)
        let first = report
        hub.imports.detach(place) {
            defer {
                try? FileManager.default.removeItem(atPath: path)      // scrap; what stays behind is swept at a later import
                hub.imports.leave(place)
                hub.beacon.tell("imports", first.id)
            }
            _ = try await run(path, as: first, options: options, isDry: isDry, by: actor)
        }
        return report
    }

    func begun(_ id: Int64, _ channel: ChannelID, _ fileName: String) -> ImportReport {
        var report = ImportReport(id: "\(id)", channel: channel, fileName: fileName, state: .running, kind: "csv", createdAt: hub.now())
        report.progress = .reading(rows: 0, fraction: 0)
        return report
    }

    func channelSettings(of id: ChannelID) throws -> (Channel, ChannelDefaults) {
        guard let channel = hub.channels.directory.channel(id) else { throw ChannelFault.unknownChannel("\(id)") }
        return (channel, try ChannelDefaults(channel, descriptor: hub.channels.descriptor(channel.platform)))
    }

    /// - Parameters:
    ///   - id: the import's own, where it is known already; how far it has come can be asked of the desk under it.
    ///   - actor: who asked for it, where that is a person or a program outside.
    /// - Throws: `ImportFault.file` for a file that is no table or broken; what was taken before that stays taken.
    package func run(_ path: String, fileName: String, channel: ChannelID, options: ImportOptions, isDry: Bool, id: Int64? = nil, by actor: AuditActor? = nil) async throws -> ImportReport {
        var report = begun(id ?? newID(), channel, fileName)
        report.sentBy = actor?.name
        report.isCommit = !isDry
        return try await run(path, as: report, options: options, isDry: isDry, by: actor, isWatched: id != nil)
    }

    /// - Parameter isWatched: how it ends is stored even when it fails, for those who look later.
    func run(_ path: String, as first: ImportReport, options: ImportOptions, isDry: Bool, by actor: AuditActor?, isWatched: Bool = true) async throws -> ImportReport {
        var report = first
        let id = Int64(first.id) ?? 0
        hub.imports.show(report, id: id)
        store.clear(id)
        // A crash on the way leaves this line: who began to take orders, and of which import.
        if !isDry, let actor { try await store.save(report, audit: AuditChange(actor, "import.begin", "import:\(id)", after: ["channel": "\(report.channel)"])) }
        do { return try await pass(path, options: options, isDry: isDry, id: id, by: actor, into: &report) } catch is CancellationError {
            throw CancellationError()
        } catch {
            let known = error as? any HubError
            report.state = .failed
            report.progress = nil
            report.failure = ImportReport.Failure(code: known?.code ?? "internal", message: known?.sentence ?? "The import failed. The log has more.")
            let change = isDry ? nil : actor.map { AuditChange($0, "import.fail", "import:\(id)", after: ["code": known?.code ?? "internal", "taken": "\(report.taken)"]) }
            if isWatched || change != nil { try await store.save(report, audit: change) }
            throw error
        }
    }

    private func pass(_ path: String, options: ImportOptions, isDry: Bool, id: Int64, by actor: AuditActor?, into report: inout ImportReport) async throws -> ImportReport {
        let (channel, settings) = try channelSettings(of: report.channel)
        let remembered = try await store.mappings(of: channel.id), folder = try store.folder(), desk = hub.imports, first = report
        let reading = try await Self.blocking { try FileReading.read(path, into: first, folder: folder, remembered: remembered, options: options) { desk.show($0, id: id) } }
        report = reading.report
        report.corrections = options.corrections.isEmpty ? nil : options.corrections.count
        if store.isKept(id), let look = reading.look { try await Self.blocking { [store] in try store.keep(look, of: id) } }
        guard let mapping = reading.mapping, let header = reading.header, report.missingColumns.isEmpty else { return try await finish(.needsMapping, &report) }
        let dates = DateText(zone: settings.dates.zone, countsFrom1904: reading.countsFrom1904)
        let assembly = AssemblySettings(mapping: mapping, currency: settings.currency, country: settings.country, dates: dates)
        let files = RowFiles(rejected: RejectedRows(path: store.rejectedPath(id), header: header), problems: ProblemWriter(path: store.problemsPath(id)))
        do {
            try await build(reading.spool, assembly, files, channel, isDry: isDry, into: &report) { desk.show($0, id: id) }
            try await Self.blocking { try files.finish() }
        } catch {
            files.rejected.discard()
            throw (error as? FileProblem).map { ImportFault.file($0) } ?? error
        }
        if !isDry { try await store.remember(mapping, for: channel.id) }
        return try await finish(isDry ? .preview : .committed, &report, by: actor)
    }

    /// What is written beside the orders.
    struct RowFiles: Sendable {
        let rejected: RejectedRows, problems: ProblemWriter
        func finish() throws {
            try rejected.finish()
            try problems.finish()
        }
    }

    private func finish(_ state: ImportReport.State, _ report: inout ImportReport, by actor: AuditActor? = nil) async throws -> ImportReport {
        report.state = state
        report.progress = nil
        var change: AuditChange?
        if state == .committed {
            report.committedAt = hub.now()
            report.committedBy = actor?.name
            change = actor.map { AuditChange($0, "import.commit", "import:\(report.id)", after: [
                "channel": "\(report.channel)", "orders": "\(report.orders)", "taken": "\(report.taken)", "rejected": "\(report.rejected)"]) }
        }
        try await store.save(report, audit: change)
        report.isKept = Int64(report.id).map(store.isKept)
        return report
    }

    private func build(_ spool: SpoolBox, _ assembly: AssemblySettings, _ files: RowFiles, _ channel: Channel, isDry: Bool, into report: inout ImportReport,
                       progress: (ImportProgress) -> Void) async throws {
        let now = hub.now()
        var done = 0
        while true {
            let orders = try await Self.blocking { try spool.next(Self.batch, assembly, now: now) }
            if orders.isEmpty { return }
            try Task.checkCancellation()
            let known = try await KnownOrder.find(orders.compactMap { $0.snapshot?.externalID }, in: channel.id, hub.ledgerDatabase)
            var incoming: [IncomingOrder] = [], listed: [ListedProblem] = []
            for order in orders {
                report.orders += 1
                done += order.rowCount
                for problem in order.problems { report.add(problem) }
                listed += order.problems.map { ListedProblem($0, rows: order.rows) }
                guard let snapshot = order.snapshot else {
                    report.rejected += 1
                    report.rejectedRows += order.rowCount
                    continue
                }
                report.good += 1
                let ready = try IncomingOrder(snapshot, origin: "file", saysWhenPlaced: order.saysWhenPlaced, known: known[snapshot.externalID])
                let flags = Self.note(ready, order, in: &report)
                listed += flags.map { ListedProblem($0, rows: order.rows) }
                if ready.standing != .same { incoming.append(ready) }
            }
            let problems = listed
            try await Self.blocking {
                for order in orders where order.snapshot == nil { try files.rejected.append(order) }
                try files.problems.append(problems)
            }
            if !isDry {
                try await take(incoming, channel.id)
                report.taken += incoming.count
            }
            progress(.taking(rows: done, of: report.rows))
        }
    }

    /// Duplicates, and what a person should look at although the order is good.
    private static func note(_ incoming: IncomingOrder, _ order: AssembledOrder, in report: inout ImportReport) -> [ImportReport.Problem] {
        switch incoming.standing {
        case .new: break
        case .same: report.duplicates.same += 1
        case .changed: report.duplicates.changed += 1
        }
        if incoming.standing != .new, report.duplicates.numbers.count < ImportReport.maximumNumbers { report.duplicates.numbers.append(incoming.snapshot.externalNumber) }
        let flags = incoming.flags.map { flag in
            ImportReport.Problem(row: order.rows.first?.number ?? 0, column: nil, cell: nil, order: order.number, code: flag.code, message: flag.message,
                                 remedy: "The order is taken and flagged; correct it in the file or later on the order.", isRejection: false)
        }
        for flag in flags { report.add(flag) }
        return flags
    }

    /// Puts orders into the journal; they are on disk when this returns.
    func take(_ orders: [IncomingOrder], _ channel: ChannelID, topic: String = "file.order", askedAt: Timestamp? = nil) async throws {
        let intake = hub.intake
        try await withThrowingTaskGroup(of: Void.self) { group in
            var rest = orders.makeIterator(), running = 0
            func start() throws {
                guard let order = rest.next() else { return }
                let body = [UInt8](try JSONEncoder.crossdock.encode(order.snapshot))
                group.addTask { try await intake.take(channel: channel, origin: .file, topic: topic, key: order.receiptKey, body: body, askedAt: askedAt) }
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
