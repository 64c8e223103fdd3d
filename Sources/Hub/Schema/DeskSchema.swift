import Database

/// Saved views, bulk actions, batches of edits, and what the grid filters by beside an order's own columns.
enum DeskSchema {
    static let migration = Migration(name: "1008 desk", statements: marks + views + bulk + edits)
    /// Tables whose rows are named by the hub's own rising identifiers.
    static let identified: [String] = ["saved_views", "bulk_actions", "edit_batches"]

    private static let marks = [
        """
        CREATE TABLE order_marks (
            kind TEXT NOT NULL CHECK (kind IN ('tag','courier','cod')),
            value TEXT NOT NULL,
            at INTEGER NOT NULL,
            order_id INTEGER NOT NULL,
            PRIMARY KEY (kind, value, at, order_id)) WITHOUT ROWID
        """,
        """
        CREATE TABLE order_reasons (
            order_id INTEGER NOT NULL PRIMARY KEY,
            reason TEXT NOT NULL,
            cause TEXT NOT NULL,
            at INTEGER NOT NULL)
        """,
        "CREATE INDEX order_reasons_by_reason ON order_reasons (reason, order_id)",
        // Orders that are older than the marks get theirs after the start, a batch at a time.
        "INSERT INTO cursors (channel_id, name, position, detail, updated_at) SELECT 0, 'marks', 0, CAST(MAX(id) AS TEXT), 0 FROM orders HAVING COUNT(*) > 0",
        """
        CREATE TABLE amendments (
            order_id INTEGER NOT NULL,
            destination_id INTEGER NOT NULL,
            actor TEXT NOT NULL,
            fields TEXT NOT NULL,
            at INTEGER NOT NULL,
            PRIMARY KEY (order_id, destination_id)) WITHOUT ROWID
        """,
    ]

    private static let views = [
        """
        CREATE TABLE saved_views (
            id INTEGER NOT NULL PRIMARY KEY,
            holder_id INTEGER NOT NULL,
            holder_name TEXT NOT NULL,
            name TEXT NOT NULL,
            is_shared INTEGER NOT NULL,
            document TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            UNIQUE (holder_id, name))
        """,
        "CREATE INDEX saved_views_shared ON saved_views (name, id) WHERE is_shared = 1",
        """
        CREATE TABLE view_layouts (
            holder_id INTEGER NOT NULL,
            view TEXT NOT NULL,
            document TEXT NOT NULL,
            updated_at INTEGER NOT NULL,
            PRIMARY KEY (holder_id, view)) WITHOUT ROWID
        """,
    ]

    private static let bulk = [
        """
        CREATE TABLE bulk_actions (
            id INTEGER NOT NULL PRIMARY KEY,
            kind TEXT NOT NULL,
            parameters TEXT NOT NULL,
            holder_id INTEGER NOT NULL,
            actor TEXT NOT NULL,
            actor_token INTEGER,
            actor_person INTEGER,
            state TEXT NOT NULL CHECK (state IN ('running','cancelling','cancelled','done','failed')),
            total INTEGER NOT NULL,
            position INTEGER NOT NULL,
            went INTEGER NOT NULL,
            unchanged INTEGER NOT NULL,
            refused INTEGER NOT NULL,
            undo_of INTEGER,
            undone_by INTEGER,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL)
        """,
        "CREATE INDEX bulk_actions_unfinished ON bulk_actions (id) WHERE state IN ('running','cancelling')",
        "CREATE INDEX bulk_actions_by_holder ON bulk_actions (holder_id, id)",
        """
        CREATE TABLE bulk_items (
            bulk_id INTEGER NOT NULL,
            position INTEGER NOT NULL,
            order_id INTEGER NOT NULL,
            outcome TEXT NOT NULL CHECK (outcome IN ('waiting','went','unchanged','refused')),
            code TEXT,
            sentence TEXT,
            was TEXT,
            became TEXT,
            PRIMARY KEY (bulk_id, position)) WITHOUT ROWID
        """,
        "CREATE INDEX bulk_items_refused ON bulk_items (bulk_id, position) WHERE outcome = 'refused'",
    ]

    private static let edits = [
        """
        CREATE TABLE edit_batches (
            id INTEGER NOT NULL PRIMARY KEY,
            holder_id INTEGER NOT NULL,
            actor TEXT NOT NULL,
            orders INTEGER NOT NULL,
            cells INTEGER NOT NULL,
            undo_of INTEGER,
            undone_by INTEGER,
            created_at INTEGER NOT NULL)
        """,
        "CREATE INDEX edit_batches_by_holder ON edit_batches (holder_id, id)",
        """
        CREATE TABLE edit_cells (
            batch_id INTEGER NOT NULL,
            order_id INTEGER NOT NULL,
            field TEXT NOT NULL,
            was TEXT,
            became TEXT,
            PRIMARY KEY (batch_id, order_id, field)) WITHOUT ROWID
        """,
    ]
}
