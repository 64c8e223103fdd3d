import Connect
import Database
import Domain
import Foundation
import Logging
import Synchronization

/// A pair is on disk before anyone is given it, and a pair that a platform gave is never let go of because a database was busy.
extension CredentialKeeper {
    static let firstSavePause = Duration.milliseconds(50), longestSavePause = Duration.seconds(1)

    /// Saves what a refresh brought, again and again for `saveWait` where the database does not take it. What is not on disk then stays in memory, for whoever asks next and for the worker.
    ///
    /// - Parameter isLate: it was tried before.
    /// - Throws: `.unreachable` when it is not on disk yet.
    func keep(_ pair: Unsaved, of key: Key, isLate: Bool) async throws -> Credential {
        state.withLock { $0.unsaved[key] = pair }
        let end = ContinuousClock.now + saveWait
        var pause = Self.firstSavePause, isLate = isLate
        while true {
            do {
                let isNewest = try await save(pair, of: key)
                state.withLock { _ = $0.unsaved.removeValue(forKey: key) }
                if isLate { rescued(key.channel) }
                if isNewest { return pair.credential }
                guard let standing = try await load(key)?.credential else { throw ConnectorError.unauthorised(reason: "the channel was authorised anew meanwhile") }
                return standing
            } catch let error as ConnectorError { throw error } catch {
                if !isLate { logger.error("a new token is not on disk yet", metadata: ["channel.id": "\(key.channel)", "grant": "\(key.grant)", "error.code": "\(Self.code(of: error))"]) }
                isLate = true
                guard ContinuousClock.now < end, !state.withLock({ $0.isStopping }) else { throw ConnectorError.unreachable(reason: "the platform gave a new token, and the database has not taken it yet") }
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Self.longestSavePause)
        }
    }

    /// - Returns: false when another pair stands in the place of the one that this one follows.
    private func save(_ pair: Unsaved, of key: Key) async throws -> Bool {
        let credential = pair.credential, sealed = try sealed(credential), at = now(), refreshAt = refreshAt(of: credential, pair.policy, at)
        let isSaved = try await database.write { try CredentialRows.save(credential, sealed: sealed, of: key.channel, after: pair.generation, refreshAt: refreshAt, now: at, in: $0) }
        state.withLock { $0.held[key] = isSaved ? credential : nil }
        if isSaved { saved() }
        return isSaved
    }

    private func sealed(_ credential: Credential) throws -> [UInt8] { try vault.seal(["credential": String(decoding: JSONEncoder.crossdock.encode(credential), as: UTF8.self)]) }

    /// Takes a pair that a person has just brought from the platform, in the place of whatever stands: one decision with what `along` writes.
    ///
    /// - Throws: `AuthorisationFault` when the account is not this channel's; nothing is changed then.
    func adopt(_ credential: Credential, of channel: Channel, _ policy: RefreshPolicy, along: @escaping @Sendable (any Transaction) throws -> Void) async throws {
        let at = now(), sealed = try sealed(credential), refreshAt = refreshAt(of: credential, policy, at), key = Key(channel: channel.id, grant: credential.grant)
        try await database.write { tx in
            try CredentialRows.adopt(credential, sealed: sealed, of: channel, refreshAt: refreshAt, now: at, in: tx)
            try along(tx)
        }
        state.withLock { state in
            state.held[key] = credential
            state.unsaved[key] = nil
        }
        saved()
    }

    /// Whether a pair waits for its saving.
    var isBehind: Bool { state.withLock { !$0.unsaved.isEmpty } }

    /// Tries again to save what no disk has taken yet.
    func saveUnsaved() async {
        for (key, pair) in state.withLock({ $0.unsaved }) {
            guard (try? await save(pair, of: key)) != nil else { continue }        // still not: it waits for the next time
            state.withLock { _ = $0.unsaved.removeValue(forKey: key) }
            rescued(key.channel)
        }
    }

    /// The process stops: no refresh is begun any more, and no saving is repeated for long.
    package func stop() { state.withLock { $0.isStopping = true } }

    /// Waits for what runs, and tries once more to save what is in memory alone.
    ///
    /// - Returns: the channels whose newest tokens are lost: only a person can help them.
    func settle() async -> [ChannelID] {
        for task in state.withLock({ Array($0.renewing.values) }) { _ = await task.value }
        await saveUnsaved()
        let lost = state.withLock { Set($0.unsaved.keys.map(\.channel)) }
        for channel in lost { logger.critical("a new token could not be saved and is lost: the channel has to be authorised again", metadata: ["channel.id": "\(channel)"]) }
        return lost.sorted { $0.value < $1.value }
    }

    private static func code(of error: any Error) -> String { (error as? any HubError)?.code ?? "\(type(of: error))" }
}
