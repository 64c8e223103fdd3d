import Crypto
import Database
import Domain
import Foundation
import Synchronization

/// Slows down whoever guesses: an attempt is counted before it is looked at, and taken back when it was right.
///
/// Counted are an account from one address, the account from everywhere, and the address over all accounts. Rows hold hashes: a password typed into the
/// wrong field is not kept.
final class AttemptLimiter: Sendable {
    struct Subject: Sendable { var key: String, free: Int }

    static let freeOfAccountHere = 5, freeOfAccount = 20, freeOfAddress = 50
    static let firstPauseSeconds: Int64 = 30, longestPauseSeconds: Int64 = 900
    /// Failures older than this are forgotten.
    static let memorySeconds: Int64 = 3600
    private static let sweepSeconds: Int64 = 600

    private let database: Database
    private let now: @Sendable () -> Timestamp
    private let sweptAt = Mutex<Int64>(0)

    init(database: Database, now: @escaping @Sendable () -> Timestamp) { self.database = database; self.now = now }

    static func subjects(account: String?, address: String) -> [Subject] {
        var subjects = [Subject(key: key("address", address), free: freeOfAddress)]
        if let account {
            subjects.append(Subject(key: key("account", account), free: freeOfAccount))
            subjects.append(Subject(key: key("here", account + "\n" + address), free: freeOfAccountHere))
        }
        return subjects
    }

    private static func key(_ kind: String, _ text: String) -> String { "\(kind):" + Data(SHA256.hash(data: Data(text.utf8)).prefix(12)).base64EncodedString() }

    /// Counts an attempt.
    ///
    /// - Throws: `.tooManyAttempts` when one of the subjects has to wait.
    func begin(_ subjects: [Subject]) async throws {
        let at = now().milliseconds, oldest = at - Self.memorySeconds * 1000
        let sweeps = sweptAt.withLock { last in
            guard at - last >= Self.sweepSeconds * 1000 else { return false }
            last = at
            return true
        }
        let wait = try await database.write { tx -> Int64 in
            if sweeps { try tx.run("DELETE FROM sign_in_attempts WHERE updated_at < \(oldest) AND blocked_until < \(at)") }
            var wait: Int64 = 0
            for subject in subjects {
                let until = try tx.first("SELECT blocked_until FROM sign_in_attempts WHERE subject = \(subject.key)") { try $0.int64(0) } ?? 0
                wait = max(wait, until - at)
            }
            guard wait <= 0 else { return wait }
            for subject in subjects {
                let failures = try tx.first("""
                    INSERT INTO sign_in_attempts (subject, failures, blocked_until, updated_at) VALUES (\(subject.key), 1, 0, \(at))
                    ON CONFLICT (subject) DO UPDATE
                       SET failures = CASE WHEN sign_in_attempts.updated_at < \(oldest) THEN 1 ELSE sign_in_attempts.failures + 1 END, updated_at = excluded.updated_at
                    RETURNING failures
                    """) { try $0.int(0) } ?? 1
                guard failures >= subject.free else { continue }
                let pause = min(Self.longestPauseSeconds, Self.firstPauseSeconds << Int64(min(failures - subject.free, 10)))
                try tx.run("UPDATE sign_in_attempts SET blocked_until = \(at + pause * 1000) WHERE subject = \(subject.key)")
            }
            return 0
        }
        guard wait <= 0 else { throw PeopleFault.tooManyAttempts(retryAfterSeconds: Int((wait + 999) / 1000)) }
    }

    /// The attempt was right: the account starts afresh, the address gets its attempt back.
    func succeeded(_ subjects: [Subject]) async throws {
        try await database.write { tx in
            for subject in subjects {
                if subject.free == Self.freeOfAddress {
                    try tx.run("UPDATE sign_in_attempts SET failures = failures - 1, blocked_until = 0 WHERE subject = \(subject.key) AND failures > 0")
                } else {
                    try tx.run("DELETE FROM sign_in_attempts WHERE subject = \(subject.key)")
                }
            }
        }
    }

    /// The attempt was never looked at.
    func takeBack(_ subjects: [Subject]) async throws {
        try await database.write { tx in
            for subject in subjects { try tx.run("UPDATE sign_in_attempts SET failures = failures - 1, blocked_until = 0 WHERE subject = \(subject.key) AND failures > 0") }
        }
    }
}
