import Connect
import Crypto
package import Database
package import Domain
import Foundation
package import Logging

package enum AuthorisationFault: HubError, Equatable {
    case notNeeded(platform: PlatformName), unknownState, expired, alreadyUsed, otherSession
    case keysMissing(address: String)
    case otherAccount(expected: String, given: String), accountTaken(channel: String, account: String)
    case declined(String)

    package var code: String {
        switch self {
        case .notNeeded: "not_needed"
        case .unknownState: "unknown_state"
        case .expired: "authorisation_expired"
        case .alreadyUsed: "authorisation_used"
        case .otherSession: "other_session"
        case .keysMissing: "keys_missing"
        case .otherAccount: "other_account"
        case .accountTaken: "account_taken"
        case .declined: "declined"
        }
    }
    package var sentence: String {
        switch self {
        case .notNeeded(let platform): "A channel of \(platform) is connected by its settings; there is nothing to authorise in the browser."
        case .unknownState: "This answer belongs to no authorisation that was begun here. Begin it again from the channel's page."
        case .expired: "The authorisation was begun too long ago. Begin it again from the channel's page."
        case .alreadyUsed: "This authorisation has been used. If the channel does not work, begin a new one from its page."
        case .otherSession: "The authorisation was begun by another person. Begin it again from the channel's page."
        case .keysMissing(let address): "The shop says that its owner agreed, but its keys have not come. The shop's server must reach \(address), with a certificate it trusts. Begin again from the channel's page."
        case .otherAccount(let expected, let given): "The account that agreed (\(given)) is not the one this channel belongs to (\(expected)). Nothing was changed. Sign in at the platform with the right account, or connect the other one as a channel of its own."
        case .accountTaken(let channel, let account): "The account \(account) is connected already, as the channel \(channel). Nothing was changed."
        case .declined(let words): "The platform did not agree: \(words). Nothing was changed."
        }
    }
    package var failureClass: FailureClass { .rejected }
}

