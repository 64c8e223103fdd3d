import Database

/// What must leave by when, what waits for a person and why, and the series of the last days.
enum TodaySchema {
    static let migration = Migration(name: "1010 today", statements: [
        // Until when an order must leave; NULL: it has not to (any more).
        "ALTER TABLE orders ADD COLUMN ship_by INTEGER",
        "CREATE INDEX orders_due ON orders (ship_by, id) WHERE ship_by IS NOT NULL",
        """
        CREATE TABLE due_counts (
            slot INTEGER NOT NULL,
            channel_id INTEGER NOT NULL,
            carrier TEXT NOT NULL,
            stage TEXT NOT NULL CHECK (stage IN ('toApprove','going','booked')),
            orders INTEGER NOT NULL,
            PRIMARY KEY (slot, channel_id, carrier, stage)) WITHOUT ROWID
        """,
        """
        CREATE TABLE waiting (
            order_id INTEGER NOT NULL PRIMARY KEY,
            channel_id INTEGER NOT NULL,
            cause TEXT NOT NULL CHECK (cause IN ('payment','hand','address','rule','platform','person','edited')),
            subject TEXT NOT NULL,
            since INTEGER NOT NULL)
        """,
        "CREATE INDEX waiting_by_cause ON waiting (cause, subject, channel_id, since, order_id)",
        """
        CREATE TABLE waiting_counts (
            cause TEXT NOT NULL,
            subject TEXT NOT NULL,
            channel_id INTEGER NOT NULL,
            reason TEXT NOT NULL,
            orders INTEGER NOT NULL,
            PRIMARY KEY (cause, subject, channel_id)) WITHOUT ROWID
        """,
        """
        CREATE TABLE pulse_minutes (
            minute INTEGER NOT NULL PRIMARY KEY,
            accepted INTEGER NOT NULL,
            orders INTEGER NOT NULL,
            booked INTEGER NOT NULL,
            lags TEXT NOT NULL)
        """,
    ])
    /// Tables whose rows are named by the hub's own rising identifiers.
    static let identified: [String] = []
}
