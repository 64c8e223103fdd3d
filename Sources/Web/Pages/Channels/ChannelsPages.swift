import Connect
import Domain
import HTTPTypes
import Hub
import Hummingbird

/// The pages of the channels: the list, connecting a new one, one channel with everything that can be done to it.
struct ChannelsPages {
    let console: Console

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("channels", use: console.page(list))
        ConnectPages(console: console).add(to: pages)
        ChannelPages(console: console).add(to: pages)
        ChannelActions(console: console).add(to: pages)
        ConnectionPages(console: console).add(to: pages)
    }

    struct Group: Sendable { var title: String, rows: [ChannelRow] }
    struct List: Sendable { var groups: [Group], isEmpty: Bool, mayChange: Bool, needAttention: String? }

    @Sendable private func list(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsRead)
        let all = try await visit.hub.channelHealth(), writer = ChannelWriter(visit: visit)
        let kinds: [(String, [PlatformDescriptor.Kind])] = [("shops", [.shop, .file]), ("couriers", [.courier]), ("destinations", [.destination])]
        let groups = kinds.compactMap { name, kinds -> Group? in
            let rows = all.filter { kinds.contains($0.channel.kind) }.map(writer.row)
            return rows.isEmpty ? nil : Group(title: visit.words("channels.kinds.\(name)"), rows: rows)
        }
        let bad = all.filter(\.standing.isBad).count
        let content = List(groups: groups, isEmpty: all.isEmpty, mayChange: visit.caller.may(.channelsWrite), needAttention: bad > 0 ? visit.words.counted("channels.needAttention", bad) : nil)
        return visit.isFragment ? try visit.fragment("channels-rows", content)
            : try visit.page("channels-list", title: visit.words("channels.title"), at: .channels, content, scripts: ["flows.js"], styles: ["flows.css"])
    }
}

/// A line of the list.
struct ChannelRow: Sendable {
    var id: String, name: String, platform: String, state: StateWord, reason: String?, lastDelivery: PageTime?, completeness: StateWord?, refused: String, isRefused: Bool
    var webhooks: StateWord?, calls: String, isThrottled: Bool, queue: String, dead: String, hasDead: Bool
}
