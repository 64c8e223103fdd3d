@testable import Database
import Foundation
import Testing

@Suite(.enabled(if: ProcessInfo.processInfo.environment["DB_BENCH"] != nil), .serialized) struct ZBench {
    static let seconds = 10.0
    @Test(arguments: [15_000.0, 8_000.0]) func journal(rate: Double) async throws {
        for engine in [Engine.sqlite, .postgres] {
        let m = [Migration(name: "0001", statements: ["CREATE TABLE deliveries (id INTEGER PRIMARY KEY, key BLOB NOT NULL UNIQUE, at INTEGER NOT NULL, body BLOB NOT NULL)"])]
        try await withDatabase(engine, m) { db in
            let body = (0..<6000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            let start = ContinuousClock.now
            let total = Int(rate * Self.seconds)
            let lat = Locked<[Double]>([])
            let fails = Locked(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                var sent = 0
                while sent < total {
                    let now = ContinuousClock.now - start
                    let due = min(total, Int(now / .seconds(1) * rate))
                    while sent < due {
                        let id = sent
                        let key = withUnsafeBytes(of: (UInt64.random(in: .min ... .max), UInt64(id))) { [UInt8]($0) }
                        group.addTask {
                            do {
                                try await db.write { _ = try $0.run("INSERT INTO deliveries (id, key, at, body) VALUES (\(id), \(key), \(id), \(body))") }
                                let l = (ContinuousClock.now - start) / .seconds(1) - Double(id) / rate
                                lat.withLock { $0.append(l) }
                            } catch { fails.withLock { $0 += 1 } }
                        }
                        sent += 1
                    }
                    try await Task.sleep(for: .milliseconds(1))
                }
                try await group.waitForAll()
            }
            let el = (ContinuousClock.now - start) / .seconds(1)
            let s = lat.withLock { $0.sorted() }
            let st = db.statistics
            print("JOURNAL \(engine) rate \(rate): \(Int(Double(s.count) / el)) rows/s p50 \(Int(s[s.count/2]*1e4)/10) p99 \(Int(s[s.count*99/100]*1e4)/10) p999 \(Int(s[s.count*999/1000]*1e4)/10) max \(Int(s[s.count-1]*1e4)/10) ms fails \(fails.withLock{$0}) commits \(st.commits) largest \(st.largestBatch) ck \(st.checkpoints) wal \(st.walBytes >> 20)MB")
        }
        }
    }
    @Test(arguments: [1, 16, 64, 256]) func ledger(width: Int) async throws {
        for engine in [Engine.sqlite, .postgres] {
        try await withDatabase(engine) { db in
            let start = ContinuousClock.now
            let n = Locked(0)
            let lat = Locked<[Double]>([])
            try await withThrowingTaskGroup(of: Void.self) { group in
                for w in 0..<width {
                    group.addTask {
                        while (ContinuousClock.now - start) / .seconds(1) < 4 {
                            let id = n.withLock { $0 += 1; return $0 }
                            let t = ContinuousClock.now
                            try await db.write { tx in
                                let x = try tx.first("SELECT COUNT(*) FROM orders WHERE external_id = \("o\(id)")") { try $0.int(0) }
                                try tx.run("INSERT INTO orders (id, external_id, total_minor, body) VALUES (\(id), \("o\(id)"), \(x), \([UInt8](repeating: 1, count: 800)))")
                                try tx.run("INSERT INTO order_lines (order_id, position, sku) VALUES (\(id), 1, \("SKU"))")
                                try tx.run("UPDATE orders SET total_minor = \(w) WHERE id = \(id)")
                            }
                            let l = (ContinuousClock.now - t) / .seconds(1)
                            lat.withLock { $0.append(l) }
                        }
                    }
                }
                try await group.waitForAll()
            }
            let el = (ContinuousClock.now - start) / .seconds(1)
            let s = lat.withLock { $0.sorted() }
            let st = db.statistics
            print("LEDGER \(engine) width \(width): \(Int(Double(s.count) / el)) closures/s p50 \(Int(s[s.count/2]*1e4)/10) p99 \(Int(s[s.count*99/100]*1e4)/10) ms commits \(st.commits) largest \(st.largestBatch)")
        }
        }
    }
}
