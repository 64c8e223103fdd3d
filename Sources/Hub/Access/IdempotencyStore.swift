package import Database
package import Domain
import Foundation
import Synchronization

/// Answers to requests that named themselves by an `Idempotency-Key`: kept for a day, so that a request that is sent again has no second effect.
///
/// Answers are stored sealed, because one of them is a new token's text and others hold buyers' data.
package final class IdempotencyStore: Sendable {
    /// A token's key.
    package struct Claim: Sendable, Hashable {
        package var token: Int64, key: String
        package init(token: Int64, key: String) { self.token = token; self.key = key }
    }

    package struct Answer: Sendable, Equatable {
        package var status: Int, contentType: String?, body: [UInt8], location: String?
        package init(status: Int, contentType: String?, body: [UInt8], location: String? = nil) { self.status = status; self.contentType = contentType; self.body = body; self.location = location }
    }

    package enum Verdict: Sendable, Equatable {
        /// Nobody used the key: do it, then `finish` or `release`.
        case begin
        case replay(Answer)
        case otherRequest
        case running
        /// The process ended while it worked on it: whether it had its effect is not known here.
        case outcomeUnknown
    }

    package static let keptSeconds: Int64 = 86_400
    static let sweepSeconds: Int64 = 600
    /// An answer larger than this is not kept, and its key is free again.
    static let maximumBodyBytes = 1 << 20

    private struct State { var running: [Claim: Int64] = [:], sweptAt: Int64 = 0 }
    private let state = Mutex(State())
    private let database: Database
    private let vault: Vault
    private let now: @Sendable () -> Timestamp

    package init(database: Database, vault: Vault, now: @escaping @Sendable () -> Timestamp) { self.database = database; self.vault = vault; self.now = now }

    /// - Parameter digest: of everything that makes the request the same request.
    package func begin(_ claim: Claim, digest: Int64) async throws -> Verdict {
        let other = state.withLock { state -> Int64? in
            if let running = state.running[claim] { return running }
            state.running[claim] = digest
            return nil
        }
        if let other { return other == digest ? .running : .otherRequest }
        do {
            try await sweep()
            let verdict = try await look(claim, digest: digest)
            if verdict != .begin { forget(claim) }
            return verdict
        } catch {
            forget(claim)
            throw error
        }
    }

    private func look(_ claim: Claim, digest: Int64) async throws -> Verdict {
        let at = now().milliseconds, oldest = at - Self.keptSeconds * 1000
        let known = try await database.write { tx -> (digest: Int64, status: Int, body: String)? in
            try tx.run("DELETE FROM idempotency_answers WHERE token_id = \(claim.token) AND idempotency_key = \(claim.key) AND created_at < \(oldest)")
            let isNew = try tx.run("""
                INSERT INTO idempotency_answers (token_id, idempotency_key, request_digest, status, body, created_at)
                VALUES (\(claim.token), \(claim.key), \(digest), 0, '', \(at)) ON CONFLICT (token_id, idempotency_key) DO NOTHING
                """) == 1
            if isNew { return nil }
            return try tx.first("SELECT request_digest, status, body FROM idempotency_answers WHERE token_id = \(claim.token) AND idempotency_key = \(claim.key)") {
                (try $0.int64(0), try $0.int(1), try $0.text(2))
            }
        }
        guard let known else { return .begin }
        guard known.digest == digest else { return .otherRequest }
        return known.status == 0 ? .outcomeUnknown : .replay(try open(known.body, status: known.status))
    }

    /// Keeps the answer.
    package func finish(_ claim: Claim, _ answer: Answer) async throws {
        guard answer.body.count <= Self.maximumBodyBytes else { return try await release(claim) }
        defer { forget(claim) }
        let body = try seal(answer)
        try await database.write { tx in
            try tx.run("UPDATE idempotency_answers SET status = \(answer.status), body = \(body) WHERE token_id = \(claim.token) AND idempotency_key = \(claim.key)")
        }
    }

    /// Nothing was done: the key may be used again.
    package func release(_ claim: Claim) async throws {
        defer { forget(claim) }
        try await database.write { tx in
            try tx.run("DELETE FROM idempotency_answers WHERE token_id = \(claim.token) AND idempotency_key = \(claim.key) AND status = 0")
        }
    }

    private func forget(_ claim: Claim) { state.withLock { $0.running[claim] = nil } }

    /// Removes what is older than a day, now and then.
    private func sweep() async throws {
        let at = now().milliseconds / 1000
        let isDue = state.withLock { state -> Bool in
            guard at - state.sweptAt >= Self.sweepSeconds else { return false }
            state.sweptAt = at
            return true
        }
        guard isDue else { return }
        let oldest = (at - Self.keptSeconds) * 1000
        try await database.write { tx in try tx.run("DELETE FROM idempotency_answers WHERE created_at < \(oldest)") }
    }

    private func seal(_ answer: Answer) throws -> String {
        var members = ["body": Data(answer.body).base64EncodedString()]
        members["contentType"] = answer.contentType
        members["location"] = answer.location
        return Data(try vault.seal(members)).base64EncodedString()
    }

    private func open(_ text: String, status: Int) throws -> Answer {
        let members = try vault.open(Data(base64Encoded: text).map(Array.init) ?? [])
        return Answer(status: status, contentType: members["contentType"], body: members["body"].flatMap { Data(base64Encoded: $0) }.map(Array.init) ?? [], location: members["location"])
    }
}
