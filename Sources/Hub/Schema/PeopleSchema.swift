import Database

/// People, their sessions, invitations and what the workspace is set to.
enum PeopleSchema {
    static let migration = Migration(name: "1007 people", statements: [])
    /// Tables whose rows are named by the hub's own rising identifiers.
    static let identified: [String] = []
}
