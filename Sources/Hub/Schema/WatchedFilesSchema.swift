import Database

/// The files that watched folders gave: the same bytes are taken once.
enum WatchedFilesSchema {
    static let migration = Migration(name: "1018 watched files", statements: [
        """
        CREATE TABLE watched_files (
            channel_id INTEGER NOT NULL,
            digest TEXT NOT NULL,
            file_name TEXT NOT NULL,
            import_id INTEGER NOT NULL,
            taken_at INTEGER NOT NULL,
            PRIMARY KEY (channel_id, digest)) WITHOUT ROWID
        """,
    ])
}
