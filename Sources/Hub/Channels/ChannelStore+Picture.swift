package import Domain
import Connect
import Database
import Foundation
import Logging

extension ChannelStore {
    /// Reads channels, rules and routes and swaps the picture. A channel whose connector refuses its settings is shown as broken and takes no part.
    package func reload() async throws {
        let stored = try await database.read { tx in
            try tx.rows("SELECT id, name, platform, hook_key, settings, secrets, state, state_reason, created_at FROM channels ORDER BY id") { row in
                (id: ChannelID(try row.int64(0)), name: try row.text(1), platform: try row.text(2), hookKey: try row.text(3), settings: try row.text(4),
                 secrets: try row.blob(5), state: try row.value(Channel.State.self, 6), reason: try row.optionalText(7), createdAt: Timestamp(milliseconds: try row.int64(8)))
            }
        }
        let time = now(), rules = try await database.read { tx in try RuleRows.live(at: time, in: tx) }
        let routes = try await database.read { tx in
            try tx.rows("SELECT document FROM routes ORDER BY position, id") { try OrderRows.decode(Route.self, $0.text(0), column: "document") }
        }
        let accounts = try await database.read { tx in
            try tx.rows("SELECT channel_id, account_id FROM credentials WHERE account_id IS NOT NULL") { (ChannelID(try $0.int64(0)), try $0.text(1)) }
        }
        var picture = ChannelDirectory.Picture()
        for row in stored {
            guard let descriptor = registry.descriptor(of: row.platform) else { continue }
            let plain = try OrderRows.decode([String: String].self, row.settings, column: "settings")
            let channel = Channel(id: row.id, name: row.name, platform: row.platform, kind: descriptor.kind, hookKey: row.hookKey, settings: plain,
                                  state: row.state, stateReason: row.reason, createdAt: row.createdAt)
            picture.surroundings.channels[row.id] = channel
            guard row.state != .removed else { continue }
            picture.descriptors[row.id] = descriptor
            picture.byHookKey[row.hookKey] = row.id
            do {
                picture.connectors[row.id] = try build(channel, descriptor, settings: plain.merging(try vault.open(row.secrets)) { _, secret in secret })
            } catch let error as ConnectorError { picture.broken[row.id] = error }
            if picture.connectors[row.id] is any ArrangesShipments { picture.surroundings.channels[row.id]?.abilities.insert(.arrangesShipments) }
            if picture.connectors[row.id] is any AllotsTrackingNumbers { picture.surroundings.channels[row.id]?.abilities.insert(.numbersParcels) }
            if picture.connectors[row.id] is any MarksDelivered { picture.surroundings.channels[row.id]?.abilities.insert(.marksDelivered) }
            if picture.connectors[row.id] is any TracksShipments { picture.surroundings.channels[row.id]?.abilities.insert(.tracks) }
        }
        for (id, account) in accounts {
            guard let channel = picture.surroundings.channels[id], channel.state != .removed else { continue }
            picture.byAccount[.init(platform: channel.platform, id: account)] = id
        }
        for (channel, versions) in Dictionary(grouping: rules, by: \.channel) {
            let holding = versions.last { !$0.isScheduled || $0.startsAt <= time }
            let later = versions.filter { $0.isScheduled && $0.startsAt > time }
            guard !later.isEmpty else { picture.surroundings.rules[channel] = holding.map(Self.compiled); continue }
            picture.surroundings.rules[channel] = RuleTimeline(first: holding.map(Self.compiled), later: later.map { .init(from: $0.startsAt, rules: Self.compiled($0)) })
        }
        picture.surroundings.routes = try routes.map { CompiledRoute(route: $0, condition: try $0.condition.map { try RuleCondition(yaml: $0) }) }
        directory.replace(picture)
    }

    /// Rules that this version can no longer read must not stop the hub, and must not let orders through unread.
    private static func compiled(_ stored: RuleRows.Live) -> any OrderRules {
        do { return try RuleSet(yaml: stored.text, version: stored.version) } catch { return UnreadableRules(version: stored.version, reason: error.sentence) }
    }

    /// The routes that every hub starts with: approved orders go to the courier, shipped and cancelled ones back to their shop.
    package func seedRoutes() async throws {
        try await seed("routes.first", [
            Route(id: RouteID(ids.next()), name: "book at the courier", events: [.approved], destination: .courier),
            Route(id: RouteID(ids.next()), name: "tell the shop", events: [.shipped, .cancelRequested], destination: .source),
        ], onlyIfNone: true)
        try await seed("routes.arrange", [Route(id: RouteID(ids.next()), name: "arrange at the marketplace", events: [.approved], destination: .source)], onlyIfNone: false)
    }

