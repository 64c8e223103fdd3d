import Connect
package import Domain

/// A connection that has stopped or soon will.
package struct LapsingConnection: Sendable, Equatable {
    package enum Trouble: Sendable, Equatable {
        /// Its settings are refused by its own connector.
        case broken(String)
        /// The platform refuses us: it waits to be authorised again.
        case parked(String?)
        case paused(String?)
        /// Credentials that tell when they end.
        case expires(Timestamp)
        /// A destination that rests after failures.
        case resting
    }
    package var channel: Channel, trouble: Trouble
}

extension Hub {
    /// Credentials that end within so long are told of.
    static let expiryWarning = Duration.seconds(14 * 86_400)
    static let expirySuffix = "ExpiresAt", accessExpiry = "accessTokenExpiresAt"
    /// How long after its end an access token may still be about to be renewed.
    static let renewalGrace = Duration.seconds(600)

    /// From what is in memory: no query.
    package func lapsingConnections() -> [LapsingConnection] {
        let picture = channels.directory.current, standings = dispatcher.states(), time = now()
        return picture.surroundings.channels.values.sorted { $0.id < $1.id }.compactMap { channel in
            if channel.state == .removed { return nil }
            if let fault = picture.broken[channel.id] { return LapsingConnection(channel: channel, trouble: .broken(fault.sentence)) }
            if channel.state == .parked { return LapsingConnection(channel: channel, trouble: .parked(channel.stateReason)) }
            if channel.state == .paused { return LapsingConnection(channel: channel, trouble: .paused(channel.stateReason)) }
            if let end = [lastExpiry(of: channel, time), credentialWorker.end(of: channel.id)].compactMap({ $0 }).min() { return LapsingConnection(channel: channel, trouble: .expires(end)) }
            if case .open? = standings[channel.id]?.breaker { return LapsingConnection(channel: channel, trouble: .resting) }
            return nil
        }
    }

    /// An access token is renewed by itself and is told of only when that did not happen; what renews it is told of ahead.
    private func lastExpiry(of channel: Channel, _ time: Timestamp) -> Timestamp? {
        let ends = channel.settings.filter { $0.key.hasSuffix(Self.expirySuffix) }.compactMapValues { Timestamp(rfc3339: $0) }
        if let lasting = ends.filter({ $0.key != Self.accessExpiry }).values.min(), lasting - time <= Self.expiryWarning { return lasting }
        return ends[Self.accessExpiry].flatMap { time - $0 > Self.renewalGrace ? $0 : nil }
    }
}
