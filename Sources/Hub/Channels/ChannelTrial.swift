package import Connect
package import Domain
import Synchronization

/// What came of trying settings before they are kept.
package struct ChannelTrial: Sendable {
    /// Settings that are wrong as they stand, by key; `name` is the channel's own.
    package var faults: [String: ConnectorFault]
    /// What the platform said; empty where the connector asks it nothing.
    package var rows: [CheckRow]
    package enum ConnectorFault: Sendable, Equatable { case missing, nameTaken, badName, wrong(String) }
    package var isGood: Bool { faults.isEmpty && rows.allSatisfy(\.isGood) }

    /// `webhooks`, or one row a topic: `webhook orders/create`, `webhook order.created`; `pushes`, `push address`, `push topics`. A key that pushes are signed with is a setting.
    package static func tellsOfWebhooks(_ row: CheckRow) -> Bool { row.name == "webhooks" || (row.name.hasPrefix("push") && row.name != "push key") || (row.name.hasPrefix("webhook ") && row.name.contains { "./".contains($0) }) }
}

/// Tokens for the time of one trial: asked for with the settings that are tried, and forgotten with it.
final class TrialCredentials: Sendable {
    private struct State { var connector: (any Connector)?, held: [String: Credential] = [:] }
    private let state = Mutex(State())

    /// What stands in a row for a consent that can only be given to a channel that is there.
    static let later = "the seller agrees in the browser once the channel is connected"

    var source: CredentialSource {
        CredentialSource { [weak self] grant, refused throws(ConnectorError) in
            guard let self, let refreshing = self.state.withLock({ $0.connector }) as? any RefreshesTokens, type(of: refreshing).refreshPolicy.startsFromSettings else { throw .unauthorised(reason: Self.later) }
            if let held = self.state.withLock({ $0.held[grant] }), held.accessToken != refused { return held }
            let fresh = try await refreshing.refreshToken(nil, grant: grant)
            self.state.withLock { $0.held[grant] = fresh }
            return fresh
        }
    }

    func lent<T: Sendable>(to connector: any Connector, _ body: () async -> T) async -> T {
        state.withLock { $0.connector = connector }
        // The connector holds the source: letting go of it here keeps neither for ever.
        defer { state.withLock { $0 = State() } }
        return await body()
    }

    /// That a seller has not agreed yet is no fault of the settings.
    static func told(_ row: CheckRow) -> CheckRow { !row.isGood && [later, ConnectorError.consentAwaitedReason].contains(where: row.found.contains) ? CheckRow(row.name, isGood: true, found: later) : row }
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
            let credentials = existing == nil ? TrialCredentials() : nil
            let connector = try build(channel, descriptor, settings: settings, trial: credentials)
            guard faults.isEmpty, let checking = connector as? any ChecksItself else { return ChannelTrial(faults: faults, rows: []) }
            guard let credentials else { return ChannelTrial(faults: faults, rows: await checking.check()) }
            let rows = await credentials.lent(to: connector) { await checking.check() }
            return ChannelTrial(faults: faults, rows: rows.filter { !ChannelTrial.tellsOfWebhooks($0) }.map(TrialCredentials.told))
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
