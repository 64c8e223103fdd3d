import Database

/// What is remembered of the way of work: queues by destination, attempts by hour, what was asked and answered, deliveries by topic, what a comparison found.
enum FlowSchema {
    static let migration = Migration(name: "1009 flows", statements: [
        // Lists a destination's queue in its order, and counts all queues, without a look at the jobs themselves.
        "CREATE INDEX jobs_by_destination ON jobs (destination_id, id, route_id, state)",
        // Only what failed costs an entry: the list of failures is the one that is filtered.
        "CREATE INDEX attempts_failed ON attempts (destination_id, id) WHERE code IS NOT NULL",
        """
        CREATE TABLE flow_hours (
            hour INTEGER NOT NULL,
            route_id INTEGER NOT NULL,
            destination_id INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            lags TEXT NOT NULL,
            PRIMARY KEY (hour, route_id, destination_id, outcome)) WITHOUT ROWID
        """,
        """
        CREATE TABLE topic_times (
            channel_id INTEGER NOT NULL,
            origin TEXT NOT NULL,
            topic TEXT NOT NULL,
            deliveries INTEGER NOT NULL,
            last_at INTEGER NOT NULL,
            PRIMARY KEY (channel_id, origin, topic)) WITHOUT ROWID
        """,
        """
        CREATE TABLE exchanges (
            id INTEGER NOT NULL PRIMARY KEY,
            attempt_id INTEGER NOT NULL,
            order_id INTEGER NOT NULL,
            destination_id INTEGER NOT NULL,
            action TEXT NOT NULL,
            succeeded INTEGER NOT NULL,
            at INTEGER NOT NULL,
            duration_ms INTEGER NOT NULL,
            method TEXT NOT NULL,
            url TEXT NOT NULL,
            status INTEGER,
            fault TEXT,
            request TEXT,
            request_bytes INTEGER NOT NULL,
            answer TEXT,
            answer_bytes INTEGER NOT NULL)
        """,
        "CREATE INDEX exchanges_by_attempt ON exchanges (attempt_id, id)",
        "CREATE INDEX exchanges_by_destination ON exchanges (destination_id, id)",
        """
        CREATE TABLE missed_orders (
            channel_id INTEGER NOT NULL,
            hour INTEGER NOT NULL,
            external_id TEXT NOT NULL,
            changed_at INTEGER NOT NULL,
            found_at INTEGER NOT NULL,
            PRIMARY KEY (channel_id, hour, external_id)) WITHOUT ROWID
        """,
    ])
    /// Tables whose rows are named by the hub's own rising identifiers.
    static let identified: [String] = ["exchanges"]
}