    /// Once in a hub's life: what a person takes away afterwards stays away.
    private func seed(_ mark: String, _ routes: [Route], onlyIfNone: Bool) async throws {
        let (isDone, count) = try await database.read { tx in
            (try tx.first("SELECT 1 FROM cursors WHERE channel_id = 0 AND name = \(mark)") { try $0.int(0) } != nil, try tx.first("SELECT COUNT(*) FROM routes") { try $0.int(0) } ?? 0)
        }
        guard !isDone else { return }
        if !onlyIfNone || count == 0 { for (index, route) in routes.enumerated() { try await save(route, position: count + index + 1) } }
        let at = now().milliseconds
        try await database.write { tx in
            try tx.run("INSERT INTO cursors (channel_id, name, position, updated_at) VALUES (0, \(mark), 1, \(at)) ON CONFLICT (channel_id, name) DO NOTHING")
        }
    }

    package func save(_ route: Route, position: Int, auditedBy: AuditActor? = nil) async throws {
        let document = try OrderRows.encodeOne(route), time = now(), at = time.milliseconds, ids = ids
        let old = directory.surroundings.routes.first { $0.route.id == route.id }?.route
        let change = auditedBy.map { AuditChange($0, old == nil ? "route.create" : "route.replace", "route:\(route.id)", before: old.map(Self.summary), after: Self.summary(route)) }
        let moved = try await database.write { tx in
            if let change { try AuditRows.append(change, in: tx, ids: ids, at: time) }
            try tx.run("""
                INSERT INTO routes (id, name, document, mode, position, updated_at)
                VALUES (\(route.id.value), \(route.name), \(document), \(route.mode.rawValue), \(position), \(at))
                ON CONFLICT (id) DO UPDATE SET name = excluded.name, document = excluded.document, mode = excluded.mode, updated_at = excluded.updated_at
                """)
            return try Self.moveJobs(of: route, in: tx)
        }
        queues.apply(moved)
        try await reload()
    }

    /// The jobs of a paused route wait, those of a live one go.
    private static func moveJobs(of route: Route, in tx: any Transaction) throws -> [QueueBook.Key: Int] {
        let (old, new) = route.mode == .live ? ("paused", "ready") : ("ready", "paused")
        let counts = try tx.rows("SELECT destination_id, COUNT(*) FROM jobs WHERE route_id = \(route.id.value) AND state = \(old) GROUP BY destination_id") {
            (ChannelID(try $0.int64(0)), try $0.int(1))
        }
        guard !counts.isEmpty else { return [:] }
        try tx.run("UPDATE jobs SET state = \(new) WHERE route_id = \(route.id.value) AND state = \(old)")
        return counts.reduce(into: [:]) { moved, entry in
            moved[QueueBook.Key(route: route.id, destination: entry.0, state: old)] = -entry.1
            moved[QueueBook.Key(route: route.id, destination: entry.0, state: new)] = entry.1
        }
    }

    package func removeRoute(_ id: RouteID, auditedBy: AuditActor? = nil) async throws {
        let ids = ids, at = now(), old = directory.surroundings.routes.first { $0.route.id == id }?.route
        let change = auditedBy.map { AuditChange($0, "route.remove", "route:\(id)", before: old.map(Self.summary)) }
        try await database.write { tx in
            if let change { try AuditRows.append(change, in: tx, ids: ids, at: at) }
            try tx.run("DELETE FROM routes WHERE id = \(id.value)")
        }
        try await reload()
    }
}

extension ChannelStore {
    /// A route for the audit.
    private static func summary(_ route: Route) -> [String: String] {
        let destination = switch route.destination { case .source: "source"; case .courier: "courier"; case .channel(let id): "channel:\(id)" }
        var members = ["name": route.name, "events": route.events.map(\.rawValue).joined(separator: ", "), "destination": destination, "mode": route.mode.rawValue]
        members["condition"] = route.condition
        return members
    }
}

/// Stands in for a rule set that cannot be read: everything waits for a person.
struct UnreadableRules: OrderRules {
    let version: Int, reason: String
    func decide(_ facts: RuleFacts) -> RuleDecision {
        RuleDecision(outcome: .held, reason: "The channel's rules cannot be read: \(reason)", rule: "unreadable rules", ruleSetVersion: version)
    }
}
