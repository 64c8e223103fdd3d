package import Database
package import Domain
import Foundation
import Synchronization

/// What the company that works here has settled for all its people.
package struct Workspace: Sendable, Equatable {
    package var name = ""
    /// A name of the IANA time zone database: where a day begins.
    package var timeZone = "UTC"
    /// Of pages, for people who chose none: `en`, `th`, `es`.
    package var language = "en"
    package var retention = Retention()
    /// Hours without news after which a parcel on its way counts as not moving.
    package var stillHours = 48
    package init() {}

    /// Days after which what is no longer needed is removed; 0: never.
    package struct Retention: Sendable, Equatable, Codable {
        /// Bodies of deliveries that were interpreted without a complaint.
        package var deliveries = 180
        /// Single tries of jobs, with what was answered.
        package var attempts = 400
        /// Dead letters that were retried or discarded.
        package var closedDeadLetters = 400
        package init() {}
        package init(deliveries: Int, attempts: Int, closedDeadLetters: Int) { self.deliveries = deliveries; self.attempts = attempts; self.closedDeadLetters = closedDeadLetters }
    }

    package static let maximumName = 100, shortestRetention = 7, longestRetention = 3650, shortestStillHours = 1, longestStillHours = 720
}

/// Reads and changes the workspace's settings; they are remembered, because every page asks for them.
package final class WorkspaceStore: Sendable {
    private let database: Database
    private let ids: IdentifierSource
    private let now: @Sendable () -> Timestamp
    private let memory = Mutex(Workspace())

    package init(database: Database, ids: IdentifierSource, now: @escaping @Sendable () -> Timestamp) { self.database = database; self.ids = ids; self.now = now }

    package var current: Workspace { memory.withLock { $0 } }

    package func reload() async throws {
        let stored = try await database.read { tx in try Self.read(in: tx) }
        memory.withLock { $0 = stored }
    }

    /// - Throws: `.badSetting` for a time zone or a number that cannot be; nothing is changed then.
    package func change(by actor: AuditActor, _ edit: @escaping @Sendable (inout Workspace) -> Void) async throws -> Workspace {
        let at = now(), ids = ids
        let changed = try await database.write { tx -> Workspace in
            let before = try Self.read(in: tx)
            var after = before
            edit(&after)
            try Self.check(after)
            let old = Self.texts(before), new = Self.texts(after), names = new.keys.filter { old[$0] != new[$0] }.sorted()
            guard !names.isEmpty else { return after }
            for name in names {
                try tx.run("INSERT INTO workspace_settings (name, value) VALUES (\(name), \(new[name] ?? "")) ON CONFLICT (name) DO UPDATE SET value = excluded.value")
            }
            try AuditRows.append(AuditChange(actor, "workspace.change", "workspace", before: old.filter { names.contains($0.key) }, after: new.filter { names.contains($0.key) }), in: tx, ids: ids, at: at)
            return after
        }
        memory.withLock { $0 = changed }
        return changed
    }

    private static func check(_ workspace: Workspace) throws {
        guard workspace.name.isEmpty || PersonText.name(workspace.name) == workspace.name else { throw PeopleFault.badSetting("A workspace's name has at most \(Workspace.maximumName) characters.") }
        guard isTimeZone(workspace.timeZone) else { throw PeopleFault.badSetting("There is no time zone \(workspace.timeZone.prefix(60)). Take a name as in Asia/Bangkok or America/Santiago.") }
        guard PersonText.languages.contains(workspace.language) else { throw PeopleFault.badSetting("The language is one of: \(PersonText.languages.joined(separator: ", ")).") }
        for days in [workspace.retention.deliveries, workspace.retention.attempts, workspace.retention.closedDeadLetters] {
            guard days == 0 || (Workspace.shortestRetention...Workspace.longestRetention).contains(days) else {
                throw PeopleFault.badSetting("Days to keep are \(Workspace.shortestRetention) to \(Workspace.longestRetention), or 0 for ever.")
            }
        }
        guard (Workspace.shortestStillHours...Workspace.longestStillHours).contains(workspace.stillHours) else {
            throw PeopleFault.badSetting("Hours without news are \(Workspace.shortestStillHours) to \(Workspace.longestStillHours).")
        }
    }

    /// A name of the time zone database, in its own letters.
    package static func isTimeZone(_ name: String) -> Bool { name == "UTC" || (zones.contains(name) && TimeZone(identifier: name) != nil) }
    package static let zones: Set<String> = Set(TimeZone.knownTimeZoneIdentifiers)

    private static func texts(_ workspace: Workspace) -> [String: String] {
        ["name": workspace.name, "timeZone": workspace.timeZone, "language": workspace.language, "retention.deliveries": "\(workspace.retention.deliveries)",
         "retention.attempts": "\(workspace.retention.attempts)", "retention.closedDeadLetters": "\(workspace.retention.closedDeadLetters)",
         "shipping.stillHours": "\(workspace.stillHours)"]
    }

    private static func read(in tx: any Transaction) throws -> Workspace {
        var workspace = Workspace()
        for (name, value) in try tx.rows("SELECT name, value FROM workspace_settings ORDER BY name LIMIT 100", { (try $0.text(0), try $0.text(1)) }) {
            switch name {
            case "name": workspace.name = value
            case "timeZone": workspace.timeZone = value
            case "language": workspace.language = value
            case "retention.deliveries": workspace.retention.deliveries = Int(value) ?? workspace.retention.deliveries
            case "retention.attempts": workspace.retention.attempts = Int(value) ?? workspace.retention.attempts
            case "retention.closedDeadLetters": workspace.retention.closedDeadLetters = Int(value) ?? workspace.retention.closedDeadLetters
            case "shipping.stillHours": workspace.stillHours = Int(value) ?? workspace.stillHours
            default: break
            }
        }
        return workspace
    }
}
