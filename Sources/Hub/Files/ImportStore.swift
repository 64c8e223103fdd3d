import Database
import Documents
package import Domain
import Foundation

/// What stays of imports: reports, the files of rejected rows, and the mappings of each sender.
package struct ImportStore: Sendable {
    static let maximumMappings = 200
    /// Scrap of an import that was killed is swept when it is older than this.
    static let scrapSeconds: TimeInterval = 86_400
    /// A file that waits for its corrections is kept for so long.
    package static let keptDays = 7

    private let database: Database
    private let path: String
    private let ids: IdentifierSource
    private let now: @Sendable () -> Timestamp
    private let desk: ImportDesk

    init(hub: Hub) throws(ImportFault) {
        guard let output = hub.channels.outputFolder else { throw .noStorage }
        database = hub.ledgerDatabase
        ids = hub.channels.ids
        now = hub.now
        desk = hub.imports
        path = URL(filePath: output).deletingLastPathComponent().appending(path: "imports").path(percentEncoded: false)
    }

    /// The folder for rejected rows and for uploads under way.
    package func folder() throws -> String {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { throw ImportFault.file(.unwritable(reason: "the folder for imports cannot be made")) }
        return path
    }

    package func rejectedPath(_ id: Int64) -> String { "\(path)/\(id).rejected.csv" }

    func keptPath(_ id: Int64) -> String { "\(path)/kept-\(id)" }
    func problemsPath(_ id: Int64) -> String { "\(path)/\(id).problems" }
    private func lookPath(_ id: Int64) -> String { "\(path)/\(id).look" }

    package func isKept(_ id: Int64) -> Bool { FileManager.default.fileExists(atPath: keptPath(id)) }

    /// The kept file and what was seen in it.
    func forget(_ id: Int64) {
        forgetFile(id)
        try? FileManager.default.removeItem(atPath: lookPath(id))      // it may not be there; what stays behind is swept
        ProblemWriter.remove(problemsPath(id))
    }

    func forgetFile(_ id: Int64) {
        try? FileManager.default.removeItem(atPath: keptPath(id))      // it may not be there; what stays behind is swept
    }

    /// Nothing of an earlier look at the same file may stand beside the new one's.
    func clear(_ id: Int64) {
        try? FileManager.default.removeItem(atPath: rejectedPath(id))      // there may be none
        ProblemWriter.remove(problemsPath(id))
    }

    func keep(_ look: FileLook, of id: Int64) throws {
        do {
            try JSONEncoder.crossdock.encode(look).write(to: URL(filePath: lookPath(id)))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: lookPath(id))
        } catch { throw FileProblem.unwritable(reason: "the folder for imports takes no file") }
    }

    /// The top of the file; nil when it was never read so far, or is forgotten. Blocks.
    package func look(_ id: Int64) throws -> FileLook? {
        guard let data = FileManager.default.contents(atPath: lookPath(id)) else { return nil }
        return try JSONDecoder().decode(FileLook.self, from: data)
    }

    /// Problems in the order of the file's orders, of one code or all. Blocks.
    package func problems(_ id: Int64, code: String? = nil, isRejection: Bool? = nil, from start: Int, limit: Int) throws -> ProblemPage {
        try ProblemPage.read(problemsPath(id), code: code, isRejection: isRejection, from: max(0, start), limit: limit)
    }

    /// Removes what a killed process left behind, and files that nobody came back to.
    package func sweep() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []           // no folder yet: nothing to sweep
        for name in names {
            let file = path + "/" + name, isScrap = name.hasPrefix("rows-") || name.hasPrefix("upload-")
            guard isScrap || name.hasPrefix("kept-") || name.hasSuffix(".look") || name.contains(".problems") else { continue }
            let changed = (try? FileManager.default.attributesOfItem(atPath: file)[.modificationDate]) as? Date ?? .now       // gone meanwhile: nothing to do
            // What cannot be removed now is tried again at the next import.
            if changed.timeIntervalSinceNow < -Self.scrapSeconds * (isScrap ? 1 : Double(Self.keptDays)) { try? FileManager.default.removeItem(atPath: file) }
        }
    }

    /// - Parameter change: written down in the same transaction.
    func save(_ report: ImportReport, options: ImportOptions? = nil, audit change: AuditChange? = nil) async throws {
        let text = try OrderRows.encodeOne(report), id = Int64(report.id) ?? 0, said = try options.map { try OrderRows.encodeOne($0) }, ids = ids, at = now()
        try await database.write { tx in
            try tx.run("""
                INSERT INTO file_imports (id, channel_id, file_name, state, report, created_at, options)
                VALUES (\(id), \(report.channel.value), \(report.fileName), \(report.state.rawValue), \(text), \(report.createdAt.milliseconds), \(said))
                ON CONFLICT (id) DO UPDATE SET state = excluded.state, report = excluded.report, options = COALESCE(excluded.options, file_imports.options)
                """)
            if let change { try AuditRows.append(change, in: tx, ids: ids, at: at) }
        }
    }

    /// What was said about the file.
    package func options(_ id: Int64) async throws -> ImportOptions {
        let text = try await database.read { tx in try tx.first("SELECT options FROM file_imports WHERE id = \(id)") { try $0.optionalText(0) } }.flatMap { $0 }
        return try text.map { try OrderRows.decode(ImportOptions.self, $0, column: "options") } ?? ImportOptions()
    }

    /// As it stands: one that runs here with its progress, one whose process ended as interrupted.
    package func report(_ id: Int64, besidesDesk: Bool = false) async throws -> ImportReport {
        if !besidesDesk, let running = desk.report(id) { return running }
        return try await lookingAgain { tx in
            guard let text = try tx.first("SELECT report FROM file_imports WHERE id = \(id)", { try $0.text(0) }) else { throw ImportFault.unknownImport }
            return [text]
        }[0]
    }

    /// Imports of a channel, or of all, newest first, before `cursor`.
    package func history(of channel: ChannelID?, before cursor: Int64?, limit: Int) async throws -> [ImportReport] {
        try await lookingAgain { tx in
            let below = cursor ?? Int64.max, own: SQL = channel.map { "channel_id = \($0.value) AND " } ?? ""
            return try tx.rows("SELECT report FROM file_imports WHERE \(own)id < \(below) ORDER BY id DESC LIMIT \(limit)") { try $0.text(0) }
        }
    }

    /// One that ends between the look into the database and the look at the desk seems interrupted: then both are asked once more.
    private func lookingAgain(_ look: @escaping @Sendable (any Transaction) throws -> [String]) async throws -> [ImportReport] {
        let reports = try await database.read(look).map(read)
        return reports.contains { $0.state == .interrupted } ? try await database.read(look).map(read) : reports
    }

    private func read(_ text: String) throws -> ImportReport {
        var report = try OrderRows.decode(ImportReport.self, text, column: "report")
        if report.state == .running {
            if let running = Int64(report.id).flatMap(desk.report) { return running }
            report.state = .interrupted
        }
        report.isKept = Int64(report.id).map(isKept)
        return report
    }

    /// The mappings of this sender by fingerprint, the latest ones.
    func mappings(of channel: ChannelID) async throws -> [String: ColumnMapping] {
        let rows = try await database.read { tx in
            try tx.rows("SELECT fingerprint, mapping FROM column_mappings WHERE channel_id = \(channel.value) ORDER BY updated_at DESC LIMIT \(Self.maximumMappings)") {
                (try $0.text(0), try $0.text(1))
            }
        }
        return try rows.reduce(into: [:]) { $0[$1.0] = try OrderRows.decode(ColumnMapping.self, $1.1, column: "mapping") }
    }

    func remember(_ mapping: ColumnMapping, for channel: ChannelID) async throws {
        let text = try OrderRows.encodeOne(mapping), at = now().milliseconds, fingerprint = mapping.fingerprint
        try await database.write { tx in
            try tx.run("""
                INSERT INTO column_mappings (channel_id, fingerprint, mapping, updated_at)
                VALUES (\(channel.value), \(fingerprint), \(text), \(at))
                ON CONFLICT (channel_id, fingerprint) DO UPDATE SET mapping = excluded.mapping, updated_at = excluded.updated_at
                """)
        }
    }
}
