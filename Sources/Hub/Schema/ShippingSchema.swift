import Database

/// Parcels, the numbers they travel under, their labels and the lists they are handed over with.
enum ShippingSchema {
    static let migration = Migration(name: "1013 shipping", statements: [
        """
        CREATE TABLE parcels (
            id INTEGER NOT NULL PRIMARY KEY,
            shipment_id INTEGER NOT NULL,
            order_id INTEGER NOT NULL,
            channel_id INTEGER NOT NULL,
            ref TEXT NOT NULL,
            of_parcels INTEGER NOT NULL,
            tracking_number TEXT,
            weight_grams INTEGER NOT NULL,
            cod_minor INTEGER,
            currency TEXT NOT NULL,
            postcode TEXT,
            status TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('toPack','packed','handedOver','void')),
            packed_at INTEGER,
            packed_by TEXT,
            handed_at INTEGER,
            manifest_id INTEGER,
            last_sequence INTEGER NOT NULL,
            last_event_at INTEGER NOT NULL,
            track_at INTEGER,
            created_at INTEGER NOT NULL,
            UNIQUE (shipment_id, ref))
        """,
        "CREATE INDEX parcels_by_order ON parcels (order_id)",
        "CREATE INDEX parcels_by_number ON parcels (tracking_number) WHERE tracking_number IS NOT NULL",
        "CREATE INDEX parcels_at_hand ON parcels (state, channel_id, id) WHERE state IN ('toPack','packed')",
        "CREATE INDEX parcels_by_manifest ON parcels (manifest_id) WHERE manifest_id IS NOT NULL",
        "CREATE INDEX parcels_to_track ON parcels (channel_id, track_at) WHERE track_at IS NOT NULL",
        "ALTER TABLE early_tracking ADD COLUMN tracking_number TEXT",
        "CREATE INDEX early_tracking_by_number ON early_tracking (channel_id, tracking_number)",
        """
        CREATE TABLE tracking_numbers (
            channel_id INTEGER NOT NULL,
            number TEXT NOT NULL,
            pool TEXT NOT NULL,
            external_ref TEXT,
            parcel_ref TEXT,
            drawn_at INTEGER NOT NULL,
            allotted_at INTEGER,
            PRIMARY KEY (channel_id, number)) WITHOUT ROWID
        """,
        "CREATE INDEX tracking_numbers_free ON tracking_numbers (channel_id, pool, number) WHERE external_ref IS NULL",
        "CREATE UNIQUE INDEX tracking_numbers_by_parcel ON tracking_numbers (channel_id, external_ref, parcel_ref) WHERE external_ref IS NOT NULL",
        "CREATE INDEX tracking_numbers_by_pool ON tracking_numbers (channel_id, pool, drawn_at, number)",
        """
        CREATE TABLE labels (
            id INTEGER NOT NULL PRIMARY KEY,
            shipment_id INTEGER NOT NULL,
            order_id INTEGER NOT NULL,
            parcel_ref TEXT NOT NULL,
            format TEXT NOT NULL,
            version INTEGER NOT NULL,
            is_platforms INTEGER NOT NULL,
            content BLOB,
            content_digest BLOB NOT NULL,
            is_void INTEGER NOT NULL,
            prints INTEGER NOT NULL,
            made_at INTEGER NOT NULL,
            UNIQUE (shipment_id, parcel_ref, version))
        """,
        """
        CREATE TABLE label_prints (
            id INTEGER NOT NULL PRIMARY KEY,
            label_id INTEGER NOT NULL,
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            reason TEXT)
        """,
        "CREATE INDEX label_prints_by_label ON label_prints (label_id, id)",
        """
        CREATE TABLE manifests (
            id INTEGER NOT NULL PRIMARY KEY,
            number TEXT NOT NULL UNIQUE,
            channel_id INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('open','closed','handedOver')),
            cutoff_at INTEGER,
            opened_by TEXT NOT NULL,
            opened_at INTEGER NOT NULL,
            closed_by TEXT,
            closed_at INTEGER,
            handed_by TEXT,
            handed_to TEXT,
            handed_at INTEGER,
            prints INTEGER NOT NULL,
            parcels INTEGER NOT NULL,
            missing INTEGER NOT NULL,
            extra INTEGER NOT NULL)
        """,
        "CREATE UNIQUE INDEX manifests_open ON manifests (channel_id) WHERE state = 'open'",
        """
        CREATE TABLE manifest_scans (
            id INTEGER NOT NULL PRIMARY KEY,
            manifest_id INTEGER NOT NULL,
            number TEXT NOT NULL,
            parcel_id INTEGER,
            outcome TEXT NOT NULL,
            actor TEXT NOT NULL,
            at INTEGER NOT NULL)
        """,
        "CREATE INDEX manifest_scans_by_manifest ON manifest_scans (manifest_id, id)",
        """
        CREATE TABLE remittances (
            id INTEGER NOT NULL PRIMARY KEY,
            channel_id INTEGER NOT NULL,
            file_name TEXT NOT NULL,
            file_digest BLOB NOT NULL,
            actor TEXT NOT NULL,
            at INTEGER NOT NULL,
            parcels INTEGER NOT NULL,
            differences INTEGER NOT NULL,
            amount_minor INTEGER NOT NULL,
            fee_minor INTEGER NOT NULL,
            currency TEXT NOT NULL,
            UNIQUE (channel_id, file_digest))
        """,
        """
        CREATE TABLE remittance_lines (
            id INTEGER NOT NULL PRIMARY KEY,
            remittance_id INTEGER NOT NULL,
            file_row INTEGER NOT NULL,
            number TEXT NOT NULL,
            parcel_id INTEGER,
            order_id INTEGER,
            amount_minor INTEGER NOT NULL,
            fee_minor INTEGER NOT NULL,
            expected_minor INTEGER,
            paid_at INTEGER,
            outcome TEXT NOT NULL,
            settled_at INTEGER,
            settled_by TEXT,
            note TEXT)
        """,
        "CREATE INDEX remittance_lines_by_remittance ON remittance_lines (remittance_id, id)",
        "CREATE INDEX remittance_lines_by_parcel ON remittance_lines (parcel_id) WHERE parcel_id IS NOT NULL",
        "CREATE INDEX remittance_lines_open ON remittance_lines (id) WHERE outcome <> 'matched' AND settled_at IS NULL",
        "CREATE INDEX parcels_to_collect ON parcels (status, id) WHERE cod_minor IS NOT NULL",
    ])

    static let identified = ["parcels", "labels", "label_prints", "manifests", "manifest_scans", "remittances", "remittance_lines"]
}
