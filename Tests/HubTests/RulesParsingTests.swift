@testable import Hub
import Domain
import Foundation
import Testing

@Suite struct RulesParsingTests {
    private func refused(_ yaml: String) -> RuleError? { #expect(throws: RuleError.self) { _ = try RuleSet(yaml: yaml, version: 1) } }

    @Test func `a mistyped field is named with its place and its neighbours`() throws {
        let error = try #require(refused("rules:\n  - name: a\n    when:\n      field: shipTo.provinec\n      is: X\n    then: {tag: b}\n"))
        #expect(error.line == 4 && error.column == 14)
        #expect(error.suggestions.starts(with: ["shipTo.province"]))
        #expect(error.suggestions.contains("shipTo.provinceCode"))
        #expect(error.sentence.hasPrefix("Line 4, column 14: there is no field shipTo.provinec. Did you mean shipTo.province"))
    }

    @Test(arguments: [
        ("rules: [{name: a, then: {tag: x}}, {name: a, then: {tag: y}}]", "called a"), ("rules: [{name: a, then: {tag: []}}]", "empty list"), ("rules: [{name: a, then: {tga: x}}]", "no key tga"),
        ("rules: [{name: a, then: {hold: x, approve: true}}]", "decides once"), ("rules: [{name: a, then: {priority: high}}]", "whole number"), ("rules: [{name: a, then: {hold: true}}]", "reason"),
        ("rules: [{name: a, when: {all: []}, then: {tag: x}}]", "empty list"), ("rules: [{name: a, when: {field: totals.grand, contains: x}, then: {tag: x}}]", "not contains"),
        ("rules: [{name: a, when: {field: totals.grand, above: lots}, then: {tag: x}}]", "not an amount"), ("rules: [{name: a, when: {field: workflow, is: aproved}, then: {tag: x}}]", "never aproved"),
        ("rules: [{name: a, when: {region: {in: [TH-99]}}, then: {tag: x}}]", "TH-99"), ("rules: [{name: a, when: {field: hourOfDay, is: 3}, then: {tag: x}}]", "needs a zone"),
        ("rules: [{name: a, when: {field: payment.isCashOnDelivery, is: maybe}, then: {tag: x}}]", "true or false"), ("rules: [{name: a, then: {split: {by: weight}}}]", "maximumGrams"),
        ("rules: [{name: a, when: {field: lines.sku, is: *X}, then: {tag: x}}]", "quotes"), ("rules: [&a {name: a, then: {tag: x}}]", "anchors"), ("rules: [{name: a, name: b, then: {tag: x}}]", "twice"),
        ("rules: [{name: a}]", "does nothing"), ("rules: {", "not YAML"), ("", "empty"), ("hello", "must be a map"), ("rules: [{name: a, when: {field: note, is: \"\"}, then: {tag: x}}]", "empty"),
    ])
    func `a bad rule is refused with the reason`(yaml: String, part: String) throws {
        let error = try #require(refused(yaml))
        #expect(error.message.contains(part), "\(error.sentence)")
        #expect(error.line >= 1 && error.column >= 1)
    }

    @Test func `deep and endless texts are refused, not followed`() {
        let deep = "rules: [{name: a, when: " + String(repeating: "{not: ", count: 40) + "{field: note, is: x}" + String(repeating: "}", count: 40) + ", then: {tag: x}}]"
        #expect(refused(deep)?.message.contains("nested") == true)
        #expect(refused(String(repeating: "[", count: 100_000)) != nil)
        #expect(refused(String(repeating: "- ", count: 100_000)) != nil)
        #expect(refused(String(repeating: "a", count: 300_000))?.message.contains("longer") == true)
    }

    @Test func `every field of the code is in the table of the page and the other way round`() throws {
        var folder = URL(filePath: #filePath)
        for _ in 0..<3 { folder.deleteLastPathComponent() }
        let page = try String(contentsOf: folder.appending(path: "docs/rules.md"), encoding: .utf8)
        let fields = try #require(page.components(separatedBy: "\n## ").first { $0.hasPrefix("Fields\n") })
        let rows = Set(fields.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init))
        #expect(rows == Set(RuleFields.all.map { "| `\($0.name)` | \($0.kind.rawValue) | \($0.help) |" }))
        #expect(Set(RuleFields.names).count == RuleFields.all.count)
    }
}
