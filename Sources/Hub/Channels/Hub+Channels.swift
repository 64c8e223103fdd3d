package import Connect
import Domain

extension Hub {
    /// A channel; named here because server libraries have a `Channel` of their own.
    package typealias OneChannel = Channel

    /// Live checks of a channel: its settings, its connector's own checks, its webhooks.
    package func check(_ channel: Channel) async throws -> [CheckRow] {
        if let broken = channels.directory.current.broken[channel.id] {
            return [CheckRow("settings", isGood: false, found: broken.sentence, remedy: "Mend the setting with `crossdock channel set`.")]
        }
        var rows = [CheckRow("state", isGood: channel.state == .active, found: channel.state.rawValue + (channel.stateReason.map { ": \($0)" } ?? ""),
                             remedy: channel.state == .active ? nil : "`crossdock channel resume \(channel.name)` after mending the cause.")]
        guard let connector = channels.directory.connector(of: channel.id) else { return rows }
        if let checking = connector as? any ChecksItself { rows += await checking.check() }
        return rows
    }

    package func registerWebhooks(of channel: Channel) async throws -> [WebhookRegistration] {
        guard let connector = channels.directory.connector(of: channel.id) as? any RegistersWebhooks else { return [] }
        let registered = try await connector.registerWebhooks(at: channels.hookURL(of: channel))
        reconciler.saw(registered, of: channel.id)
        return registered
    }
}
