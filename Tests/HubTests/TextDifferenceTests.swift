@testable import Hub
import Testing

@Suite struct TextDifferenceTests {
    private func marks(_ difference: TextDifference) -> String {
        difference.lines.map { line in (line.kind == .same ? " " : line.kind == .added ? "+" : "-") + line.text }.joined(separator: "\n")
    }

    @Test(arguments: [
        ("", "", ""), ("a\nb", "a\nb\n", " a\n b"), ("", "a", "+a"), ("a", "", "-a"), ("a\nb\nc", "a\nx\nc", " a\n-b\n+x\n c"), ("a\nc", "a\nb\nc", " a\n+b\n c"), ("a\r\nb", "a\nb", " a\n b"),
    ])
    func `what went and what came stand in their places`(old: String, new: String, expected: String) {
        #expect(marks(TextDifference(from: old, to: new)) == expected)
    }

    @Test(arguments: 0..<60)
    func `each side can be read off the difference`(seed: Int) {
        var state = UInt64(seed &+ 1)
        func next(_ bound: Int) -> Int { state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407; return Int(state >> 33) % bound }
        let old = (0..<next(40)).map { _ in "line \(next(6))" }, new = (0..<next(40)).map { _ in "line \(next(6))" }
        let difference = TextDifference(from: old.joined(separator: "\n"), to: new.joined(separator: "\n"))
        #expect(difference.lines.filter { $0.kind != .added }.map(\.text) == old)
        #expect(difference.lines.filter { $0.kind != .removed }.map(\.text) == new)
        #expect(difference.lines.compactMap(\.old) == Array(old.indices.map { $0 + 1 }) && difference.lines.compactMap(\.new) == Array(new.indices.map { $0 + 1 }))
        let shown = difference.hunks.flatMap(\.self)
        #expect(shown.filter { $0.kind != .same } == difference.lines.filter { $0.kind != .same } && Set(shown.map { "\($0)" }).count == shown.count)
    }

    @Test func `far changes are shown apart, with their neighbours only`() {
        let old = (1...60).map { "\($0)" }, new = old.map { $0 == "10" || $0 == "50" ? "x" : $0 }
        let hunks = TextDifference(from: old.joined(separator: "\n"), to: new.joined(separator: "\n")).hunks
        #expect(hunks.map(\.count) == [8, 8])
        #expect(hunks.first?.first?.text == "7" && hunks.last?.last?.text == "53")
    }

    @Test(.timeLimit(.minutes(1))) func `two long texts without a common line are told apart without looking for the shortest way`() {
        let old = (0..<60_000).map { "a\($0)" }.joined(separator: "\n"), new = (0..<60_000).map { "b\($0)" }.joined(separator: "\n")
        let difference = TextDifference(from: old, to: new)
        #expect(difference.added == 60_000 && difference.removed == 60_000)
    }
}
