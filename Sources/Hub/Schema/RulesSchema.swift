import Database

/// From when versions of rules hold, and who takes back one that was to come; who sent a file and what was said about it.
enum RulesSchema {
    static let migration = Migration(name: "1011 rules", statements: [
        // 0: from the moment it was applied, as all versions were until now.
        "ALTER TABLE rule_sets ADD COLUMN starts_at INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE rule_sets ADD COLUMN is_scheduled INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE rule_sets ADD COLUMN note TEXT",
        "ALTER TABLE rule_sets ADD COLUMN withdrawn_by TEXT",
        "ALTER TABLE rule_sets ADD COLUMN withdrawn_at INTEGER",
        "ALTER TABLE file_imports ADD COLUMN options TEXT",
        "CREATE INDEX file_imports_by_channel ON file_imports (channel_id, id)",
    ])
}
