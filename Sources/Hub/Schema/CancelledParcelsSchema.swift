import Database

/// Why a box must not leave and whether its goods are back, which numbers are spoiled, and buyers' wishes to cancel.
enum CancelledParcelsSchema {
    static let migration = Migration(name: "1015 cancelled parcels", statements: [
        "ALTER TABLE parcels ADD COLUMN external_id TEXT",
        "ALTER TABLE parcels ADD COLUMN void_reason TEXT",
        "ALTER TABLE parcels ADD COLUMN voided_at INTEGER",
        "ALTER TABLE parcels ADD COLUMN goods_back_at INTEGER",
        "ALTER TABLE parcels ADD COLUMN goods_back_by TEXT",
        "UPDATE parcels SET voided_at = created_at WHERE state = 'void'",
        "CREATE INDEX parcels_by_external ON parcels (channel_id, external_id) WHERE external_id IS NOT NULL",
        "CREATE INDEX parcels_to_unpack ON parcels (voided_at, id) WHERE voided_at IS NOT NULL AND goods_back_at IS NULL",
        "CREATE INDEX parcels_in_trouble ON parcels (status, last_event_at) WHERE status IN ('deliveryFailed','returning','returned','lost')",
        "CREATE INDEX early_tracking_by_external ON early_tracking (channel_id, external_id)",
        "ALTER TABLE tracking_numbers ADD COLUMN position INTEGER",
        "ALTER TABLE tracking_numbers ADD COLUMN spoiled_at INTEGER",
        "ALTER TABLE tracking_numbers ADD COLUMN spoiled_reason TEXT",
        """
        UPDATE tracking_numbers
           SET position = (SELECT COUNT(*) FROM tracking_numbers earlier
                            WHERE earlier.channel_id = tracking_numbers.channel_id AND earlier.pool = tracking_numbers.pool AND earlier.number <= tracking_numbers.number)
        """,
        "DROP INDEX tracking_numbers_free",
        "CREATE INDEX tracking_numbers_free ON tracking_numbers (channel_id, pool, number) WHERE external_ref IS NULL AND spoiled_at IS NULL",
        "DROP INDEX tracking_numbers_by_pool",
        "CREATE INDEX tracking_numbers_by_position ON tracking_numbers (channel_id, pool, position)",
        """
        CREATE TABLE cancellation_wishes (
            id INTEGER NOT NULL PRIMARY KEY,
            order_id INTEGER NOT NULL,
            number INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('open','answering','answered','over')),
            is_accepted INTEGER,
            reason TEXT,
            asked_at INTEGER NOT NULL,
            answer_by INTEGER,
            answered_by TEXT,
            answered_at INTEGER,
            UNIQUE (order_id, number))
        """,
    ])

    static let identified = ["cancellation_wishes"]
}
