import Domain
import Foundation
import Testing

@Suite struct WorkflowTests {
    @Test func `no move has two destinations`() {
        let moves = WorkflowLaw.transitions.map { "\($0.from) \($0.cause)" }
        #expect(Set(moves).count == moves.count)
        for move in WorkflowLaw.transitions { #expect(WorkflowLaw.destination(from: move.from, cause: move.cause) == move.to) }
    }

    @Test func `every state is reached from a new order, and every cause is used`() {
        var reached: Set<Workflow> = [.new], isGrowing = true
        while isGrowing {
            let more = reached.union(WorkflowLaw.transitions.filter { reached.contains($0.from) }.map(\.to))
            isGrowing = more != reached
            reached = more
        }
        #expect(reached == Set(Workflow.allCases))
        #expect(Set(WorkflowLaw.transitions.map(\.cause)) == Set(WorkflowCause.allCases))
    }

    @Test func `a cancelled order is only ever taken up again`() {
        let leaving = WorkflowLaw.transitions.filter { $0.from == .cancelled }
        #expect(Set(leaving.map(\.cause)) == [.personReopened, .platformReopened])
        #expect(leaving.allSatisfy { $0.to == .new })
    }

    @Test func `no state is a trap`() {
        for state in Workflow.allCases { #expect(WorkflowLaw.transitions.contains { $0.from == state && $0.to != state }) }
    }

    @Test func `only an approved order is queued, and rules never touch what was sent`() {
        #expect(WorkflowLaw.transitions.filter { $0.to == .queued }.map(\.from) == [.approved])
        for cause in [WorkflowCause.ruleExcluded, .ruleHeld, .ruleApproved] {
            for sent in [Workflow.queued, .synced, .processed, .cancelled] { #expect(WorkflowLaw.destination(from: sent, cause: cause) == nil) }
        }
    }

    @Test func `the platform can cancel from every state but cancelled`() {
        for state in Workflow.allCases { #expect((WorkflowLaw.destination(from: state, cause: .platformCancelled) == .cancelled) == (state != .cancelled)) }
    }

    /// Printed anew into `docs/transitions.md` when `CROSSDOCK_WRITE_DOCS` is set; otherwise compared with it.
    @Test func `the page of transitions is the table`() throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/transitions.md").standardizedFileURL
        let page = Self.page
        if ProcessInfo.processInfo.environment["CROSSDOCK_WRITE_DOCS"] != nil { try Data(page.utf8).write(to: file) }
        #expect(try String(contentsOf: file, encoding: .utf8) == page)
    }

    private static var page: String {
        var lines = [
            "# Workflow transitions", "",
            "Printed from `WorkflowLaw.transitions` (`Sources/Domain/WorkflowLaw.swift`); a test compares the two. A move that is not here does not happen.",
            "To print it anew: `CROSSDOCK_WRITE_DOCS=1 swift test --filter WorkflowTests`.", "",
            "| from | cause | to | why |", "| --- | --- | --- | --- |",
        ]
        for state in Workflow.allCases {
            for move in WorkflowLaw.transitions where move.from == state { lines.append("| \(move.from.rawValue) | `\(move.cause.rawValue)` | \(move.to.rawValue) | \(move.why) |") }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
