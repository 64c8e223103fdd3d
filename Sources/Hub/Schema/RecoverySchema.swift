import Database

/// Lost pushes that are asked for, and remittances that are taken in by pieces.
enum RecoverySchema {
    static let migration = Migration(name: "1017 recovery", statements: [
        """
        CREATE TABLE push_recoveries (
            platform TEXT NOT NULL,
            application TEXT NOT NULL,
            due_at INTEGER NOT NULL,
            fence INTEGER NOT NULL,
            held_by TEXT,
            held_until INTEGER,
            failures INTEGER NOT NULL,
            fault TEXT,
            recovered INTEGER NOT NULL,
            skipped INTEGER NOT NULL,
            asked_at INTEGER,
            updated_at INTEGER NOT NULL,
            PRIMARY KEY (platform, application)) WITHOUT ROWID
        """,
        "ALTER TABLE remittances ADD COLUMN is_whole INTEGER NOT NULL DEFAULT 1",
        "CREATE UNIQUE INDEX remittance_lines_once ON remittance_lines (remittance_id, file_row)",
        "ALTER TABLE parcels ADD COLUMN remitted_at INTEGER",
        """
        UPDATE parcels SET remitted_at = (SELECT MIN(r.at) FROM remittance_lines l JOIN remittances r ON r.id = l.remittance_id WHERE l.parcel_id = parcels.id AND l.outcome = 'matched')
         WHERE id IN (SELECT parcel_id FROM remittance_lines WHERE outcome = 'matched' AND parcel_id IS NOT NULL)
        """,
        "CREATE INDEX early_tracking_by_age ON early_tracking (received_at)",
        "CREATE INDEX labels_by_age ON labels (made_at) WHERE content IS NOT NULL",
    ])
}
