package import Domain
package import Connect
import Logging
import Synchronization

/// The channels as everything that runs sees them: connectors built, rules and routes compiled, one immutable picture swapped at each change.
package final class ChannelDirectory: Sendable {
    package struct Picture: Sendable {
        package var surroundings = Surroundings()
        package var connectors: [ChannelID: any Connector] = [:]
        package var descriptors: [ChannelID: PlatformDescriptor] = [:]
        package var byHookKey: [String: ChannelID] = [:]
        /// The channel that holds an account at a platform: where one address takes the pushes of many accounts, each goes to its own.
        package var byAccount: [Account: ChannelID] = [:]
        /// Channels whose settings their connector refuses, with the reason.
        package var broken: [ChannelID: ConnectorError] = [:]
        package init() {}
    }
    package struct Account: Sendable, Hashable { package var platform: PlatformName, id: String }
    private let picture: Mutex<Picture>
    package init() { picture = Mutex(Picture()) }

    package var current: Picture { picture.withLock { $0 } }
    package var surroundings: Surroundings { picture.withLock { $0.surroundings } }
    package func replace(_ new: Picture) { picture.withLock { $0 = new } }

    package func connector(of channel: ChannelID) -> (any Connector)? { picture.withLock { $0.connectors[channel] } }
    package func descriptor(of channel: ChannelID) -> PlatformDescriptor? { picture.withLock { $0.descriptors[channel] } }
    package func channel(_ id: ChannelID) -> Channel? { picture.withLock { $0.surroundings.channels[id] } }
    /// nil: no channel of the platform was authorised as this account.
    package func channel(holding account: String, like channel: ChannelID) -> ChannelID? {
        picture.withLock { picture in picture.surroundings.channels[channel].flatMap { picture.byAccount[Account(platform: $0.platform, id: account)] } }
    }
    package func channel(hookKey: String) -> ChannelID? { picture.withLock { $0.byHookKey[hookKey] } }
}
