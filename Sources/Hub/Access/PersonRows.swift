import Database
import Domain

/// The SQL of people.
enum PersonRows {
    /// What only signing in needs.
    struct Secrets: Sendable { var person: Person, password: String, totp: [UInt8]?, pending: [UInt8]?, totpStep: Int64 }

    private static let columns = SQL("id, email, name, role, state, language, theme, totp_secret IS NOT NULL, created_at, seen_at")
    static let maximumPeople = 1000

    static func read(_ row: Row) throws -> Person {
        Person(id: PersonID(try row.int64(0)), email: try row.text(1), name: try row.text(2), role: try row.value(Role.self, 3), isDisabled: try row.text(4) == "disabled",
               language: try row.optionalText(5), theme: try row.optionalText(6), hasSecondFactor: try row.bool(7), createdAt: Timestamp(milliseconds: try row.int64(8)),
               seenAt: try row.optionalInt64(9).map(Timestamp.init(milliseconds:)))
    }

    static func find(_ id: PersonID, in tx: any Transaction) throws -> Person? { try tx.first("SELECT \(columns) FROM people WHERE id = \(id.value)", read) }

    /// In the order of their coming.
    static func all(in tx: any Transaction) throws -> [Person] { try tx.rows("SELECT \(columns) FROM people ORDER BY id LIMIT \(maximumPeople)", read) }

    static func secrets(of id: PersonID, in tx: any Transaction) throws -> Secrets? {
        try tx.first("SELECT \(columns), password, totp_secret, totp_pending, totp_step FROM people WHERE id = \(id.value)", secrets)
    }
    static func secrets(email: String, in tx: any Transaction) throws -> Secrets? {
        try tx.first("SELECT \(columns), password, totp_secret, totp_pending, totp_step FROM people WHERE email = \(email)", secrets)
    }
    private static func secrets(_ row: Row) throws -> Secrets {
        Secrets(person: try read(row), password: try row.text(10), totp: try row.optionalBlob(11), pending: try row.optionalBlob(12), totpStep: try row.int64(13))
    }

    static func isTaken(email: String, in tx: any Transaction) throws -> Bool { try tx.first("SELECT 1 FROM people WHERE email = \(email)") { try $0.int(0) } != nil }

    static func insert(_ person: Person, password: String, in tx: any Transaction) throws {
        try tx.run("""
            INSERT INTO people (id, email, name, role, state, language, theme, password, totp_step, created_at, updated_at)
            VALUES (\(person.id.value), \(person.email), \(person.name), \(person.role), 'active', \(person.language), \(person.theme), \(password), 0,
                    \(person.createdAt.milliseconds), \(person.createdAt.milliseconds))
            """)
    }

    static func activeAdmins(in tx: any Transaction) throws -> Int {
        try tx.first("SELECT COUNT(*) FROM people WHERE role = 'admin' AND state = 'active'") { try $0.int(0) } ?? 0
    }

    static func count(in tx: any Transaction) throws -> Int { try tx.first("SELECT COUNT(*) FROM people") { try $0.int(0) } ?? 0 }
}
