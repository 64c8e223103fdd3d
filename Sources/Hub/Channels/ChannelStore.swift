package import Domain
package import Connect
package import Database
package import Logging
import Foundation
import Synchronization

package enum ChannelFault: HubError, Equatable {
    case unknownPlatform(String, known: [String])
    case unknownChannel(String)
    case nameTaken(String)
    case badName(String)
    case unknownSetting(String, platform: String, known: [String])
    case missingSettings([String], platform: String)
    case busy(String)

    package var code: String {
        switch self {
        case .unknownPlatform: "unknown_platform"
        case .unknownChannel: "unknown_channel"
        case .nameTaken: "name_taken"
        case .badName: "bad_name"
        case .unknownSetting: "unknown_setting"
        case .missingSettings: "missing_settings"
        case .busy: "changed_meanwhile"
        }
    }
    package var sentence: String {
        switch self {
        case .unknownPlatform(let name, let known): "There is no platform \"\(name)\". Known are: \(known.joined(separator: ", "))."
        case .unknownChannel(let name): "There is no channel \"\(name)\". `crossdock channel list` shows them."
        case .nameTaken(let name): "A channel named \"\(name)\" exists already. Choose another name."
        case .badName(let name): "\"\(name)\" cannot be a channel's name: 1 to 64 letters, digits, spaces, dots, dashes or underscores."
        case .unknownSetting(let key, let platform, let known): "\(platform) has no setting \"\(key)\". It has: \(known.joined(separator: ", "))."
        case .missingSettings(let keys, let platform): "\(platform) needs \(keys.joined(separator: ", ")). Give them with --set key=value; `crossdock channel settings \(platform)` explains them."
        case .busy(let name): "The settings of \(name) are being changed by somebody else at this moment. Try again."
        }
    }
    package var failureClass: FailureClass { .rejected }
}

