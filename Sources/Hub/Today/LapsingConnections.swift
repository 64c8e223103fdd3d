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
    static let expiryWarning = Duration.seconds(7 * 86_400)
    static let expirySuffix = "ExpiresAt"

    /// From what is in memory: no query.
    package func lapsingConnections() -> [LapsingConnection] {
        let picture = channels.directory.current, standings = dispatcher.states(), time = now()
        return picture.surroundings.channels.values.sorted { $0.id < $1.id }.compactMap { channel in
            if channel.state == .removed { return nil }
            if let fault = picture.broken[channel.id] { return LapsingConnection(channel: channel, trouble: .broken(fault.sentence)) }
            if channel.state == .parked { return LapsingConnection(channel: channel, trouble: .parked(channel.stateReason)) }
            if channel.state == .paused { return LapsingConnection(channel: channel, trouble: .paused(channel.stateReason)) }
            // With several, the one that lives longest counts: it renews the others.
            let ends = channel.settings.filter { $0.key.hasSuffix(Self.expirySuffix) }.compactMap { Timestamp(rfc3339: $0.value) }.max()
            if let ends, ends - time <= Self.expiryWarning { return LapsingConnection(channel: channel, trouble: .expires(ends)) }
            if case .open? = standings[channel.id]?.breaker { return LapsingConnection(channel: channel, trouble: .resting) }
            return nil
        }
    }
}
