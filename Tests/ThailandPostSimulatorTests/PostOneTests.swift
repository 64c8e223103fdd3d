import Foundation
import SimulatorKit
import Testing
import ThailandPostSimulator

/// thailandpost.md §6.2, system D.
@Suite(.timeLimit(.minutes(1))) struct PostOneTests {
    @Test func `a draw stands behind a byte order mark and names a run`() async throws {
        try await withPost { bench async throws in
            let answer = try await bench.draw(count: 10)
            #expect(answer.status == 200)
            #expect(Array(answer.body.prefix(3)) == [0xEF, 0xBB, 0xBF])
            #expect(try PostJSON(parsing: answer.body.dropFirst(3)) == ["STATUS": "SUCCESS", "MESSAGE": "", "PRE": "EFTH", "BEGIN": "30000000", "END": "30000009"])
        }
    }

    @Test func `no number is given twice, by however many callers`() async throws {
        try await withPost { bench async throws in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { _ = try await bench.draw(count: 7) } }
                try await group.waitForAll()
            }
            let runs = bench.simulator.drawnNumbers().map(\.range)
            let serials = runs.flatMap { Array($0.first...$0.last) }
            #expect(serials.count == 140)
            #expect(Set(serials).count == 140)
        }
    }

    @Test(arguments: [(1, "EFTH"), (2, "RRTH"), (3, "BCTH")])
    func `each type has its own run`(type: Int, prefix: String) async throws {
        try await withPost { bench async throws in
            let answer = try PostJSON(parsing: try await bench.draw(type: type, count: 1).body.dropFirst(3))
            #expect((answer["PRE"]?.text, answer["BEGIN"]) == (prefix, answer["END"]))
        }
    }

    @Test func `test keys get two at a time, and an exhausted run says so`() async throws {
        try await withPost({ $0.numbersPerDraw = 2; $0.drawRanges = [1: NumberRange(prefix: "EF", first: 5, last: 7)] }) { bench async throws in
            let first = try PostJSON(parsing: try await bench.draw(count: 100).body.dropFirst(3))
            #expect((first["BEGIN"], first["END"]) == ("00000005", "00000006"))
            #expect(try PostJSON(parsing: try await bench.draw(count: 2).body.dropFirst(3))["STATUS"] == "ERROR")
            #expect(try PostJSON(parsing: try await bench.draw(count: 1).body.dropFirst(3))["BEGIN"] == "00000007")
            #expect(try PostJSON(parsing: try await bench.draw(count: 1).body.dropFirst(3))["STATUS"] == "ERROR")
            #expect(bench.simulator.statistics().contains(SimulatorStatistic("numbers drawn", 3)))
        }
    }

    @Test(arguments: [(9, 1), (1, 0), (1, -4)])
    func `an unknown type and a count of none draw nothing`(type: Int, count: Int) async throws {
        try await withPost { bench async throws in
            #expect(try PostJSON(parsing: try await bench.draw(type: type, count: count).body.dropFirst(3))["STATUS"] == "ERROR")
            #expect(bench.simulator.drawnNumbers().isEmpty)
        }
    }

    @Test func `a wrong key and a foreign address are refused`() async throws {
        try await withPost { bench async throws in
            #expect(try await bench.draw(count: 1, key: "guess").status == 401)
            bench.simulator.adjust { $0.allowedAddresses = ["203.0.113.9"] }
            #expect(try await bench.draw(count: 1).status == 403)
            #expect(try await bench.token().status == 200)
        }
    }
}
