package import Database

/// The journal's tables: deliveries as they came, in the order of their commits. On SQLite a file of its own, so that the answers to platforms never wait
/// for the ledger's commits; on PostgreSQL the same database as the ledger.
package enum JournalSchema {
    package static let migrations: [Migration] = [
        Migration(name: "0001 deliveries", statements: [
            """
            CREATE TABLE deliveries (
                id INTEGER NOT NULL PRIMARY KEY,
                channel_id INTEGER NOT NULL,
                origin TEXT NOT NULL CHECK (origin IN ('webhook','poll','fetch','file','api','reconciliation')),
                topic TEXT NOT NULL,
                receipt_key BLOB NOT NULL,
                headers TEXT NOT NULL,
                complaint TEXT,
                body BLOB NOT NULL,
                received_at INTEGER NOT NULL,
                asked_at INTEGER)
            """,
        ]),
    ]
}
