import Database

/// What must leave by when, and the series of the last day.
enum TodaySchema {
    static let migration = Migration(name: "1010 today", statements: [])
    /// Tables whose rows are named by the hub's own rising identifiers.
    static let identified: [String] = []
}
