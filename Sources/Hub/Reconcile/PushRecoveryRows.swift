import Database
import Domain

/// The SQL of lost pushes that are asked for: one row an app, claimed by one node at a time.
enum PushRecoveryRows {
    struct Claim: Sendable { var application: PushRecovery.Application, fence: Int64 }

    /// Takes the app for one pass.
    ///
    /// - Parameter isEarly: also before it is due, unless it is left alone after a failure.
    /// - Returns: nil while another node holds it, or it is not due.
    static func claim(_ application: PushRecovery.Application, node: String, isEarly: Bool, now: Timestamp, until: Timestamp, in tx: any Transaction) throws -> Claim? {
        try tx.run("""
            INSERT INTO push_recoveries (platform, application, due_at, fence, failures, recovered, skipped, updated_at)
            VALUES (\(application.platform), \(application.name), 0, 0, 0, 0, 0, \(now.milliseconds)) ON CONFLICT (platform, application) DO NOTHING
            """)
        return try tx.rows("""
            UPDATE push_recoveries SET fence = fence + 1, held_by = \(node), held_until = \(until.milliseconds), updated_at = \(now.milliseconds)
             WHERE platform = \(application.platform) AND application = \(application.name) AND (held_until IS NULL OR held_until <= \(now.milliseconds))
               AND (due_at <= \(now.milliseconds) OR (\(isEarly) = 1 AND failures = 0))
            RETURNING fence
            """) { Claim(application: application, fence: try $0.int64(0)) }.first
    }

    /// - Returns: false when another node has taken the app over.
    static func prolong(_ claim: Claim, recovered: Int, skipped: Int, now: Timestamp, until: Timestamp, in tx: any Transaction) throws -> Bool {
        try tx.run("""
            UPDATE push_recoveries SET held_until = \(until.milliseconds), recovered = recovered + \(recovered), skipped = skipped + \(skipped), updated_at = \(now.milliseconds)
             WHERE platform = \(claim.application.platform) AND application = \(claim.application.name) AND fence = \(claim.fence)
            """) == 1
    }

    /// Gives the app back. `fault` nil: it went well.
    static func end(_ claim: Claim, fault: String?, dueAt: Timestamp, now: Timestamp, in tx: any Transaction) throws {
        let failures: SQL = fault == nil ? "0" : "failures + 1"
        try tx.run("""
            UPDATE push_recoveries
               SET due_at = \(dueAt.milliseconds), held_by = NULL, held_until = NULL, failures = \(failures), fault = \(fault), asked_at = \(now.milliseconds), updated_at = \(now.milliseconds)
             WHERE platform = \(claim.application.platform) AND application = \(claim.application.name) AND fence = \(claim.fence)
            """)
    }

    static func failures(of application: PushRecovery.Application, in tx: any Transaction) throws -> Int {
        try tx.first("SELECT failures FROM push_recoveries WHERE platform = \(application.platform) AND application = \(application.name)") { try $0.int(0) } ?? 0
    }

    /// Whether a pass is due and nobody makes it; an app that was never asked is due.
    static func isDue(_ application: PushRecovery.Application, now: Timestamp, in tx: any Transaction) throws -> Bool {
        try tx.first("""
            SELECT 1 FROM push_recoveries WHERE platform = \(application.platform) AND application = \(application.name) AND (due_at > \(now.milliseconds) OR held_until > \(now.milliseconds))
            """) { try $0.int(0) } == nil
    }
}
