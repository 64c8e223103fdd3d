import Database

/// Saved views, bulk actions and batches of edits.
enum DeskSchema {
    static let migration = Migration(name: "1008 desk", statements: [])
    /// Tables whose rows are named by the hub's own rising identifiers.
    static let identified: [String] = []
}
