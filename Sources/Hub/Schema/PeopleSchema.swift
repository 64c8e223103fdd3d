import Database

/// People, their sessions, invitations and what the workspace is set to.
enum PeopleSchema {
    static let migration = Migration(name: "1007 people", statements: [
        """
        CREATE TABLE people (
            id INTEGER NOT NULL PRIMARY KEY,
            email TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            role TEXT NOT NULL CHECK (role IN ('viewer','operator','manager','engineer','admin')),
            state TEXT NOT NULL CHECK (state IN ('active','disabled')),
            language TEXT,
            theme TEXT CHECK (theme IN ('light','dark')),
            password TEXT NOT NULL,
            totp_secret BLOB,
            totp_pending BLOB,
            totp_step INTEGER NOT NULL,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            seen_at INTEGER)
        """,
        """
        CREATE TABLE recovery_codes (
            person_id INTEGER NOT NULL,
            hash BLOB NOT NULL,
            PRIMARY KEY (person_id, hash)) WITHOUT ROWID
        """,
        """
        CREATE TABLE sessions (
            id INTEGER NOT NULL PRIMARY KEY,
            hash BLOB NOT NULL UNIQUE,
            person_id INTEGER,
            token_id INTEGER,
            csrf TEXT NOT NULL,
            browser TEXT NOT NULL,
            address TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            used_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL)
        """,
        "CREATE INDEX sessions_by_person ON sessions (person_id, id) WHERE person_id IS NOT NULL",
        "CREATE INDEX sessions_by_token ON sessions (token_id, id) WHERE token_id IS NOT NULL",
        "CREATE INDEX sessions_by_use ON sessions (used_at)",
        """
        CREATE TABLE access_links (
            id INTEGER NOT NULL PRIMARY KEY,
            hash BLOB NOT NULL UNIQUE,
            kind TEXT NOT NULL CHECK (kind IN ('owner','invitation','reset')),
            person_id INTEGER,
            email TEXT,
            role TEXT NOT NULL,
            made_by TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL,
            used_at INTEGER)
        """,
        "CREATE INDEX access_links_open ON access_links (kind, id) WHERE used_at IS NULL",
        """
        CREATE TABLE sign_in_attempts (
            subject TEXT NOT NULL PRIMARY KEY,
            failures INTEGER NOT NULL,
            blocked_until INTEGER NOT NULL,
            updated_at INTEGER NOT NULL) WITHOUT ROWID
        """,
        "CREATE INDEX sign_in_attempts_by_time ON sign_in_attempts (updated_at)",
        """
        CREATE TABLE workspace_settings (
            name TEXT NOT NULL PRIMARY KEY,
            value TEXT NOT NULL) WITHOUT ROWID
        """,
        """
        CREATE TABLE removals (
            day INTEGER NOT NULL,
            kind TEXT NOT NULL,
            removed INTEGER NOT NULL,
            older_than INTEGER NOT NULL,
            PRIMARY KEY (day, kind)) WITHOUT ROWID
        """,
    ])

    /// Tables whose rows are named by the hub's own rising identifiers.
    static let identified: [String] = ["people", "sessions", "access_links"]
}
