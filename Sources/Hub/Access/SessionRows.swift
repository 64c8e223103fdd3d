import Crypto
import Database
import Domain
import Foundation

/// The SQL of sessions. The cookie's text is stored as its SHA-256.
enum SessionRows {
    static let maximumListed = 100

    static func hash(_ cookie: String) -> [UInt8] { Array(SHA256.hash(data: Data(cookie.utf8))) }

    /// Makes a session; the holder's oldest go when there are too many.
    static func start(_ holder: Session.Holder, at place: SignInPlace, now: Timestamp, ids: IdentifierSource, in tx: any Transaction) throws -> SignedIn {
        let cookie = Vault.randomWord(bytes: 33), id = SessionID(ids.next()), csrf = Vault.randomWord(bytes: 24)
        let person: Int64? = if case .person(let person) = holder { person.id.value } else { nil }
        let token: Int64? = if case .token(let token) = holder { token.id } else { nil }
        let expires = now + SessionStore.longest
        try tx.run("""
            INSERT INTO sessions (id, hash, person_id, token_id, csrf, browser, address, created_at, used_at, expires_at)
            VALUES (\(id.value), \(hash(cookie)), \(person), \(token), \(csrf), \(place.browser), \(place.address), \(now.milliseconds), \(now.milliseconds), \(expires.milliseconds))
            """)
        if let person {
            try tx.run("""
                DELETE FROM sessions WHERE person_id = \(person)
                   AND id <= (SELECT id FROM sessions WHERE person_id = \(person) ORDER BY id DESC LIMIT 1 OFFSET \(maximumListed))
                """)
        }
        return SignedIn(cookie: cookie, session: Session(id: id, holder: holder, csrf: csrf, browser: place.browser, address: place.address, createdAt: now, usedAt: now, expiresAt: expires))
    }

    static func find(_ hash: [UInt8], in tx: any Transaction) throws -> Session? {
        let found = try tx.first("""
            SELECT id, csrf, browser, address, created_at, used_at, expires_at, person_id, token_id FROM sessions WHERE hash = \(hash)
            """) { (try $0.int64(0), try read($0), try $0.optionalInt64(7), try $0.optionalInt64(8)) }
        guard let (_, bare, person, token) = found else { return nil }
        if let person {
            guard let person = try PersonRows.find(PersonID(person), in: tx), !person.isDisabled else { return nil }
            return session(bare, .person(person))
        }
        guard let token, let living = try TokenStore.living(token, in: tx) else { return nil }
        return session(bare, .token(living))
    }

    /// Newest first.
    static func all(of person: Person, in tx: any Transaction) throws -> [Session] {
        try tx.rows("""
            SELECT id, csrf, browser, address, created_at, used_at, expires_at FROM sessions WHERE person_id = \(person.id.value) ORDER BY id DESC LIMIT \(maximumListed)
            """, read).map { session($0, .person(person)) }
    }

    static func end(_ id: SessionID, of person: PersonID, in tx: any Transaction) throws -> Int { try tx.run("DELETE FROM sessions WHERE id = \(id.value) AND person_id = \(person.value)") }
    static func endAll(of person: PersonID, in tx: any Transaction) throws -> Int { try tx.run("DELETE FROM sessions WHERE person_id = \(person.value)") }

    private struct Bare { var id: SessionID, csrf: String, browser: String, address: String, createdAt: Timestamp, usedAt: Timestamp, expiresAt: Timestamp }
    private static func read(_ row: Row) throws -> Bare {
        Bare(id: SessionID(try row.int64(0)), csrf: try row.text(1), browser: try row.text(2), address: try row.text(3), createdAt: Timestamp(milliseconds: try row.int64(4)),
             usedAt: Timestamp(milliseconds: try row.int64(5)), expiresAt: Timestamp(milliseconds: try row.int64(6)))
    }
    private static func session(_ bare: Bare, _ holder: Session.Holder) -> Session {
        Session(id: bare.id, holder: holder, csrf: bare.csrf, browser: bare.browser, address: bare.address, createdAt: bare.createdAt, usedAt: bare.usedAt, expiresAt: bare.expiresAt)
    }
}
