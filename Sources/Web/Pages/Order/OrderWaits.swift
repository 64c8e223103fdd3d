import Domain
import Hub

/// What an order's open work waits for: channels that their platform no longer lets in (parked), and channels that a person paused. It goes on by itself afterwards.
struct OrderWaits {
    let order: StoredOrder, jobs: [QueuedJob], visit: Visit

    private var words: Words { visit.words }
    private var channels: [ChannelID: Channel] { visit.hub.channels.directory.surroundings.channels }

    /// The channel that a job waits for; nil: nothing of the kind holds it up.
    func halt(of job: QueuedJob) -> Channel? { channels[job.job.destination].flatMap { Self.isHalted($0) ? $0 : nil } }

    static func isHalted(_ channel: Channel) -> Bool { channel.state == .parked || channel.state == .paused }

    /// Every such channel once: the order's own first, as nothing new is heard of the order then either.
    var list: [OrderView.Wait] {
        let halted = jobs.compactMap(halt), source = channels[order.channel].flatMap { Self.isHalted($0) ? $0 : nil }
        let isOver = [Workflow.processed, .excluded, .cancelled].contains(order.workflow)
        var waits: [OrderView.Wait] = []
        if let source, !isOver || halted.contains(where: { $0.id == source.id }) { waits.append(wait(for: source, "source")) }
        var seen: Set<ChannelID> = [order.channel]
        for channel in halted where seen.insert(channel.id).inserted { waits.append(wait(for: channel, "work")) }
        return waits
    }

    /// - Parameter part: `source` or `work`, as the texts are named.
    private func wait(for channel: Channel, _ part: String) -> OrderView.Wait {
        let state = channel.state == .parked ? "parked" : "paused"
        return OrderView.Wait(sentence: words("order.waits.\(part).\(state)", ["channel": channel.name]), word: words("order.waits.mend.\(state)"), address: address(of: channel))
    }

    /// Where the channel is authorised again or resumed, for those who may open it.
    func address(of channel: Channel) -> [String] { visit.caller.may(.channelsRead) ? ["/channels/\(channel.id)"] : [] }
}
