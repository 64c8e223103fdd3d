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
    struct Key: Hashable { var channel: ChannelID, grant: String }
    /// A pair that a platform gave and no disk has taken yet: used by nobody, given up by nobody.
    struct Unsaved { var credential: Credential, generation: Int64, policy: RefreshPolicy }
    struct State {
        var held: [Key: Credential] = [:], renewing: [Key: Task<Result<Credential, ConnectorError>, Never>] = [:], unsaved: [Key: Unsaved] = [:]
        var isStopping = false
    }

    let database: Database
    let vault: Vault
    let now: @Sendable () -> Timestamp
    let logger: Logger
    private let node: String
    let state = Mutex(State())
    private let onSaved = Mutex<@Sendable () -> Void>({})
    private let onRescued = Mutex<@Sendable (ChannelID) -> Void>({ _ in })

    /// A token with less life than this is not used any more.
    static let margin = Duration.seconds(30)
    /// Longer than any call to a token endpoint may take, with its saving.
    static let claimTime = Duration.seconds(90)
    static let otherNodePoll = Duration.milliseconds(200), otherNodeWait = Duration.seconds(30)
    /// The renewals of many channels authorised in the same minute are spread over this share of the time ahead.
    static let jitterShare = 0.5
    static let retryDelaysSeconds: [Int64] = [5, 15, 60, 300, 900]
    /// So long a caller waits for a pair that the database does not take; the next one, and the worker, go on trying.
    let saveWait: Duration

    package init(database: Database, vault: Vault, now: @escaping @Sendable () -> Timestamp, logger: Logger, node: String = Vault.randomWord(bytes: 8), saveWait: Duration = .seconds(15)) {
        self.database = database; self.vault = vault; self.now = now; self.logger = logger; self.node = node; self.saveWait = saveWait
    }

    /// Called after each pair that was saved: what waits for the next renewal looks anew.
    package func whenSaved(_ body: @escaping @Sendable () -> Void) { onSaved.withLock { $0 = body } }

    /// Called for a channel whose pair was saved late: another node may have taken it for lost meanwhile.
    func whenRescued(_ body: @escaping @Sendable (ChannelID) -> Void) { onRescued.withLock { $0 = body } }

    func saved() { onSaved.withLock { $0 }() }
    func rescued(_ channel: ChannelID) { onRescued.withLock { $0 }(channel) }

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
        let (held, isWaiting) = state.withLock { ($0.held[key], $0.unsaved[key] != nil) }
        if let held, isUsable(held, refused) { return held }
        guard let refreshing = connector as? any RefreshesTokens else { throw .unauthorised(reason: "the channel has not been authorised yet") }
        // The newer pair is here already and only its saving is waited for, whatever the database says of the older one.
        if isWaiting { return try await renew(key, refreshing, instead: refused) }
        let stored = try await load(key)
        if let (credential, standing) = stored {
            if standing.state == .lapsed { throw .unauthorised(reason: standing.fault ?? "the authorisation has ended") }
            if let credential, isUsable(credential, refused) { return credential }
        }
        if stored?.credential == nil, !type(of: refreshing).refreshPolicy.startsFromSettings { throw .unauthorised(reason: "the channel has not been authorised yet") }
        return try await renew(key, refreshing, instead: refused ?? stored?.credential?.accessToken)
    }

    /// Renews now, whatever life the token still has. One request at a time in this process; the claim keeps other processes away.
    func renew(_ channel: ChannelID, _ grant: String, _ connector: any RefreshesTokens) async throws(ConnectorError) -> Credential {
        let key = Key(channel: channel, grant: grant)
        return try await renew(key, connector, instead: try await load(key)?.credential?.accessToken, isForced: true)
    }

    /// - Parameter instead: the token that is not wanted any more; when another node has replaced it meanwhile, that replacement is the answer.
    private func renew(_ key: Key, _ connector: any RefreshesTokens, instead: String?, isForced: Bool = false) async throws(ConnectorError) -> Credential {
        while true {
            let (task, isOwn) = state.withLock { state -> (Task<Result<Credential, ConnectorError>, Never>, Bool) in
                if let running = state.renewing[key] { return (running, false) }
                let task = Task { await self.run(key, connector, instead: instead, isForced: isForced) }        // awaited below by whoever asked, first or later
                state.renewing[key] = task
                return (task, true)
            }
            let credential = try await task.value.get()
            // What another caller asked for may be the very token that was refused here.
            if isOwn || credential.accessToken != instead { return credential }
        }
    }

    private func run(_ key: Key, _ connector: any RefreshesTokens, instead: String?, isForced: Bool) async -> Result<Credential, ConnectorError> {
        defer { state.withLock { _ = $0.renewing.removeValue(forKey: key) } }
        do {
            if let waiting = state.withLock({ $0.unsaved[key] }) { return .success(try await keep(waiting, of: key, isLate: true)) }
            let deadline = now() + Self.otherNodeWait
            while true {
                let stored = try await load(key)
                if let standing = stored?.standing, standing.state == .lapsed { throw ConnectorError.unauthorised(reason: standing.fault ?? "the authorisation has ended") }
                if let credential = stored?.credential, credential.accessToken != instead, isUsable(credential, instead) { return .success(credential) }
                if !isForced, let standing = stored?.standing, standing.failures > 0, let again = standing.refreshAt, now() < again {
                    throw ConnectorError.unreachable(reason: "the token could not be renewed and is asked for again at \(again): \(standing.fault ?? "no answer")")
                }
                guard !state.withLock({ $0.isStopping }) else { throw ConnectorError.unreachable(reason: "the hub is stopping") }
                if let claim = try await claim(key, after: stored?.standing.generation ?? 0) { return .success(try await refresh(key, stored?.credential, claim, connector)) }
                guard now() < deadline else { throw ConnectorError.unreachable(reason: "another node is renewing the token and has not finished") }
                try await Task.sleep(for: Self.otherNodePoll)
            }
        } catch let error as ConnectorError { return .failure(error) } catch { return .failure(.unreachable(reason: "the token could not be renewed (\(type(of: error)))")) }
    }

    private func refresh(_ key: Key, _ credential: Credential?, _ claim: CredentialRows.Claim, _ connector: any RefreshesTokens) async throws -> Credential {
        let policy = type(of: connector).refreshPolicy
        let fresh: Credential
        do { fresh = try await ask(connector, credential, key.grant) } catch {
            guard try await note(error, key, credential, claim, policy) else {
                // Somebody brought a newer pair while the old one was being refused.
                if let newer = try await load(key), newer.standing.state == .valid, let credential = newer.credential { return credential }
                throw error
            }
            if case .unauthorised(let reason) = error { throw ConnectorError.unauthorised(reason: explained(reason, wasCut: claim.wasCut, policy)) }
            throw error
        }
        // From here on the old pair may be worth nothing: whatever happens to the database, the new one is not let go of.
        return try await keep(Unsaved(credential: fresh, generation: claim.generation, policy: policy), of: key, isLate: false)
    }

    private func ask(_ connector: any RefreshesTokens, _ credential: Credential?, _ grant: String) async throws(ConnectorError) -> Credential {
        var fresh = try await connector.refreshToken(credential, grant: grant)
        fresh.grant = grant
        if let known = credential?.accountID, let given = fresh.accountID, known != given {
            throw .unauthorised(reason: "the platform answered with a token of another account (\(given) instead of \(known))")
        }
        // An answer that names no account takes none away: pushes and orders are routed by it.
        fresh.accountID = fresh.accountID ?? credential?.accountID
        return fresh
    }

    /// Writes a failed refresh down: what only a person can mend ends the grant, all else is tried again, ever more slowly, while the access token still works.
    ///
    /// - Returns: false when it was overtaken by a newer pair.
    private func note(_ error: ConnectorError, _ key: Key, _ credential: Credential?, _ claim: CredentialRows.Claim, _ policy: RefreshPolicy) async throws -> Bool {
        // Settings that want no token at all, or wait for the seller's consent, leave nothing behind.
        if error.failureClass == .rejected || error == .consentAwaited, credential == nil {
            try await database.write { tx in
                try tx.run("DELETE FROM credentials WHERE channel_id = \(key.channel.value) AND grant_name = \(key.grant) AND fence = \(claim.fence) AND generation = 0")
            }
            return true
        }
        // An answer that nobody understands ends nothing: the token is asked for again, like after any other trouble.
        let isFinal = error.failureClass == .unauthorised, at = now()
        let failures = Int64(try await database.read { try CredentialRows.find(key.channel, key.grant, in: $0)?.standing.failures ?? 0 })
        var again = at + .seconds(Self.retryDelaysSeconds[Int(min(failures, Int64(Self.retryDelaysSeconds.count - 1)))])
        if case .throttled(let until) = error { again = max(again, until) }
        let fault = if case .unauthorised(let reason) = error { explained(reason, wasCut: claim.wasCut, policy) } else { error.sentence }
        let refreshAt = isFinal ? nil : again
        let isNews = try await database.write { tx in
            try CredentialRows.failed(key.channel, key.grant, claim, state: isFinal ? .lapsed : .valid, fault: fault, refreshAt: refreshAt, now: at, in: tx)
        }
        guard isNews else { return false }
        if isFinal { state.withLock { _ = $0.held.removeValue(forKey: key) } }
        logger.warning("token not renewed", metadata: ["channel.id": "\(key.channel)", "grant": "\(key.grant)", "error.code": "\(error.code)"])
        return true
    }

    private func explained(_ reason: String, wasCut: Bool, _ policy: RefreshPolicy) -> String {
        guard wasCut, policy.isSingleUse else { return reason }
        return "\(reason). The refresh before this one was cut short (a stop in the middle): the platform may have given the next token to nobody, and the refresh token works only once"
    }

    /// - Parameter generation: that of the pair that is to be spent; a newer one is not spent by mistake.
    private func claim(_ key: Key, after generation: Int64) async throws -> CredentialRows.Claim? {
        let at = now(), until = at + Self.claimTime, node = node
        return try await database.write { try CredentialRows.claim(key.channel, key.grant, after: generation, node: node, now: at, until: until, in: $0) }
    }

    /// When it is renewed: ahead of its end by the platform's measure, earlier by chance, so that channels authorised together are not renewed together.
    func refreshAt(of credential: Credential, _ policy: RefreshPolicy, _ at: Timestamp) -> Timestamp? {
        guard let end = credential.accessExpiresAt, credential.refreshToken != nil || policy.startsFromSettings else { return nil }
        let life = max((end - at).inMilliseconds, 0), ahead = min(policy.ahead.inMilliseconds, life / 2)
        return end - .milliseconds(ahead + Int64(Double(ahead) * Self.jitterShare * Double.random(in: 0..<1)))
    }

    private func isUsable(_ credential: Credential, _ refused: String?) -> Bool {
        credential.accessToken != refused && (credential.accessExpiresAt.map { now() + Self.margin < $0 } ?? true)
    }

    /// What stands in the database; kept for the next call.
    func load(_ key: Key) async throws(ConnectorError) -> (credential: Credential?, standing: CredentialStanding)? {
        do {
            guard let (standing, sealed) = try await database.read({ try CredentialRows.find(key.channel, key.grant, in: $0) }) else { return nil }
            let credential = try sealed.flatMap { try open($0) }
            if let credential, standing.state == .valid { state.withLock { $0.held[key] = credential } }
            return (credential, standing)
        } catch { throw .unreachable(reason: "the stored token could not be read: \((error as? any HubError)?.sentence ?? "\(type(of: error))")") }
    }

    private func open(_ sealed: [UInt8]) throws -> Credential? {
        try vault.open(sealed)["credential"].map { try JSONDecoder().decode(Credential.self, from: Data($0.utf8)) }
    }

    /// The grants of a channel, as they stand.
    package func standings(of channel: ChannelID) async throws -> [CredentialStanding] { try await database.read { try CredentialRows.all(of: channel, in: $0) } }

    /// Lets an ended grant be tried again.
    package func revive(_ channel: ChannelID) async throws {
        let at = now()
        try await database.write { try CredentialRows.revive(channel, at: at, in: $0) }
        forget(channel)
    }

    /// Forgets what this process holds of a channel: another node, or a person, has changed it.
    package func forget(_ channel: ChannelID) { state.withLock { state in state.held = state.held.filter { $0.key.channel != channel } } }
}
