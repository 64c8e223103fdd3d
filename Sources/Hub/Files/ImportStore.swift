import Database
import Documents
package import Domain
import Foundation

/// What stays of imports: reports, the files of rejected rows, and the mappings of each sender.
package struct ImportStore: Sendable {
    static let maximumMappings = 200
    /// Scrap of an import that was killed is swept when it is older than this.
    static let scrapSeconds: TimeInterval = 86_400

    private let database: Database
    private let path: String
    private let now: @Sendable () -> Timestamp
    private let desk: ImportDesk

    init(hub: Hub) throws(ImportFault) {
        guard let output = hub.channels.outputFolder else { throw .noStorage }
        database = hub.ledgerDatabase
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

    /// Removes what a killed process left behind.
    package func sweep() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []           // no folder yet: nothing to sweep
        for name in names where name.hasPrefix("rows-") || name.hasPrefix("upload-") {
            let file = path + "/" + name
            let changed = (try? FileManager.default.attributesOfItem(atPath: file)[.modificationDate]) as? Date ?? .now       // gone meanwhile: nothing to do
            // What cannot be removed now is tried again at the next import.
            if changed.timeIntervalSinceNow < -Self.scrapSeconds { try? FileManager.default.removeItem(atPath: file) }
        }
    }

    func save(_ report: ImportReport) async throws {
        let text = try OrderRows.encodeOne(report), id = Int64(report.id) ?? 0
        try await database.write { tx in
            try tx.run("""
                INSERT INTO file_imports (id, channel_id, file_name, state, report, created_at)
                VALUES (\(id), \(report.channel.value), \(report.fileName), \(report.state.rawValue), \(text), \(report.createdAt.milliseconds))
                ON CONFLICT (id) DO UPDATE SET state = excluded.state, report = excluded.report
                """)
        }
    }

    /// As it stands: one that runs here with its progress, one whose process ended as interrupted.
    package func report(_ id: Int64) async throws -> ImportReport {
        if let running = desk.report(id) { return running }
        let text = try await database.read { tx in try tx.first("SELECT report FROM file_imports WHERE id = \(id)") { try $0.text(0) } }
        guard let text else { throw ImportFault.unknownImport }
        return try read(text)
    }

    /// A channel's imports, newest first, before `cursor`.
    package func history(of channel: ChannelID, before cursor: Int64?, limit: Int) async throws -> [ImportReport] {
        let texts = try await database.read { tx in
            try tx.rows("SELECT report FROM file_imports WHERE channel_id = \(channel.value) AND id < \(cursor ?? Int64.max) ORDER BY id DESC LIMIT \(limit)") { try $0.text(0) }
        }
        return try texts.map(read)
    }

    private func read(_ text: String) throws -> ImportReport {
        var report = try OrderRows.decode(ImportReport.self, text, column: "report")
        guard report.state == .running else { return report }
        if let running = Int64(report.id).flatMap(desk.report) { return running }
        report.state = .interrupted
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
