import Database

/// What is remembered of the way of work: attempts, rates, topics.
enum FlowSchema {
    static let migration = Migration(name: "1009 flows", statements: [])
    /// Tables whose rows are named by the hub's own rising identifiers.
    static let identified: [String] = []
}