/// Takes a seller to the platform's consent page and back: the state is made here, kept as a digest, good for one answer and half an hour.
package final class AuthorisationDesk: Sendable {
    static let lifeTime = Duration.seconds(1800)
    /// The outcome of an authorisation that went well.
    package static let authorised = "authorised"
    static let kept = Duration.seconds(7 * 86_400)

    private let database: Database
    private let channels: ChannelStore
    private let now: @Sendable () -> Timestamp
    private let logger: Logger

    package init(database: Database, channels: ChannelStore, now: @escaping @Sendable () -> Timestamp, logger: Logger) {
        self.database = database; self.channels = channels; self.now = now; self.logger = logger
    }

    /// Where platforms send the browser back to; the same for every channel, since some platforms know one address only.
    package var redirect: String { channels.publicAddress + "/authorised" }

    package struct Begun: Sendable { package var url: String, state: String, expiresAt: Timestamp }

    /// - Parameter session: the session that must come back with the answer; nil: begun outside a browser (the command line), finished by whoever holds the state.
    package func begin(_ channel: Channel, by actor: String, session: Int64?) async throws -> Begun {
        guard let connector = channels.directory.connector(of: channel.id) else { throw channels.directory.current.broken[channel.id] ?? ConnectorError.misconfigured(setting: "channel", problem: "was removed") }
        let state = Vault.randomWord(), redirect = redirect, at = now(), end = at + Self.lifeTime, url: String
        if let connector = connector as? any Authorises, connector.agreesInBrowser {
            url = try connector.authorisationURL(redirect: redirect, state: state)
        } else if let connector = connector as? any HandsOverKeys {
            url = try await connector.authorisationURL(redirect: "\(redirect)?state=\(state)", keysTo: "\(redirect)/keys/\(state)", state: state)
        } else { throw AuthorisationFault.notNeeded(platform: channel.platform) }
        guard url.hasPrefix("https://") || url.hasPrefix("http://") else { throw ConnectorError.misconfigured(setting: "consentURL", problem: "is not an http or https address") }
        let hash = Self.hash(state)
        try await database.write { tx in
            try tx.run("DELETE FROM authorisations WHERE expires_at < \((at - Self.kept).milliseconds)")
            try tx.run("""
                INSERT INTO authorisations (state_hash, channel_id, actor, session_id, redirect, created_at, expires_at)
                VALUES (\(hash), \(channel.id.value), \(actor), \(session), \(redirect), \(at.milliseconds), \(end.milliseconds))
                """)
        }
        return Begun(url: url, state: state, expiresAt: end)
    }

    package enum Outcome: Sendable, Equatable { case awaited, authorised, refused(reason: String) }

    /// What became of an authorisation; nil: none was begun under this state.
    package func outcome(of state: String) async throws -> Outcome? {
        let hash = Self.hash(state)
        return try await database.read { tx in
            try tx.first("SELECT outcome FROM authorisations WHERE state_hash = \(hash)") { row in
                guard let word = try row.optionalText(0) else { return .awaited }
                return word == Self.authorised ? .authorised : .refused(reason: word)
            }
        }
    }

    private struct Waiting { var channel: Channel, session: Int64?, redirect: String, actor: String, isUsed: Bool, outcome: String? }

    /// The authorisation that waits under a state, or waited and has its outcome.
    private func waiting(_ hash: [UInt8]) async throws -> Waiting {
        let begun = try await database.read { tx in
            try tx.first("SELECT channel_id, session_id, redirect, expires_at, used_at, actor, outcome FROM authorisations WHERE state_hash = \(hash)") {
                (channel: ChannelID(try $0.int64(0)), session: try $0.optionalInt64(1), redirect: try $0.text(2), end: try $0.int64(3), isUsed: !$0.isNull(4), actor: try $0.text(5), outcome: try $0.optionalText(6))
            }
        }
        guard let begun, let channel = channels.directory.channel(begun.channel), channel.state != .removed else { throw AuthorisationFault.unknownState }
        guard begun.isUsed || begun.end > now().milliseconds else { throw AuthorisationFault.expired }
        return Waiting(channel: channel, session: begun.session, redirect: begun.redirect, actor: begun.actor, isUsed: begun.isUsed, outcome: begun.outcome)
    }

    /// One answer a state, whatever comes of it: the second of two at once finds it taken.
    private func claim(_ hash: [UInt8]) async throws {
        let at = now().milliseconds
        let isFirst = try await database.write { tx in try tx.run("UPDATE authorisations SET used_at = \(at) WHERE state_hash = \(hash) AND used_at IS NULL") == 1 }
        guard isFirst else { throw AuthorisationFault.alreadyUsed }
    }

    /// Takes the one answer; what comes of it is written down.
    private func answered(_ hash: [UInt8], _ body: () async throws -> Void) async throws {
        try await claim(hash)
        do { try await body() } catch {
            try await finish(hash, (error as? any HubError)?.sentence ?? "The exchange of the code failed. Begin again.")
            throw error
        }
    }

    /// Takes the platform's answer: checks the state, exchanges the code, refuses another account, saves, and lets the channel's work go on.
    ///
    /// - Parameter session: that of the browser the answer came with.
    package func complete(_ query: [String: String], session: Int64?) async throws -> Channel {
        guard let state = query["state"], !state.isEmpty else { throw AuthorisationFault.unknownState }
        let hash = Self.hash(state), begun = try await waiting(hash), keys = channels.directory.connector(of: begun.channel.id) as? any HandsOverKeys
        guard !begun.isUsed || keys != nil else { throw AuthorisationFault.alreadyUsed }
        guard begun.session == nil || begun.session == session else { throw AuthorisationFault.otherSession }
        if let keys {
            try await answer(query, of: begun, hash, keys)
        } else {
            try await answered(hash) { try await exchange(query, begun.channel, redirect: begun.redirect, actor: begun.actor) }
            try await finish(hash, Self.authorised)
        }
        return begun.channel
    }

    /// The browser is back; the keys, which came by their own way before it, have decided already.
    private func answer(_ query: [String: String], of begun: Waiting, _ hash: [UInt8], _ connector: any HandsOverKeys) async throws {
        if begun.outcome == Self.authorised { return }
        if begun.isUsed { throw AuthorisationFault.declined(begun.outcome ?? "its keys are being looked at; open the channel's page again in a moment") }
        guard connector.isAgreed(query) else { return try await answered(hash) { throw AuthorisationFault.declined("the shop's owner did not agree") } }
        throw AuthorisationFault.keysMissing(address: redirect + "/keys/…")
    }

    /// Takes the keys that a shop's server posts to `…/authorised/keys/{state}`.
    ///
    /// - Throws: as long as nothing is kept: it has to be answered with a refusal, and the shop deletes the keys again. Once they are on disk nothing refuses them any more.
    package func takeKeys(_ body: [UInt8], state: String) async throws -> Channel {
        let hash = Self.hash(state), begun = try await waiting(hash), channel = begun.channel
        guard !begun.isUsed else { throw AuthorisationFault.alreadyUsed }
        guard let connector = channels.directory.connector(of: channel.id) as? any HandsOverKeys else { throw AuthorisationFault.unknownState }
        try await answered(hash) {
            try await channels.keep(try connector.settings(handedOver: body, state: state), of: channel.id, auditedBy: AuditActor(name: begun.actor))
        }
        do {
            try await channels.changed(channel.id)
            try await goOn(channel)
            try await finish(hash, Self.authorised)
        } catch { logger.error("keys are kept, and work from the next start on", metadata: ["channel.id": "\(channel.id)", "error": "\(type(of: error))"]) }
        return channel
    }

    private func exchange(_ query: [String: String], _ channel: Channel, redirect: String, actor: String) async throws {
        if let words = query["error_description"] ?? query["error"], query["code"] == nil { throw AuthorisationFault.declined(String(words.prefix(200))) }
        guard let connector = channels.directory.connector(of: channel.id) as? any Authorises else { throw AuthorisationFault.notNeeded(platform: channel.platform) }
        let credential = try await connector.credential(from: query, redirect: redirect)
        try await channels.adopt(credential, of: channel, type(of: connector).refreshPolicy, auditedBy: AuditActor(name: actor))
        try await goOn(channel)
    }

    private func goOn(_ channel: Channel) async throws {
        if channels.directory.channel(channel.id)?.state == .parked { try await channels.setState(.active, reason: nil, of: channel.id) }
        logger.notice("channel authorised", metadata: ["channel.id": "\(channel.id)", "platform": "\(channel.platform)"])
    }

    private func finish(_ hash: [UInt8], _ outcome: String) async throws {
        try await database.write { tx in try tx.run("UPDATE authorisations SET outcome = \(outcome) WHERE state_hash = \(hash)") }
    }

    private static func hash(_ state: String) -> [UInt8] { Array(SHA256.hash(data: Data(state.utf8))) }
}
