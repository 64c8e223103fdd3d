package import Connect
package import Domain
import Synchronization

/// One comparison of a channel as it goes.
package struct ReconcileProgress: Sendable, Equatable {
    package var startedAt: Timestamp
    package var endedAt: Timestamp?
    /// How far back it looks.
    package var since: Timestamp
    /// The channel was never compared before: what it finds is what the shop had already.
    package var isFirst: Bool
    package var report = Reconciler.Report()
    package var fault: ConnectorError?
    package var isRunning: Bool { endedAt == nil }
}

/// What a platform said of our webhooks.
package struct WebhookLook: Sendable, Equatable {
    package var at: Timestamp, registrations: [WebhookRegistration]
    package var fault: ConnectorError?
}

/// What the comparisons saw, for whoever watches a channel being connected.
final class ReconcileWatch: Sendable {
    private struct State { var progress: [ChannelID: ReconcileProgress] = [:], webhooks: [ChannelID: WebhookLook] = [:] }
    private let state = Mutex(State())

    func progress(of channel: ChannelID) -> ReconcileProgress? { state.withLock { $0.progress[channel] } }
    func webhooks(of channel: ChannelID) -> WebhookLook? { state.withLock { $0.webhooks[channel] } }

    func began(_ channel: ChannelID, isFirst: Bool, since: Timestamp, at: Timestamp) {
        state.withLock { $0.progress[channel] = ReconcileProgress(startedAt: at, since: since, isFirst: isFirst) }
    }
    func saw(_ report: Reconciler.Report, of channel: ChannelID) { state.withLock { $0.progress[channel]?.report = report } }
    func ended(_ channel: ChannelID, _ report: Reconciler.Report, fault: ConnectorError?, at: Timestamp) {
        state.withLock { state in
            state.progress[channel]?.report = report
            state.progress[channel]?.fault = fault
            state.progress[channel]?.endedAt = at
        }
    }
    func saw(_ look: WebhookLook, of channel: ChannelID) { state.withLock { $0.webhooks[channel] = look } }
}
