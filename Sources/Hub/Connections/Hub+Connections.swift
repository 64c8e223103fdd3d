import Connect
import Domain

extension Hub {
    /// Renews every grant of a channel now: a drill, or after something was mended over there.
    ///
    /// - Throws: `AuthorisationFault.notNeeded` where nothing is ever renewed; the connector's error, after which the channel stands as its failure says.
    package func renewCredentials(of channel: Channel, by actor: AuditActor) async throws {
        guard let connector = channels.directory.connector(of: channel.id) as? any RefreshesTokens else { throw AuthorisationFault.notNeeded(platform: channel.platform) }
        try await channels.audited(AuditChange(actor, "channel.refresh", "channel:\(channel.id)"))
        if type(of: connector).refreshPolicy.startsFromSettings { try await channels.credentials.revive(channel.id) }
        for grant in type(of: connector).refreshPolicy.grants { _ = try await channels.credentials.renew(channel.id, grant, connector) }
        if channels.directory.channel(channel.id)?.state == .parked { try await channels.setState(.active, reason: nil, of: channel.id) }
        resume(channel)
    }

    /// The work that waited for a channel goes on.
    package func resume(_ channel: Channel) {
        dispatcher.release(channel.id)
        reconciler.wake()
    }
}
