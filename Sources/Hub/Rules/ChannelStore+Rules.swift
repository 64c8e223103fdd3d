package import Domain
import Database

extension ChannelStore {
    static let maximumListedVersions = 100, maximumScheduled = 20
    package static let maximumDaysAhead = 366

    /// The rules of a channel that hold now; nil when it has none.
    package func rules(of channel: ChannelID) async throws -> (version: Int, text: String)? {
        let now = now()
        return try await database.read { tx in try RuleRows.inForce(channel, at: now, in: tx) }
    }

    /// Newest first, the last hundred.
    package func ruleVersions(of channel: ChannelID) async throws -> [RuleSetVersion] {
        let now = now()
        return try await database.read { tx in try RuleRows.versions(of: channel, at: now, limit: Self.maximumListedVersions, in: tx) }
    }

    /// - Throws: `RuleVersionFault.unknownVersion`.
    package func ruleVersion(_ version: Int, of channel: ChannelID) async throws -> RuleSetVersion {
        let now = now()
        guard let found = try await database.read({ tx in try RuleRows.version(version, of: channel, at: now, in: tx) }) else { throw RuleVersionFault.unknownVersion(version) }
        return found
    }

    /// Checks the text, stores it as the channel's next version and uses it from now on, or from the time that is asked for. What is there already
    /// (the same text in force, or scheduled for the same time) is not stored again.
    ///
    /// - Throws: `RuleError` with the place of the first mistake; `RuleVersionFault`. Nothing is stored then.
    package func applyRules(_ wanted: RuleApplication, to channel: ChannelID) async throws -> (version: RuleSetVersion, isNew: Bool) {
        _ = try RuleSet(yaml: wanted.text, version: 0)
        guard directory.channel(channel) != nil else { throw ChannelFault.unknownChannel("\(channel)") }
        let now = now(), id = ids.next(), ids = ids
        if let note = wanted.note, note.count > RuleApplication.maximumNoteCharacters { throw RuleVersionFault.noteTooLong }
        if let from = wanted.effectiveFrom {
            guard from > now else { throw RuleVersionFault.startsInPast }
            guard from <= now + .seconds(86_400 * Self.maximumDaysAhead) else { throw RuleVersionFault.startsTooLate }
        }
        let outcome = try await database.write { tx in
            let newest = try RuleRows.newest(of: channel, at: now, in: tx), inForce = try RuleRows.inForce(channel, at: now, in: tx)
            if let same = try RuleRows.same(as: wanted, inForce: inForce?.version, channel, at: now, in: tx) { return (same, false) }
            if let basedOn = wanted.basedOn, basedOn != newest?.version ?? 0 {
                throw RuleVersionFault.conflict(newest: newest?.version ?? 0, by: newest?.appliedBy ?? "", at: newest?.appliedAt ?? now)
            }
            if wanted.effectiveFrom != nil, try RuleRows.scheduledCount(of: channel, at: now, in: tx) >= Self.maximumScheduled { throw RuleVersionFault.tooManyScheduled }
            let next = (newest?.version ?? 0) + 1
            try RuleRows.insert(wanted, as: next, id: id, channel, at: now, in: tx)
            var after = ["version": "\(next)"]
            after["effectiveFrom"] = wanted.effectiveFrom?.description
            let action = wanted.effectiveFrom == nil ? "rules.apply" : "rules.schedule"
            try AuditRows.append(AuditChange(wanted.actor, action, "channel:\(channel)", before: ["version": "\(inForce?.version ?? 0)"], after: after, note: wanted.note), in: tx, ids: ids, at: now)
            guard let stored = try RuleRows.version(next, of: channel, at: now, in: tx) else { throw RuleVersionFault.unknownVersion(next) }
            return (stored, true)
        }
        if outcome.1 { try await reload() }
        return outcome
    }

    /// Takes back a version whose time has not come. Asked again, it changes nothing.
    package func withdrawRules(_ version: Int, of channel: ChannelID, by actor: AuditActor) async throws -> RuleSetVersion {
        let now = now(), ids = ids
        let withdrawn = try await database.write { tx in
            guard let found = try RuleRows.version(version, of: channel, at: now, in: tx) else { throw RuleVersionFault.unknownVersion(version) }
            if found.standing == .withdrawn { return found }
            guard found.standing == .scheduled else { throw RuleVersionFault.notScheduled(version) }
            try tx.run("UPDATE rule_sets SET withdrawn_by = \(actor.name), withdrawn_at = \(now.milliseconds) WHERE channel_id = \(channel.value) AND version = \(version)")
            let change = AuditChange(actor, "rules.withdraw", "channel:\(channel)", before: ["version": "\(version)", "effectiveFrom": found.effectiveFrom.description])
            try AuditRows.append(change, in: tx, ids: ids, at: now)
            guard let stored = try RuleRows.version(version, of: channel, at: now, in: tx) else { throw RuleVersionFault.unknownVersion(version) }
            return stored
        }
        try await reload()
        return withdrawn
    }
}
