import Database

/// Orders that travel together: planned, changed and undone until their booking is made.
enum ConsolidationSchema {
    static let migration = Migration(name: "1014 consolidation", statements: [
        """
        CREATE TABLE consolidations (
            id INTEGER NOT NULL PRIMARY KEY,
            channel_id INTEGER NOT NULL,
            lead_order_id INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('planned','released','booked','undone')),
            single_minor INTEGER,
            together_minor INTEGER,
            currency TEXT NOT NULL,
            made_by TEXT NOT NULL,
            made_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL)
        """,
        "CREATE INDEX consolidations_open ON consolidations (state, id) WHERE state IN ('planned','released')",
        """
        CREATE TABLE consolidation_orders (
            consolidation_id INTEGER NOT NULL,
            order_id INTEGER NOT NULL,
            is_active INTEGER NOT NULL,
            PRIMARY KEY (consolidation_id, order_id)) WITHOUT ROWID
        """,
        "CREATE UNIQUE INDEX consolidation_orders_active ON consolidation_orders (order_id) WHERE is_active = 1",
        """
        CREATE TABLE shipment_orders (
            shipment_id INTEGER NOT NULL,
            order_id INTEGER NOT NULL,
            PRIMARY KEY (shipment_id, order_id)) WITHOUT ROWID
        """,
        "CREATE INDEX shipment_orders_by_order ON shipment_orders (order_id)",
    ])

    static let identified = ["consolidations"]
}
