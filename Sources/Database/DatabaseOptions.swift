/// Where the data is.
package enum DatabaseLocation: Sendable, Equatable {
    /// A file of this machine; `-wal`, `-shm` and `.lock` files stand beside it.
    case sqlite(path: String)
    /// A connection URL or keyword list as libpq takes it.
    case postgres(url: String)

    /// `postgres://…` and `postgresql://…` are servers, anything else is a path.
    package init(_ text: String) {
        let isServer = text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
        self = isServer ? .postgres(url: text) : .sqlite(path: text)
    }
}

/// The limits of one database. The defaults suit a node; tests make them small.
package struct DatabaseOptions: Sendable {
    /// Write closures that share one commit at most.
    package var maximumBatch = 512
    /// A batch takes no further closure after this time, so that a commit is never far away.
    package var maximumBatchTime = Duration.milliseconds(10)
    package var maximumPendingWrites = 20_000
    package var maximumPendingReads = 20_000
    package var readers = 4
    /// Independent writer connections; SQLite always has one.
    package var writers = 1
    /// A single statement is stopped after this time.
    package var statementSeconds = 30
    /// SQLite: how often the background looks whether to checkpoint while there is little to do.
    package var checkpointInterval = Duration.milliseconds(200)
    /// SQLite: the size of the write-ahead log from which the background copies it into the file.
    package var checkpointBytes = 4 << 20
    /// SQLite: the size from which the log is started afresh when no reader is in the way.
    package var restartBytes = 256 << 20
    /// SQLite: the size from which that waits for readers for a moment.
    package var maximumWALBytes = 512 << 20
    /// SQLite: how much of the write-ahead log is laid out on disk at the start. A flush of bytes that overwrite is several times faster than one of a file that
    /// grows, so a database that takes bursts reserves as much as its log grows to before it is started afresh.
    package var reservedLogBytes = 0
    /// SQLite: the page cache of the writer's connection.
    package var cacheBytes = 48 << 20
    /// SQLite: the page cache of each reader; the operating system keeps the file's pages too.
    package var readerCacheBytes = 8 << 20
    /// SQLite: the page size of a new file.
    package var pageBytes = 4096
    /// PostgreSQL: what a write transaction sees of others.
    package var writeIsolation = WriteIsolation.repeatableRead
    /// PostgreSQL: how often a transaction that lost against another one, or its connection, runs again before its callers hear of it.
    package var maximumAttempts = 6

    /// PostgreSQL: what every session does before its first work; nil: anybody may work here.
    package var sessionGuard: SessionGuard?

    package enum WriteIsolation: String, Sendable {
        case readCommitted = "READ COMMITTED", repeatableRead = "REPEATABLE READ", serializable = "SERIALIZABLE"
    }

    package init() {}
}

/// Keeps nodes that have lost their right away from a PostgreSQL database. Whatever takes the right away also ends the sessions that hold `mark`; those that
/// come back are asked, and refused with `.fenced`. So a node that was held up costs nothing per transaction and cannot write.
package struct SessionGuard: Sendable {
    /// The two halves of the advisory lock that each session holds, shared, as long as it lives.
    package var mark: (group: Int32, number: Int32)
    /// Answers with a row while sessions under `mark` may work.
    package var question: SQL

    package init(mark: (group: Int32, number: Int32), question: SQL) { self.mark = mark; self.question = question }
}
