import Database

/// The credentials of channels, and authorisations under way.
enum ConnectionsSchema {
    static let migration = Migration(name: "1012 connections", statements: [
        """
        CREATE TABLE credentials (
            channel_id INTEGER NOT NULL,
            grant_name TEXT NOT NULL,
            sealed BLOB,
            account_id TEXT,
            state TEXT NOT NULL CHECK (state IN ('valid','lapsed')),
            generation INTEGER NOT NULL,
            fence INTEGER NOT NULL,
            held_by TEXT,
            held_until INTEGER,
            refresh_at INTEGER,
            access_expires_at INTEGER,
            refresh_expires_at INTEGER,
            authorisation_expires_at INTEGER,
            failures INTEGER NOT NULL,
            fault TEXT,
            refreshed_at INTEGER,
            updated_at INTEGER NOT NULL,
            PRIMARY KEY (channel_id, grant_name)) WITHOUT ROWID
        """,
        "CREATE INDEX credentials_due ON credentials (refresh_at) WHERE state = 'valid' AND refresh_at IS NOT NULL",
        "CREATE INDEX credentials_by_account ON credentials (account_id) WHERE account_id IS NOT NULL",
        """
        CREATE TABLE authorisations (
            state_hash BLOB NOT NULL PRIMARY KEY,
            channel_id INTEGER NOT NULL,
            actor TEXT NOT NULL,
            session_id INTEGER,
            redirect TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            used_at INTEGER,
            outcome TEXT)
        """,
    ])
}