/// The SQL of channels, and the picture that everything runs on.
package final class ChannelStore: Sendable {
    package typealias HTTPFactory = @Sendable (Channel, PlatformDescriptor) -> ChannelHTTP
    package typealias RuleCompiler = @Sendable (_ text: String, _ version: Int) throws -> any OrderRules
    package typealias ConditionCompiler = @Sendable (_ text: String) throws -> any OrderCondition

    let database: Database
    let vault: Vault
    package let registry: ConnectorRegistry
    package let directory: ChannelDirectory
    let ids: IdentifierSource
    let now: @Sendable () -> Timestamp
    let logger: Logger
    let http: HTTPFactory
    let outputFolder: String?
    /// The tokens of the channels.
    package let credentials: CredentialKeeper
    /// Calls by channel.
    package let meter: CallMeter
    let queues: QueueBook
    private let publicURL = Mutex<String?>(nil)
    private let admissions = Mutex<[ChannelID: Int]>([:])

    package init(database: Database, vault: Vault, registry: ConnectorRegistry, directory: ChannelDirectory, ids: IdentifierSource,
                 now: @escaping @Sendable () -> Timestamp, logger: Logger, outputFolder: String?, queues: QueueBook = QueueBook(), http: @escaping HTTPFactory) {
        self.database = database; self.vault = vault; self.registry = registry; self.directory = directory; self.ids = ids; self.now = now
        self.logger = logger; self.outputFolder = outputFolder; self.queues = queues; self.http = http
        meter = CallMeter(now: now)
        credentials = CredentialKeeper(database: database, vault: vault, now: now, logger: logger)
    }

    /// How often a channel was let in again since the start, by a consent, a person or other settings: an answer to a call of before says nothing of what holds now.
    func admission(of id: ChannelID) -> Int { admissions.withLock { $0[id, default: 0] } }
    func admit(_ id: ChannelID) { admissions.withLock { $0[id, default: 0] += 1 } }

    /// The address under which platforms and people reach the hub, for hook URLs and links.
    package func setPublicURL(_ url: String) { publicURL.withLock { $0 = url } }
    /// Without a slash at its end.
    package var publicAddress: String { publicURL.withLock { $0 } ?? "http://127.0.0.1:8080" }
    package func hookURL(of channel: Channel) -> String { "\(publicAddress)/hooks/\(channel.hookKey)" }

    /// - Parameter auditedBy: who asked for it, where that is a person or a program outside.
    package func add(platform: PlatformName, name: String, settings: [String: String], by actor: String, auditedBy: AuditActor? = nil) async throws -> Channel {
        let descriptor = try descriptor(platform)
        try check(name: name)
        let missing = descriptor.settings.filter { $0.isRequired && (settings[$0.key] ?? "").isEmpty && $0.defaultValue == nil }.map(\.key)
        guard missing.isEmpty else { throw ChannelFault.missingSettings(missing, platform: platform) }
        let (plain, secret) = try split(settings, descriptor)
        let channel = Channel(id: ChannelID(ids.next()), name: name, platform: platform, kind: descriptor.kind, hookKey: Vault.randomWord(), settings: plain,
                              state: .active, createdAt: now())
        // What the connector refuses is refused before anything is stored.
        _ = try build(channel, descriptor, settings: settings)
        let sealed = try vault.seal(secret), at = now().milliseconds
        let plainText = try OrderRows.encodeOne(plain), ids = ids
        let change = auditedBy.map { AuditChange($0, "channel.create", "channel:\(channel.id)", after: Self.shown(settings, descriptor).merging(["name": name, "platform": platform]) { _, own in own }) }
        do {
            try await database.write { tx in
                if let change { try AuditRows.append(change, in: tx, ids: ids, at: channel.createdAt) }
                try tx.run("""
                    INSERT INTO channels (id, name, platform, hook_key, settings, secrets, state, created_at, updated_at)
                    VALUES (\(channel.id.value), \(name), \(platform), \(channel.hookKey), \(plainText), \(sealed), 'active', \(at), \(at))
                    """)
            }
        } catch DatabaseError.unique { throw ChannelFault.nameTaken(name) }
        try await reload()
        return channel
    }

    /// Changes some settings; an empty value removes one.
    package func set(_ changes: [String: String], of id: ChannelID, auditedBy: AuditActor? = nil) async throws {
        try await keep(changes, of: id, auditedBy: auditedBy)
        try await changed(id)
    }

    /// Writes changed settings down. They are on disk afterwards, and work from `changed(_:)` on.
    func keep(_ changes: [String: String], of id: ChannelID, auditedBy: AuditActor?) async throws {
        guard let channel = directory.channel(id) else { throw ChannelFault.unknownChannel("\(id)") }
        let descriptor = try descriptor(channel.platform)
        _ = try split(changes, descriptor)
        for _ in 0..<Self.setTries where try await set(changes, of: channel, descriptor, auditedBy) { return }
        throw ChannelFault.busy(channel.name)
    }

    /// - Returns: false when the settings were changed meanwhile by somebody else.
    private func set(_ changes: [String: String], of channel: Channel, _ descriptor: PlatformDescriptor, _ actor: AuditActor?) async throws -> Bool {
        let id = channel.id, old = try await settings(of: id)
        var all = old
        all.merge(changes) { _, new in new }
        all = all.filter { !$0.value.isEmpty }
        _ = try build(channel, descriptor, settings: all)
        let (plain, secret) = try split(all, descriptor)
        let sealed = try vault.seal(secret), at = now(), plainText = try OrderRows.encodeOne(plain), ids = ids, vault = vault
        let change = actor.map { AuditChange($0, "channel.change", "channel:\(id)", before: Self.shown(old.filter { changes[$0.key] != nil }, descriptor), after: Self.shown(changes, descriptor)) }
        return try await database.write { [self] tx in
            guard try Self.settings(of: id, vault, in: tx) == old else { return false }
            admit(id)
            if let change { try AuditRows.append(change, in: tx, ids: ids, at: at) }
            try tx.run("UPDATE channels SET settings = \(plainText), secrets = \(sealed), updated_at = \(at.milliseconds) WHERE id = \(id.value)")
            return true
        }
    }
    private static let setTries = 5

    func changed(_ id: ChannelID) async throws {
        // What the platform refused may have been refused for its settings.
        try await revive(id)
        try await reload()
        // What was begun with the old settings until now.
        admit(id)
    }

    /// Tokens that the settings alone bring are asked for again.
    private func revive(_ id: ChannelID) async throws {
        guard let channel = directory.channel(id), (registry.type(for: channel.platform) as? any RefreshesTokens.Type)?.refreshPolicy.startsFromSettings == true else { return }
        try await credentials.revive(id)
    }

    package func setState(_ state: Channel.State, reason: String?, of id: ChannelID, auditedBy: AuditActor? = nil) async throws {
        let time = now(), at = time.milliseconds, ids = ids, old = directory.channel(id)?.state
        let change = auditedBy.map { AuditChange($0, "channel.state", "channel:\(id)", before: old.map { ["state": $0.rawValue] }, after: ["state": state.rawValue], note: reason) }
        let changed = try await database.write { [self] tx in
            if state == .active {
                admit(id)
                try tx.run("UPDATE problems SET state = 'resolved', updated_at = \(at) WHERE kind = \(Problem.Kind.channelLost.rawValue) AND subject = \("channel:\(id)") AND state = 'open'")
            }
            let changed = try tx.run("UPDATE channels SET state = \(state.rawValue), state_reason = \(reason), updated_at = \(at) WHERE id = \(id.value) AND state <> \(state.rawValue)")
            if let change, changed > 0 { try AuditRows.append(change, in: tx, ids: ids, at: time) }
            return changed
        }
        guard changed > 0 else { return }
        if state == .active { try await revive(id) }
        try await reload()
    }

    /// Writes an entry of the audit that belongs to no change of a table.
    func audited(_ change: AuditChange) async throws {
        let ids = ids, at = now()
        try await database.write { tx in try AuditRows.append(change, in: tx, ids: ids, at: at) }
    }

    /// All settings of a channel, secrets opened: for its connector only.
    func settings(of id: ChannelID) async throws -> [String: String] {
        try await database.read { [vault] tx in try Self.settings(of: id, vault, in: tx) }
    }

    private static func settings(of id: ChannelID, _ vault: Vault, in tx: any Transaction) throws -> [String: String] {
        guard let (plain, sealed) = try tx.first("SELECT settings, secrets FROM channels WHERE id = \(id.value)", { (try $0.text(0), try $0.blob(1)) }) else { throw ChannelFault.unknownChannel("\(id)") }
        return try OrderRows.decode([String: String].self, plain, column: "settings").merging(try vault.open(sealed)) { _, secret in secret }
    }

    package func channel(named name: String) throws -> Channel {
        let channels = directory.surroundings.channels.values.filter { $0.state != .removed }
        if let found = channels.first(where: { $0.name == name || "\($0.id)" == name }) { return found }
        throw ChannelFault.unknownChannel(name)
    }

    package func descriptor(_ platform: PlatformName) throws -> PlatformDescriptor {
        guard let descriptor = registry.descriptor(of: platform) else {
            throw ChannelFault.unknownPlatform(platform, known: registry.descriptors.map(\.platform))
        }
        return descriptor
    }

    /// - Parameter trial: nothing of it is kept: what the connector learns is forgotten with it.
    func build(_ channel: Channel, _ descriptor: PlatformDescriptor, settings: [String: String], trial: TrialCredentials? = nil) throws -> any Connector {
        guard let type = registry.type(for: channel.platform) else { throw ChannelFault.unknownPlatform(channel.platform, known: registry.descriptors.map(\.platform)) }
        let defaults = Dictionary(descriptor.settings.compactMap { field in field.defaultValue.map { (field.key, $0) } }, uniquingKeysWith: { first, _ in first })
        let secrets = SecretMask(descriptor.settings.filter(\.isSecret).compactMap { settings[$0.key] })
        let context = ChannelContext(
            channel: channel.id, name: channel.name, settings: ChannelSettings(defaults.merging(settings) { _, given in given }),
            http: http(channel, descriptor).watched(by: meter, for: channel.id, masking: secrets, now: now), now: now, logger: logger, hookURL: hookURL(of: channel),
            save: { [weak self] changes in if trial == nil { try await self?.set(changes, of: channel.id) } }, outputFolder: outputFolder,
            credentials: trial?.source ?? credentials.source(of: channel.id) { [directory] in directory.connector(of: channel.id) })
        return try type.init(context)
    }

    func check(name: String) throws {
        let allowed = name.unicodeScalars.allSatisfy { $0.properties.isAlphabetic || ("0"..."9").contains($0) || " .-_".unicodeScalars.contains($0) || $0.properties.generalCategory == .nonspacingMark }
        guard !name.isEmpty, name.count <= 64, allowed, name.first != " ", name.last != " " else { throw ChannelFault.badName(name) }
    }

    /// Settings for the audit: a secret is named, not quoted.
    private static func shown(_ settings: [String: String], _ descriptor: PlatformDescriptor) -> [String: String] {
        let secrets = Set(descriptor.settings.filter(\.isSecret).map(\.key))
        return Dictionary(uniqueKeysWithValues: settings.map { ($0.key, secrets.contains($0.key) && !$0.value.isEmpty ? AuditChange.hidden : $0.value) })
    }

    func split(_ settings: [String: String], _ descriptor: PlatformDescriptor) throws -> (plain: [String: String], secret: [String: String]) {
        let fields = descriptor.settings + HubSetting.fields + HubSetting.carrierFields
        var plain: [String: String] = [:], secret: [String: String] = [:]
        for (key, value) in settings {
            guard let field = fields.first(where: { $0.key == key }) else {
                throw ChannelFault.unknownSetting(key, platform: descriptor.platform, known: fields.map(\.key))
            }
            // What a packer would only see as no boxes at all is refused while somebody looks.
            if key == HubSetting.parcelPresets { _ = try ParcelPresets(value) }
            if key == HubSetting.rates { try RateTable.check(value) }
            if field.isSecret { secret[key] = value } else { plain[key] = value }
        }
        return (plain, secret)
    }
}
