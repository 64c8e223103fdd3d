import Connect
import Database
import Documents
import Domain
import Foundation
import Logging
import Synchronization

/// Takes whole files out of the folders of channels that exchange files: claimed by a rename, imported, put away with a result beside each.
///
/// A hub that ends in the middle finds what it had claimed at its next start and takes it again, which changes nothing that was done already.
package final class WatchedFolders: Sendable {
    let hub: Hub
    let importer: FileImporter
    private let state = Mutex<[ChannelID: Memory]>([:])

    /// What is remembered of a channel's folder between two looks.
    struct Memory: Sendable {
        struct Sight: Sendable { var bytes: Int, changedAt: Timestamp, since: Timestamp, firstSeen: Timestamp }
        var isRecovered = false
        var seen: [String: Sight] = [:]
        /// Said once, and said again when it comes back.
        var told: Set<String> = []
        var sweptAt: Timestamp?
    }

    static let lookEvery = Duration.seconds(2), batchPatienceSeconds: Int64 = 600, sweepEverySeconds: Int64 = 3600
    static let settleLimit = Duration.seconds(20), settlePause = Duration.milliseconds(50)

    /// nil: the hub has no data directory for files.
    package init?(hub: Hub) {
        // Without a folder there is nothing to watch.
        guard hub.channels.outputFolder != nil, let importer = try? FileImporter(hub: hub) else { return nil }
        self.hub = hub
        self.importer = importer
    }

    /// Runs until cancelled.
    package func run() async {
        while !Task.isCancelled {
            await withDiscardingTaskGroup { group in
                for channel in hub.channels.directory.surroundings.channels.values where channel.state == .active {
                    guard let connector = hub.channels.directory.connector(of: channel.id) as? any ReadsFiles, let exchange = connector.exchange else { continue }
                    group.addTask { await self.lookAndReport(channel, connector, exchange) }
                }
            }
            await hub.watchedBook.signal.wait(atMost: Self.lookEvery)
        }
    }

    private func lookAndReport(_ channel: Channel, _ connector: any ReadsFiles, _ exchange: FileExchange) async {
        do {
            try await look(channel, connector, exchange)
            if state.withLock({ $0[channel.id]?.told.remove("folder") }) != nil { try await resolve(channel, "folder") }
        } catch is CancellationError {} catch let error as any HubError {
            state.withLock { $0[channel.id]?.isRecovered = false }
            await tell(channel, "folder", once: true, code: error.code, "The files of \(channel.name) could not be looked at. \(error.sentence)")
        } catch {
            // What was claimed is taken again at the next look.
            state.withLock { $0[channel.id]?.isRecovered = false }
            hub.logger.error("watched folder failed", metadata: ["channel.id": "\(channel.id)", "error": "\(type(of: error))"])
        }
    }

    private func place(_ exchange: FileExchange) -> WatchedPlace {
        WatchedPlace(dataFolder: URL(filePath: hub.channels.outputFolder ?? "").deletingLastPathComponent().path(percentEncoded: false).trimmingSuffix("/"), exchange)
    }

    /// One look at a folder: whatever is whole is taken, oldest report first.
    func look(_ channel: Channel, _ connector: any ReadsFiles, _ exchange: FileExchange) async throws {
        let place = place(exchange), now = hub.now()
        try await FileImporter.blocking { try place.prepare() }
        let isRecovered = state.withLock { $0[channel.id]?.isRecovered ?? false }
        if !isRecovered {
            let left = try await FileImporter.blocking { try place.claimed() }
            let isDone = try await take(left, channel, connector, exchange, place, isClaimed: true)
            state.withLock { $0[channel.id, default: Memory()].isRecovered = isDone }
            guard isDone else { return }
        }
        let (found, unfinished) = try await FileImporter.blocking { try place.look() }
        let ready = state.withLock { state in Self.ready(found, unfinished: unfinished, connector, exchange, now: now, &state[channel.id, default: Memory()]) }
        hub.watchedBook.note(channel.id, at: now) { $0.waiting = found.count - ready.count }
        for name in found.map(\.name) where connector.role(of: name) == .unknown {
            await tell(channel, "unknown:\(name)", once: true, code: "file_name_unknown", "Nobody said what files named \(name.prefix(100)) are. It stays in in/\(exchange.incoming); rename it, or change file.match in the channel's profile.")
        }
        _ = try await take(ready, channel, connector, exchange, place, isClaimed: false)
        try await watch(channel, exchange, place, now: now)
    }

    /// What may be taken: marked as whole, or unchanged for long enough; and not a part of a batch of which another is still being written.
    private static func ready(_ found: [WatchedPlace.Found], unfinished: [String], _ connector: any ReadsFiles, _ exchange: FileExchange, now: Timestamp, _ memory: inout Memory) -> [WatchedPlace.Found] {
        var seen: [String: Memory.Sight] = [:], whole: [WatchedPlace.Found] = [], underWay = Set<String>()
        func batch(_ name: String) -> String? { if case .table(_, let batch?) = connector.role(of: name) { batch } else { nil } }
        for name in unfinished { if let batch = batch(String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)])) { underWay.insert(batch) } }
        for file in found where connector.role(of: file.name) != .unknown {
            var sight = memory.seen[file.name] ?? Memory.Sight(bytes: file.bytes, changedAt: file.changedAt, since: now, firstSeen: now)
            // A clock that was set back counts anew.
            if sight.bytes != file.bytes || sight.changedAt != file.changedAt || sight.since > now { sight = Memory.Sight(bytes: file.bytes, changedAt: file.changedAt, since: now, firstSeen: min(sight.firstSeen, now)) }
            seen[file.name] = sight
            if file.hasMark || now - sight.since >= .seconds(exchange.quietSeconds) { whole.append(file) } else if let batch = batch(file.name) { underWay.insert(batch) }
        }
        memory.seen = seen
        memory.told = memory.told.filter { told in !told.hasPrefix("unknown:") || found.contains { told == "unknown:\($0.name)" } }
        return whole.filter { file in
            guard let batch = batch(file.name), underWay.contains(batch) else { return true }
            return now - (seen[file.name]?.firstSeen ?? now) >= .seconds(batchPatienceSeconds)
        }
    }

    // MARK: taking

    private struct Batch { var files: [WatchedPlace.Found], reportedAt: Timestamp }

    /// - Returns: false when some have to wait.
    private func take(_ files: [WatchedPlace.Found], _ channel: Channel, _ connector: any ReadsFiles, _ exchange: FileExchange, _ place: WatchedPlace, isClaimed: Bool) async throws -> Bool {
        var batches: [String: Batch] = [:]
        for file in files {
            switch connector.role(of: file.name) {
            case .answer(let sent): try await answer(file, to: sent, channel, place, isClaimed: isClaimed)
            case .table(let reportedAt, let batch):
                batches[batch ?? "\u{0}" + file.name, default: Batch(files: [], reportedAt: reportedAt ?? file.changedAt)].files.append(file)
            case .unknown:
                // It was claimed under another profile: whoever put it there puts it there again.
                if isClaimed { try await FileImporter.blocking { try place.finish(file.name, in: place.failed, number: 0) } }
            }
        }
        for batch in batches.values.sorted(by: { ($0.reportedAt, $0.files.first?.name ?? "") < ($1.reportedAt, $1.files.first?.name ?? "") }) {
            try Task.checkCancellation()
            // What earlier files said is in the ledger before a later one is compared with it.
            guard try await settled() else { return false }
            guard try await take(batch, channel, connector, exchange, place, isClaimed: isClaimed) else { return false }
        }
        return true
    }

    private func settled() async throws -> Bool {
        let last = try await hub.journal.lastID(), end = ContinuousClock.now + Self.settleLimit
        while try await hub.ledger.journalCursor() < last {
            guard ContinuousClock.now < end else { return false }
            try await Task.sleep(for: Self.settlePause)
        }
        return true
    }

    /// - Returns: false when there is no place for one more import; the files wait.
    private func take(_ batch: Batch, _ channel: Channel, _ connector: any ReadsFiles, _ exchange: FileExchange, _ place: WatchedPlace, isClaimed: Bool) async throws -> Bool {
        guard let desk = importer.enter() else { return false }
        defer { hub.imports.leave(desk) }
        var names: [String] = []
        for file in batch.files.sorted(by: { $0.name < $1.name }) {
            if isClaimed { names.append(file.name) } else if try await FileImporter.blocking({ try place.claim(file.name) }) { names.append(file.name) }
        }
        var fresh: [(name: String, digest: String)] = []
        for name in names {
            let digest = try await FileImporter.blocking { try WatchedPlace.digest(place.working + "/" + name) }
            let known = try await hub.ledgerDatabase.read { tx in try tx.first("SELECT file_name FROM watched_files WHERE channel_id = \(channel.id.value) AND digest = \(digest)") { try $0.text(0) } }
            guard let known else { fresh.append((name, digest)); continue }
            hub.logger.info("file was taken before", metadata: ["channel.id": "\(channel.id)"])
            try await FileImporter.blocking { try Self.sayTwice(name, known, place, number: desk.id) }
        }
        guard !fresh.isEmpty else { return true }
        let work = WatchedImport(importer: importer, channel: channel, connector: connector, exchange: exchange, reportedAt: batch.reportedAt)
        let ended = try await work.run(fresh.map { ($0.name, place.working + "/" + $0.name) }, id: desk.id)
        try await conclude(ended, fresh, channel, place, number: desk.id)
        hub.beacon.tell("imports", ended.report.id)
        return true
    }

    /// The same bytes again: nothing is done, and the sender is told so.
    private static func sayTwice(_ name: String, _ known: String, _ place: WatchedPlace, number: Int64) throws {
        let path = place.working + "/." + name + WatchedPlace.resultEnding
        let writer = try ResultWriter(path: path)
        try writer.append(row: nil, order: nil, result: "duplicate", code: "duplicate_file", message: "The same file was taken before as \(known). Nothing was done.")
        try writer.finish()
        defer { try? FileManager.default.removeItem(atPath: path) }      // a copy lies beside the file
        try place.finish(name, in: place.done, number: number, beside: [(WatchedPlace.resultEnding, path)])
    }

    private func conclude(_ ended: WatchedImport.Ended, _ files: [(name: String, digest: String)], _ channel: Channel, _ place: WatchedPlace, number: Int64) async throws {
        let report = ended.report, now = hub.now(), isTaken = ended.fault == nil
        // A person is told first, then the books are kept: whatever a crash leaves in `working` is taken again without effect, and told of again, or known by its digest and moved on.
        if let fault = ended.fault {
            await tell(channel, report.fileName, code: fault.code, "\(report.fileName) of \(channel.name) was not taken. \(fault.sentence) It lies in in/\(place.name)/failed, with a .result.csv beside it.")
        } else if report.rejected > 0 {
            let first = report.problems.first(where: \.isRejection).map { " First: row \($0.row)\($0.cell.map { ", cell \($0)" } ?? ""): \($0.message) \($0.remedy)" } ?? ""
            await tell(channel, report.fileName, code: "orders_rejected", "\(report.rejected) of \(report.orders) orders in \(report.fileName) of \(channel.name) were not taken.\(first) The rows are in the .rejected.csv beside it in in/\(place.name)/done.")
        } else { try await resolve(channel, report.fileName) }
        if isTaken {
            try await hub.ledgerDatabase.write { tx in
                for file in files {
                    try tx.run("""
                        INSERT INTO watched_files (channel_id, digest, file_name, import_id, taken_at) VALUES (\(channel.id.value), \(file.digest), \(file.name), \(number), \(now.milliseconds))
                        ON CONFLICT (channel_id, digest) DO NOTHING
                        """)
                }
            }
        }
        let folder = isTaken ? place.done : place.failed
        try await FileImporter.blocking {
            for file in files { try place.finish(file.name, in: folder, number: number, beside: [(WatchedPlace.resultEnding, ended.results), (WatchedPlace.rejectedEnding, ended.rejected)]) }
            try? FileManager.default.removeItem(atPath: ended.results)      // copies lie beside the files; scrap is swept
        }
        hub.watchedBook.note(channel.id, at: now) { standing in
            standing.lastFile = report.fileName
            standing.lastFileAt = now
            (standing.rows, standing.orders, standing.rejected) = (report.rows, report.orders, report.rejected)
            standing.problem = ended.fault?.sentence
        }
        if isTaken { try await resolve(channel, "silent") }
    }

    // MARK: telling

    /// Something that only a person can mend.
    func tell(_ channel: Channel, _ what: String, once: Bool = false, code: String, _ message: String) async {
        if once, !state.withLock({ $0[channel.id, default: Memory()].told.insert(what).inserted }) { return }
        let problem = Problem(kind: .unreadableDelivery, subject: Self.subject(channel, what), channel: channel.id, code: code, message: message)
        do { try await hub.ledger.write { try $0.raise(problem) } } catch {
            hub.logger.error("a problem with a file could not be kept", metadata: ["channel.id": "\(channel.id)", "error.code": "\(code)"])
        }
    }

    func resolve(_ channel: Channel, _ what: String) async throws {
        let subject = Self.subject(channel, what)
        _ = state.withLock { $0[channel.id]?.told.remove(what) }
        try await hub.ledger.write { try $0.resolve(.unreadableDelivery, subject: subject) }
    }

    private static func subject(_ channel: Channel, _ what: String) -> String { "file:\(channel.id):\(what.prefix(200))" }

    /// True once an hour.
    func sweepIsDue(_ channel: Channel, now: Timestamp) -> Bool {
        state.withLock { state in
            if let last = state[channel.id]?.sweptAt, last <= now, now - last < .seconds(Self.sweepEverySeconds) { return false }
            state[channel.id, default: Memory()].sweptAt = now
            return true
        }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String { hasSuffix(suffix) ? String(dropLast(suffix.count)) : self }
}
