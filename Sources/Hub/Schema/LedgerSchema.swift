package import Database

/// The ledger's tables. A migration speaks SQL only and is never edited after it has shipped.
package enum LedgerSchema {
    package static let migrations: [Migration] = [
        Migration(name: "1001 channels", statements: channels),
        Migration(name: "1002 orders", statements: orders),
        Migration(name: "1003 dispatch", statements: dispatch),
        Migration(name: "1004 operations", statements: operations),
        Migration(name: "1005 dead letters by state", statements: [
            "CREATE INDEX dead_letters_by_state ON dead_letters (state, id)",
            "CREATE INDEX dead_letters_by_destination ON dead_letters (destination_id, state, id)",
        ]),
        Migration(name: "1006 flagged is a facet", statements: [
            """
            CREATE TABLE facet_counts (
                channel_id INTEGER NOT NULL,
                workflow TEXT NOT NULL,
                fulfilment TEXT NOT NULL,
                payment_state TEXT NOT NULL,
                flagged INTEGER NOT NULL,
                orders INTEGER NOT NULL,
                PRIMARY KEY (channel_id, workflow, fulfilment, payment_state, flagged)) WITHOUT ROWID
            """,
            """
            INSERT INTO facet_counts (channel_id, workflow, fulfilment, payment_state, flagged, orders)
            SELECT channel_id, workflow, fulfilment, payment_state, flagged, COUNT(*) FROM orders GROUP BY channel_id, workflow, fulfilment, payment_state, flagged
            """,
            "DROP TABLE facets",
            "DROP INDEX orders_by_facet",
            "CREATE INDEX orders_by_facet ON orders (channel_id, workflow, fulfilment, payment_state, flagged, placed_at, id)",
        ]),
        PeopleSchema.migration, DeskSchema.migration, FlowSchema.migration, TodaySchema.migration, RulesSchema.migration, ConnectionsSchema.migration, ShippingSchema.migration, ConsolidationSchema.migration, CancelledParcelsSchema.migration, ParcelSchema.migration, RecoverySchema.migration, WatchedFilesSchema.migration, PickupSchema.migration,
        CollectionSchema.migration,
    ]

    /// Every table whose rows are named by the hub's own rising identifiers.
    package static let identified = [
        "channels", "orders", "events", "shipments", "early_tracking", "routes", "jobs", "attempts", "dead_letters", "problems", "rule_sets", "tokens", "audit", "file_imports",
    ] + PeopleSchema.identified + DeskSchema.identified + FlowSchema.identified + TodaySchema.identified + ShippingSchema.identified + ConsolidationSchema.identified + CancelledParcelsSchema.identified + PickupSchema.identified

    private static let channels = [
        """
        CREATE TABLE channels (
            id INTEGER NOT NULL PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            platform TEXT NOT NULL,
            hook_key TEXT NOT NULL UNIQUE,
            settings TEXT NOT NULL,
            secrets BLOB NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('active','paused','parked','removed')),
            state_reason TEXT,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL)
        """,
        """
        CREATE TABLE channel_counts (
            channel_id INTEGER NOT NULL,
            hour INTEGER NOT NULL,
            name TEXT NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (channel_id, hour, name)) WITHOUT ROWID
        """,
        """
        CREATE TABLE cursors (
            channel_id INTEGER NOT NULL,
            name TEXT NOT NULL,
            position INTEGER NOT NULL,
            detail TEXT,
            updated_at INTEGER NOT NULL,
            PRIMARY KEY (channel_id, name)) WITHOUT ROWID
        """,
        """
        CREATE TABLE completeness (
            channel_id INTEGER NOT NULL,
            hour INTEGER NOT NULL,
            on_platform INTEGER NOT NULL,
            here INTEGER NOT NULL,
            repaired INTEGER NOT NULL,
            oldest_gap_at INTEGER,
            checked_at INTEGER NOT NULL,
            PRIMARY KEY (channel_id, hour)) WITHOUT ROWID
        """,
    ]

    private static let orders = [
        """
        CREATE TABLE receipts (
            receipt_key BLOB NOT NULL PRIMARY KEY,
            body_digest INTEGER NOT NULL) WITHOUT ROWID
        """,
        """
        CREATE TABLE orders (
            id INTEGER NOT NULL PRIMARY KEY,
            channel_id INTEGER NOT NULL,
            external_id TEXT NOT NULL,
            external_number TEXT NOT NULL,
            placed_at INTEGER NOT NULL,
            source_updated_at INTEGER NOT NULL,
            source_counter INTEGER NOT NULL,
            source_was_read INTEGER NOT NULL,
            source_digest INTEGER NOT NULL,
            source_received_at INTEGER NOT NULL,
            workflow TEXT NOT NULL,
            fulfilment TEXT NOT NULL,
            payment_state TEXT NOT NULL,
            currency TEXT NOT NULL,
            grand_minor INTEGER NOT NULL,
            platform_status TEXT NOT NULL,
            version INTEGER NOT NULL,
            flagged INTEGER NOT NULL,
            document TEXT NOT NULL,
            source_document TEXT,
            edits TEXT,
            decision TEXT,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            UNIQUE (channel_id, external_id))
        """,
        "CREATE INDEX orders_by_facet ON orders (channel_id, workflow, fulfilment, payment_state, placed_at, id)",
        "CREATE INDEX orders_by_placed ON orders (placed_at, id)",
        """
        CREATE TABLE facets (
            channel_id INTEGER NOT NULL,
            workflow TEXT NOT NULL,
            fulfilment TEXT NOT NULL,
            payment_state TEXT NOT NULL,
            orders INTEGER NOT NULL,
            PRIMARY KEY (channel_id, workflow, fulfilment, payment_state)) WITHOUT ROWID
        """,
        """
        CREATE TABLE order_lines (
            order_id INTEGER NOT NULL,
            position INTEGER NOT NULL,
            sku TEXT,
            title TEXT NOT NULL,
            quantity INTEGER NOT NULL,
            line_total_minor INTEGER NOT NULL,
            PRIMARY KEY (order_id, position)) WITHOUT ROWID
        """,
        """
        CREATE TABLE order_terms (
            bucket INTEGER NOT NULL,
            term TEXT NOT NULL,
            order_id INTEGER NOT NULL,
            PRIMARY KEY (bucket, term, order_id)) WITHOUT ROWID
        """,
        """
        CREATE TABLE events (
            id INTEGER NOT NULL PRIMARY KEY,
            order_id INTEGER NOT NULL,
            type TEXT NOT NULL,
            at INTEGER NOT NULL,
            version INTEGER NOT NULL,
            cause TEXT NOT NULL,
            data TEXT)
        """,
        "CREATE INDEX events_by_order ON events (order_id, id)",
        """
        CREATE TABLE shipments (
            id INTEGER NOT NULL PRIMARY KEY,
            order_id INTEGER NOT NULL,
            channel_id INTEGER NOT NULL,
            external_ref TEXT NOT NULL UNIQUE,
            external_id TEXT,
            tracking_number TEXT,
            status TEXT NOT NULL,
            is_void INTEGER NOT NULL,
            last_sequence INTEGER NOT NULL,
            last_event_at INTEGER NOT NULL,
            document TEXT NOT NULL)
        """,
        "CREATE INDEX shipments_by_order ON shipments (order_id, id)",
        "CREATE INDEX shipments_by_external ON shipments (channel_id, external_id)",
        "CREATE INDEX shipments_by_tracking ON shipments (tracking_number)",
        """
        CREATE TABLE early_tracking (
            id INTEGER NOT NULL PRIMARY KEY,
            channel_id INTEGER NOT NULL,
            external_ref TEXT,
            external_id TEXT,
            document TEXT NOT NULL,
            received_at INTEGER NOT NULL)
        """,
        "CREATE INDEX early_tracking_by_ref ON early_tracking (channel_id, external_ref)",
    ]

    private static let dispatch = [
        """
        CREATE TABLE routes (
            id INTEGER NOT NULL PRIMARY KEY,
            name TEXT NOT NULL UNIQUE,
            document TEXT NOT NULL,
            mode TEXT NOT NULL CHECK (mode IN ('live','paused')),
            position INTEGER NOT NULL,
            updated_at INTEGER NOT NULL)
        """,
        """
        CREATE TABLE jobs (
            id INTEGER NOT NULL PRIMARY KEY,
            route_id INTEGER NOT NULL,
            destination_id INTEGER NOT NULL,
            order_id INTEGER NOT NULL,
            event_id INTEGER NOT NULL,
            event_type TEXT NOT NULL,
            action TEXT NOT NULL,
            lane INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('ready','waiting','paused')),
            run_at INTEGER NOT NULL,
            attempt INTEGER NOT NULL,
            effect_unknown INTEGER NOT NULL,
            idempotency_key TEXT NOT NULL UNIQUE,
            payload TEXT,
            last_code TEXT,
            last_message TEXT,
            created_at INTEGER NOT NULL)
        """,
        "CREATE INDEX jobs_ready ON jobs (destination_id, run_at, id) WHERE state = 'ready'",
        "CREATE INDEX jobs_by_order ON jobs (order_id, destination_id, id)",
        "CREATE INDEX jobs_paused ON jobs (route_id, id) WHERE state = 'paused'",
        """
        CREATE TABLE attempts (
            id INTEGER NOT NULL PRIMARY KEY,
            job_id INTEGER NOT NULL,
            order_id INTEGER NOT NULL,
            destination_id INTEGER NOT NULL,
            action TEXT NOT NULL,
            attempt INTEGER NOT NULL,
            at INTEGER NOT NULL,
            duration_ms INTEGER NOT NULL,
            outcome TEXT NOT NULL,
            code TEXT,
            message TEXT)
        """,
        "CREATE INDEX attempts_by_order ON attempts (order_id, id)",
        """
        CREATE TABLE dead_letters (
            id INTEGER NOT NULL PRIMARY KEY,
            route_id INTEGER NOT NULL,
            destination_id INTEGER NOT NULL,
            order_id INTEGER NOT NULL,
            event_id INTEGER NOT NULL,
            event_type TEXT NOT NULL,
            action TEXT NOT NULL,
            idempotency_key TEXT NOT NULL,
            payload TEXT,
            cause TEXT NOT NULL,
            code TEXT NOT NULL,
            message TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            effect_unknown INTEGER NOT NULL,
            died_at INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('open','retried','discarded')),
            reason TEXT,
            closed_at INTEGER)
        """,
        "CREATE INDEX dead_letters_open ON dead_letters (cause, id) WHERE state = 'open'",
        "CREATE INDEX dead_letters_by_order ON dead_letters (order_id, id)",
        """
        CREATE TABLE takings (
            order_id INTEGER NOT NULL,
            destination_id INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('taken','cancelling','cancelled','tooLate','unknown')),
            external_ref TEXT,
            updated_at INTEGER NOT NULL,
            PRIMARY KEY (order_id, destination_id)) WITHOUT ROWID
        """,
    ]

    private static let operations = [
        """
        CREATE TABLE problems (
            id INTEGER NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL,
            channel_id INTEGER,
            delivery_id INTEGER,
            order_id INTEGER,
            code TEXT NOT NULL,
            message TEXT NOT NULL,
            count INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('open','resolved')),
            UNIQUE (kind, subject))
        """,
        "CREATE INDEX problems_open ON problems (updated_at, id) WHERE state = 'open'",
        """
        CREATE TABLE rule_sets (
            id INTEGER NOT NULL PRIMARY KEY,
            channel_id INTEGER NOT NULL,
            version INTEGER NOT NULL,
            document TEXT NOT NULL,
            applied_by TEXT NOT NULL,
            applied_at INTEGER NOT NULL,
            UNIQUE (channel_id, version))
        """,
        """
        CREATE TABLE tokens (
            id INTEGER NOT NULL PRIMARY KEY,
            name TEXT NOT NULL,
            hash BLOB NOT NULL UNIQUE,
            scopes TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            last_used_at INTEGER,
            revoked_at INTEGER)
        """,
        """
        CREATE TABLE idempotency_answers (
            token_id INTEGER NOT NULL,
            idempotency_key TEXT NOT NULL,
            request_digest INTEGER NOT NULL,
            status INTEGER NOT NULL,
            body TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            PRIMARY KEY (token_id, idempotency_key)) WITHOUT ROWID
        """,
        """
        CREATE TABLE audit (
            id INTEGER NOT NULL PRIMARY KEY,
            at INTEGER NOT NULL,
            actor TEXT NOT NULL,
            action TEXT NOT NULL,
            subject TEXT NOT NULL,
            detail TEXT,
            previous_hash BLOB NOT NULL,
            hash BLOB NOT NULL)
        """,
        """
        CREATE TABLE column_mappings (
            channel_id INTEGER NOT NULL,
            fingerprint TEXT NOT NULL,
            mapping TEXT NOT NULL,
            updated_at INTEGER NOT NULL,
            PRIMARY KEY (channel_id, fingerprint)) WITHOUT ROWID
        """,
        """
        CREATE TABLE file_imports (
            id INTEGER NOT NULL PRIMARY KEY,
            channel_id INTEGER NOT NULL,
            file_name TEXT NOT NULL,
            state TEXT NOT NULL,
            report TEXT NOT NULL,
            created_at INTEGER NOT NULL)
        """,
    ]
}
