package import Connect
package import Domain

/// What came of trying settings before they are kept.
package struct ChannelTrial: Sendable {
    /// Settings that are wrong as they stand, by key; `name` is the channel's own.
    package var faults: [String: ConnectorFault]
    /// What the platform said; empty where the connector asks it nothing.
    package var rows: [CheckRow]
    package enum ConnectorFault: Sendable, Equatable { case missing, nameTaken, badName, wrong(String) }
    package var isGood: Bool { faults.isEmpty && rows.allSatisfy(\.isGood) }

    /// `webhooks`, or one row a topic: `webhook orders/create`, `webhook order.created`.
    package static func tellsOfWebhooks(_ row: CheckRow) -> Bool { row.name == "webhooks" || (row.name.hasPrefix("webhook ") && row.name.contains { "./".contains($0) }) }
}

extension ChannelStore {
    static let trialKey = "not-connected-yet"

    /// Tries settings against the platform and keeps nothing. Of webhooks nothing is told: they are registered when the channel is kept.
    ///
    /// - Parameter existing: the channel whose other settings stand where none is given.
    package func trial(platform: PlatformName, name: String?, settings given: [String: String], existing: Channel? = nil) async throws -> ChannelTrial {
        let descriptor = try descriptor(platform)
        var settings = given.filter { !$0.value.isEmpty }
        if let existing { settings = try await self.settings(of: existing.id).merging(given) { _, new in new }.filter { !$0.value.isEmpty } }
        var faults: [String: ChannelTrial.ConnectorFault] = [:]
        for field in descriptor.settings where field.isRequired && field.defaultValue == nil && settings[field.key] == nil { faults[field.key] = .missing }
        if let name {
            do { try check(name: name) } catch { faults["name"] = name.isEmpty ? .missing : .badName }
            if directory.surroundings.channels.values.contains(where: { $0.name == name && $0.id != existing?.id }) { faults["name"] = .nameTaken }
        }
        let channel = existing ?? Channel(id: ChannelID(0), name: name ?? platform, platform: platform, kind: descriptor.kind, hookKey: Self.trialKey, settings: [:], state: .active, createdAt: now())
        guard faults.filter({ $0.key != "name" }).isEmpty else { return ChannelTrial(faults: faults, rows: []) }
        do {
            let connector = try build(channel, descriptor, settings: settings, isTrial: existing == nil)
            guard faults.isEmpty, let checking = connector as? any ChecksItself else { return ChannelTrial(faults: faults, rows: []) }
            let rows = await checking.check()
            return ChannelTrial(faults: faults, rows: existing == nil ? rows.filter { !ChannelTrial.tellsOfWebhooks($0) } : rows)
        } catch let error as ConnectorError {
            guard case .misconfigured(let setting, let problem) = error else { throw error }
            faults[setting] = .wrong(problem)
            return ChannelTrial(faults: faults, rows: [])
        }
    }

    /// The secret settings that a channel has, by key.
    package func secretsSet(of id: ChannelID) async throws -> Set<String> {
        guard let channel = directory.channel(id) else { throw ChannelFault.unknownChannel("\(id)") }
        let secrets = Set(try descriptor(channel.platform).settings.filter(\.isSecret).map(\.key))
        return Set(try await settings(of: id).filter { !$0.value.isEmpty && secrets.contains($0.key) }.keys)
    }
}
