package import Connect
package import Database
package import Domain
import Foundation
package import Logging
import Synchronization

/// The credentials of all channels: read by whoever calls a platform, renewed ahead of time and once for all nodes, saved before their first use.
///
/// A refresh is claimed in the database before the platform is asked, so two nodes never spend one single-use refresh token; a claim is fenced and ends by itself.
/// A pair is saved under the generation it follows: a node that was held up cannot overwrite a newer one, and a node whose claim ran out still saves the pair that it alone was given.
package final class CredentialKeeper: Sendable {
    private struct Key: Hashable { var channel: ChannelID, grant: String }
    private struct Held { var credential: Credential, generation: Int64 }
    private struct State { var held: [Key: Held] = [:], renewing: [Key: Task<Result<Credential, ConnectorError>, Never>] = [:] }

    let database: Database
    private let vault: Vault
    let now: @Sendable () -> Timestamp
    let logger: Logger
    private let node: String
    private let state = Mutex(State())
    private let onSaved = Mutex<@Sendable () -> Void>({})

    /// A token with less life than this is not used any more.
    static let margin = Duration.seconds(30)
    /// Longer than any call to a token endpoint may take, with its saving.
    static let claimTime = Duration.seconds(90)
    static let otherNodePoll = Duration.milliseconds(200), otherNodeWait = Duration.seconds(30)
    /// The renewals of many channels authorised in the same minute are spread over this share of the time ahead.
    static let jitterShare = 0.5
    static let adoptTries = 5
    static let retryDelaysSeconds: [Int64] = [5, 15, 60, 300, 900]

    package init(database: Database, vault: Vault, now: @escaping @Sendable () -> Timestamp, logger: Logger, node: String = Vault.randomWord(bytes: 8)) {
        self.database = database; self.vault = vault; self.now = now; self.logger = logger; self.node = node
    }

    /// Called after each pair that was saved: what waits for the next renewal looks anew.
    package func whenSaved(_ body: @escaping @Sendable () -> Void) { onSaved.withLock { $0 = body } }

    /// What a channel's connector is given. `connector` is asked for when a token has to be renewed.
    package func source(of channel: ChannelID, connector: @escaping @Sendable () -> (any Connector)?) -> CredentialSource {
        CredentialSource { [weak self] grant, refused throws(ConnectorError) in
            guard let self else { throw .unreachable(reason: "the hub is stopping") }
            return try await self.current(channel, grant, refused: refused, connector: connector())
        }
    }

    /// The credential to use now.
    func current(_ channel: ChannelID, _ grant: String, refused: String?, connector: (any Connector)?) async throws(ConnectorError) -> Credential {
        let key = Key(channel: channel, grant: grant)
        if let held = state.withLock({ $0.held[key] })?.credential, isUsable(held, refused) { return held }
        let stored = try await load(key)
        if let (credential, standing) = stored {
            if standing.state == .lapsed { throw .unauthorised(reason: standing.fault ?? "the authorisation has ended") }
            if let credential, isUsable(credential, refused) { return credential }
        }
        guard let refreshing = connector as? any RefreshesTokens else { throw .unauthorised(reason: "the channel has not been authorised yet") }
        if stored?.credential == nil, !type(of: refreshing).refreshPolicy.startsFromSettings { throw .unauthorised(reason: "the channel has not been authorised yet") }
        return try await renew(key, refreshing, instead: refused ?? stored?.credential?.accessToken)
    }

    /// Renews now, whatever life the token still has. One request at a time in this process; the claim keeps other processes away.
    func renew(_ channel: ChannelID, _ grant: String, _ connector: any RefreshesTokens) async throws(ConnectorError) -> Credential {
        let key = Key(channel: channel, grant: grant)
        return try await renew(key, connector, instead: try await load(key)?.credential?.accessToken)
    }

    /// - Parameter instead: the token that is not wanted any more; when another node has replaced it meanwhile, that replacement is the answer.
    private func renew(_ key: Key, _ connector: any RefreshesTokens, instead: String?) async throws(ConnectorError) -> Credential {
        let task = state.withLock { state -> Task<Result<Credential, ConnectorError>, Never> in
            if let running = state.renewing[key] { return running }
            let task = Task { await self.run(key, connector, instead: instead) }        // awaited below by whoever asked, first or later
            state.renewing[key] = task
            return task
        }
        return try await task.value.get()
    }

    private func run(_ key: Key, _ connector: any RefreshesTokens, instead: String?) async -> Result<Credential, ConnectorError> {
        defer { state.withLock { _ = $0.renewing.removeValue(forKey: key) } }
        do {
            let deadline = now() + Self.otherNodeWait
            while true {
                let stored = try await load(key)
                if let standing = stored?.standing, standing.state == .lapsed { throw ConnectorError.unauthorised(reason: standing.fault ?? "the authorisation has ended") }
                if let credential = stored?.credential, credential.accessToken != instead, isUsable(credential, instead) { return .success(credential) }
                if let claim = try await claim(key) { return .success(try await refresh(key, stored?.credential, stored?.standing.generation ?? 0, claim, connector)) }
                guard now() < deadline else { throw ConnectorError.unreachable(reason: "another node is renewing the token and has not finished") }
                try await Task.sleep(for: Self.otherNodePoll)
            }
        } catch let error as ConnectorError { return .failure(error) } catch { return .failure(.unreachable(reason: "the token could not be renewed (\(type(of: error)))")) }
    }

    private func refresh(_ key: Key, _ credential: Credential?, _ generation: Int64, _ claim: (fence: Int64, wasCut: Bool), _ connector: any RefreshesTokens) async throws -> Credential {
        let policy = type(of: connector).refreshPolicy
        do {
            var fresh = try await connector.refreshToken(credential, grant: key.grant)
            fresh.grant = key.grant
            if let known = credential?.accountID, let given = fresh.accountID, known != given {
                throw ConnectorError.unauthorised(reason: "the platform answered with a token of another account (\(given) instead of \(known))")
            }
            return try await save(fresh, of: key.channel, after: generation, policy)
        } catch let error as ConnectorError {
            try await note(error, key, credential, claim, policy)
            if case .unauthorised(let reason) = error { throw ConnectorError.unauthorised(reason: explained(reason, wasCut: claim.wasCut, policy)) }
            throw error
        }
    }

    /// Writes a failed refresh down: what only a person can mend ends the grant, all else is tried again, ever more slowly, while the access token still works.
    private func note(_ error: ConnectorError, _ key: Key, _ credential: Credential?, _ claim: (fence: Int64, wasCut: Bool), _ policy: RefreshPolicy) async throws {
        // Settings that want no token at all leave nothing behind.
        if error.failureClass == .rejected, credential == nil {
            try await database.write { tx in
                try tx.run("DELETE FROM credentials WHERE channel_id = \(key.channel.value) AND grant_name = \(key.grant) AND fence = \(claim.fence) AND generation = 0")
            }
            return
        }
        let isFinal = error.failureClass == .unauthorised || error.failureClass == .rejected, at = now()
        let failures = Int64(try await database.read { try CredentialRows.find(key.channel, key.grant, in: $0)?.standing.failures ?? 0 })
        var again = at + .seconds(Self.retryDelaysSeconds[Int(min(failures, Int64(Self.retryDelaysSeconds.count - 1)))])
        if case .throttled(let until) = error { again = max(again, until) }
        let fault = if case .unauthorised(let reason) = error { explained(reason, wasCut: claim.wasCut, policy) } else { error.sentence }
        let refreshAt = isFinal ? nil : again
        try await database.write { tx in
            try CredentialRows.failed(key.channel, key.grant, fence: claim.fence, state: isFinal ? .lapsed : .valid, fault: fault, refreshAt: refreshAt, now: at, in: tx)
        }
        if isFinal { state.withLock { _ = $0.held.removeValue(forKey: key) } }
        logger.warning("token not renewed", metadata: ["channel.id": "\(key.channel)", "grant": "\(key.grant)", "error.code": "\(error.code)"])
    }

    private func explained(_ reason: String, wasCut: Bool, _ policy: RefreshPolicy) -> String {
        guard wasCut, policy.isSingleUse else { return reason }
        return "\(reason). The refresh before this one was cut short (a stop in the middle): the platform may have given the next token to nobody, and the refresh token works only once"
    }

    private func claim(_ key: Key) async throws -> (fence: Int64, wasCut: Bool)? {
        let at = now(), until = at + Self.claimTime, node = node
        return try await database.write { try CredentialRows.claim(key.channel, key.grant, node: node, now: at, until: until, in: $0) }
    }

    /// Saves a pair: sealed, on disk, before anyone is given it.
    func save(_ credential: Credential, of channel: ChannelID, after generation: Int64, _ policy: RefreshPolicy) async throws -> Credential {
        let sealed = try vault.seal(["credential": String(decoding: JSONEncoder.crossdock.encode(credential), as: UTF8.self)]), at = now()
        let refreshAt = self.refreshAt(of: credential, policy, at)
        let isSaved = try await database.write { try CredentialRows.save(credential, sealed: sealed, of: channel, after: generation, refreshAt: refreshAt, now: at, in: $0) }
        let key = Key(channel: channel, grant: credential.grant)
        guard isSaved else {
            state.withLock { _ = $0.held.removeValue(forKey: key) }
            guard let standing = try await load(key)?.credential else { throw ConnectorError.unauthorised(reason: "the channel was authorised anew meanwhile") }
            return standing
        }
        state.withLock { $0.held[key] = Held(credential: credential, generation: generation + 1) }
        onSaved.withLock { $0 }()
        return credential
    }

    /// When it is renewed: ahead of its end by the platform's measure, earlier by chance, so that channels authorised together are not renewed together.
    /// Takes a pair that a person has just brought from the platform, in the place of whatever stands.
    func adopt(_ credential: Credential, of channel: ChannelID, _ policy: RefreshPolicy) async throws {
        let at = now()
        for _ in 0..<Self.adoptTries {
            try await database.write { tx in
                try tx.run("""
                    INSERT INTO credentials (channel_id, grant_name, state, generation, fence, failures, updated_at)
                    VALUES (\(channel.value), \(credential.grant), 'valid', 0, 0, 0, \(at.milliseconds)) ON CONFLICT (channel_id, grant_name) DO NOTHING
                    """)
            }
            let generation = try await database.read { try CredentialRows.find(channel, credential.grant, in: $0)?.standing.generation ?? 0 }
            if try await save(credential, of: channel, after: generation, policy).accessToken == credential.accessToken { return }
        }
        throw ConnectorError.unreachable(reason: "the token was renewed again and again while it was being replaced")
    }

    private func refreshAt(of credential: Credential, _ policy: RefreshPolicy, _ at: Timestamp) -> Timestamp? {
        guard let end = credential.accessExpiresAt, credential.refreshToken != nil || policy.startsFromSettings else { return nil }
        let life = max((end - at).inMilliseconds, 0), ahead = min(policy.ahead.inMilliseconds, life / 2)
        return end - .milliseconds(ahead + Int64(Double(ahead) * Self.jitterShare * Double.random(in: 0..<1)))
    }

    private func isUsable(_ credential: Credential, _ refused: String?) -> Bool {
        credential.accessToken != refused && (credential.accessExpiresAt.map { now() + Self.margin < $0 } ?? true)
    }

    /// What stands in the database; kept for the next call.
    private func load(_ key: Key) async throws(ConnectorError) -> (credential: Credential?, standing: CredentialStanding)? {
        do {
            guard let (standing, sealed) = try await database.read({ try CredentialRows.find(key.channel, key.grant, in: $0) }) else { return nil }
            let credential = try sealed.flatMap { try open($0) }
            if let credential, standing.state == .valid { state.withLock { $0.held[key] = Held(credential: credential, generation: standing.generation) } }
            return (credential, standing)
        } catch { throw .unreachable(reason: "the stored token could not be read: \((error as? any HubError)?.sentence ?? "\(type(of: error))")") }
    }

    private func open(_ sealed: [UInt8]) throws -> Credential? {
        try vault.open(sealed)["credential"].map { try JSONDecoder().decode(Credential.self, from: Data($0.utf8)) }
    }

    /// The grants of a channel, as they stand.
    package func standings(of channel: ChannelID) async throws -> [CredentialStanding] { try await database.read { try CredentialRows.all(of: channel, in: $0) } }

    /// Forgets what this process holds of a channel: another node, or a person, has changed it.
    package func forget(_ channel: ChannelID) { state.withLock { state in state.held = state.held.filter { $0.key.channel != channel } } }
}
