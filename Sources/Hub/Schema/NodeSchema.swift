package import Database

/// Which hub works on a PostgreSQL database. Beside the ledger's tables and under migrations of its own: it is asked before those may run.
package enum NodeSchema {
    package static let migrations: [Migration] = [
        Migration(name: "0001 node lease", statements: [
            """
            CREATE TABLE node_lease (
                id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
                fence INTEGER NOT NULL,
                node TEXT,
                address TEXT,
                held_until INTEGER NOT NULL,
                key_mark TEXT)
            """,
            "INSERT INTO node_lease (id, fence, node, address, held_until, key_mark) VALUES (1, 0, NULL, NULL, 0, NULL)",
        ]),
    ]
}
