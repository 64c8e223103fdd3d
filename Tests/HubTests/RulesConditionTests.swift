@testable import Hub
import Domain
import Testing

@Suite struct RulesConditionTests {
    @Test(arguments: [
        "{field: totals.grand, atLeast: \"6000.00\"}", "{field: totals.grand, atLeast: {minor: 600000}}", "{field: totals.grand, above: 5999.99, below: 6000.01}",
        "{field: totals.grand, between: [\"1\", \"6000\"]}", "{field: payment.isCashOnDelivery, is: true}", "{field: lines.sku, startsWith: cold-}",
        "{field: lines.sku, matches: \"*-?\", everyLine: true}", "{field: lines.sku, in: [BOOK-1, X]}", "{field: tags, is: vip}", "{field: tags, notIn: [wholesale]}",
        "{field: note, contains: [fragile, CALL]}", "{region: {in: [เชียงใหม่, RM]}}", "{field: shipTo.provinceCode, notIn: [TH-10, Valparaíso]}",
        "{field: weightGrams, is: 4300}", "{field: itemCount, in: [3, 4]}", "{field: placedAt, after: \"2026-11-21T00:00:00Z\", before: \"2026-11-22T00:00:00Z\"}",
        "{field: hourOfDay, zone: Asia/Bangkok, is: 1}", "{field: hourOfDay, zone: UTC, between: [17, 6]}", "{field: weekday, zone: Asia/Bangkok, is: Sunday}",
        "{field: weekday, zone: UTC, is: sat}", "{field: payment.state, isNot: paid}", "{field: shipping.methodCode, exists: false}", "{not: {field: channel, is: other}}",
        "{any: [{field: channel, is: x}, {all: [{field: platform, is: Shopify}, {field: buyer.email, endsWith: \"@EXAMPLE.com\"}]}]}",
    ])
    func `a condition that is true of the order holds`(yaml: String) throws { #expect(try ruleHolds(yaml)) }

    @Test(arguments: [
        "{field: totals.grand, above: \"6000.00\"}", "{field: lines.sku, startsWith: cold-, everyLine: true}", "{field: shipTo.provinceCode, notIn: [Chiang Mai]}",
        "{field: hourOfDay, zone: UTC, between: [6, 17]}", "{field: tags, isNot: vip}", "{field: lines.sku, matches: \"COLD-??\"}", "{field: note, exists: false}",
        "{not: {field: note, contains: call}}",
    ])
    func `a condition that is false of the order does not hold`(yaml: String) throws { #expect(try !ruleHolds(yaml)) }

    @Test(arguments: ["{field: shipTo.provinceCode, in: [TH-10]}", "{field: shipTo.provinceCode, notIn: [TH-10]}", "{not: {field: shipTo.provinceCode, in: [TH-10]}}",
                      "{region: {isNot: Bangkok}}"])
    func `an unknown region matches neither in nor notIn nor a negation of them`(yaml: String) throws {
        #expect(try !ruleHolds(yaml, ruleFacts { $0.shipTo?.provinceCode = nil }))
        #expect(try !ruleHolds(yaml, ruleFacts { $0.shipTo?.provinceCode = "TH-99" }))
        #expect(try !ruleHolds(yaml, ruleFacts { $0.shipTo = nil }))
        #expect(try ruleHolds("{region: {exists: false}}", ruleFacts { $0.shipTo = nil }))
    }

    @Test func `amounts mean the major unit of the order's own currency`() throws {
        let yen = ruleFacts { $0.currency = .jpy; $0.totals.grand = 5000 }, dinar = ruleFacts { $0.currency = .kwd; $0.totals.grand = 4_999_999 }
        #expect(try ruleHolds("{field: totals.grand, atLeast: 5000}", yen))
        #expect(try !ruleHolds("{field: totals.grand, atLeast: \"5000.01\"}", yen))
        #expect(try !ruleHolds("{field: totals.grand, atLeast: 5000}", dinar))
        #expect(try ruleHolds("{field: totals.grand, is: \"4999.999\"}", dinar))
    }

    @Test func `an adversarial pattern ends quickly and truthfully`() throws {
        let text = String(repeating: "a", count: 20_000)
        let pattern = String(repeating: "a*", count: 99) + "b"
        let start = ContinuousClock.now
        #expect(try !ruleHolds("{field: note, matches: \"\(pattern)\"}", ruleFacts { $0.note = text }))
        #expect(ContinuousClock.now - start < .seconds(2))
    }

    @Test(arguments: [("*-xl", "tee-xl", true), ("*-xl", "tee-xl2", false), ("a?c", "aกc", true), ("a?c", "ac", false), ("*a*b*", "xxaxxbxx", true), ("", "", true), ("*", "", true),
                      ("ab*ab", "ab", false), ("??", "กข", true), ("?", "กข", false)])
    func `a glob matches whole texts`(pattern: String, text: String, expected: Bool) {
        #expect(RuleText.matches(text, glob: Array(pattern.utf8)) == expected)
    }
}
