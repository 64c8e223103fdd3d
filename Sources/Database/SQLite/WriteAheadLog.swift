import Synchronization

/// What the writer and the checkpointer tell each other about the write-ahead log.
final class WriteAheadLog: Sendable {
    /// Pages in the log after the last commit.
    let pages = Atomic(0)
    /// What the checkpointer asks of the writer before its next transaction.
    let restart = Atomic(Restart.no)

    enum Restart: UInt8, AtomicRepresentable {
        case no
        /// Start the log from its beginning if no reader is in the way.
        case ifFree
        /// Wait for the readers for a moment: the log has reached its bound.
        case wait
    }
}
