import Connect
import Database
import Domain
import Logging

extension LedgerTransaction {
    /// A channel that its platform no longer lets in is parked, and a person is told: both, or neither. One that a person paused stays paused, and one that was removed stays so.
    ///
    /// - Parameter reason: what the platform said; `message`: what is told, where that is more.
    func lose(_ id: ChannelID, code: String, reason: String, message: String? = nil) throws {
        try tx.run("UPDATE channels SET state = 'parked', state_reason = \(reason), updated_at = \(now.milliseconds) WHERE id = \(id.value) AND state = 'active'")
        guard try tx.first("SELECT 1 FROM channels WHERE id = \(id.value) AND state <> 'removed'", { try $0.int(0) }) != nil else { return }
        try raise(Problem(kind: .channelLost, subject: "channel:\(id)", channel: id, code: code, message: message ?? reason))
    }
}

extension Ledger {
    /// What needs the channel waits from now on.
    ///
    /// - Parameter admission: `ChannelStore.admission(of:)` before the call was begun. When somebody has let the channel in again since, the answer is to another token, or another password, and says nothing.
    func lose(_ id: ChannelID, _ error: ConnectorError, admittedAs admission: Int, in store: ChannelStore) async {
        do {
            try await write { transaction in
                guard store.admission(of: id) == admission else { return }
                try transaction.lose(id, code: error.code, reason: error.sentence)
            }
            try await store.reload()
        } catch { store.logger.error("channel could not be parked", metadata: ["channel.id": "\(id)", "error": "\(error)"]) }
    }
}
