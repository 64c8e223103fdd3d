package import Domain
import Database

extension Hub {
    /// Channels whose approved orders wait for somebody to let them go, with how many wait.
    package func waitingToShip() async throws -> [(channel: Channel, orders: Int)] {
        let channels = holding
        guard !channels.isEmpty else { return [] }
        return try await ledgerDatabase.read { tx in
            try channels.compactMap { channel in
                let count = try tx.first("SELECT COUNT(*) FROM orders WHERE channel_id = \(channel.id.value) AND workflow = 'approved'") { try $0.int(0) } ?? 0
                return count > 0 ? (channel, count) : nil
            }
        }
    }

    /// The approved orders of a channel, oldest first, at most as many as one bulk action takes.
    package func ordersWaitingToShip(of channel: ChannelID) async throws -> [OrderID] {
        try await ledgerDatabase.read { tx in
            try tx.rows("SELECT id FROM orders WHERE channel_id = \(channel.value) AND workflow = 'approved' ORDER BY placed_at, id LIMIT \(Ledger.maximumListed)") { OrderID(try $0.int64(0)) }
        }
    }

    private var holding: [Channel] {
        channels.directory.surroundings.channels.values.filter { $0.state != .removed && $0.settings[HubSetting.booking] == "whenPacked" }.sorted { $0.name < $1.name }
    }
}
