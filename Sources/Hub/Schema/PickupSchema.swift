import Database

/// Pick-ups that carriers were asked for: one living one a carrier and day.
enum PickupSchema {
    static let migration = Migration(name: "1019 pickups", statements: [
        """
        CREATE TABLE pickups (
            id INTEGER NOT NULL PRIMARY KEY,
            channel_id INTEGER NOT NULL,
            day TEXT NOT NULL,
            window_from TEXT,
            window_to TEXT,
            parcels INTEGER NOT NULL,
            bookings TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('asking','requested','refused','cancelled')),
            external_id TEXT,
            carrier_status TEXT,
            message TEXT,
            asked_by TEXT NOT NULL,
            asked_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL)
        """,
        "CREATE UNIQUE INDEX pickups_living ON pickups (channel_id, day) WHERE state IN ('asking','requested')",
        "CREATE INDEX pickups_by_day ON pickups (day, id)",
    ])

    static let identified = ["pickups"]
}
