@testable import Hub
import Domain
import Testing

@Suite struct RulesDecisionTests {
    static let text = """
        rules:
          - name: big
            when: {field: totals.grand, atLeast: "5000.00"}
            then: {tag: [vip], courier: "Express", service: express, priority: 10, split: {by: weight, maximumGrams: 2600}}
          - name: outside Bangkok by hand
            when: {all: [{field: shipTo.provinceCode, notIn: [TH-10]}, {field: payment.isCashOnDelivery, is: true}]}
            then: {hold: "COD outside Bangkok"}
          - name: never reached
            then: {exclude: "no", tag: never}
        """

    @Test func `the first deciding rule wins and keeps what earlier rules added`() throws {
        let decision = try RuleSet(yaml: Self.text, version: 7).decide(ruleFacts())
        #expect(decision.outcome == .held && decision.reason == "COD outside Bangkok" && decision.rule == "outside Bangkok by hand")
        #expect(decision.ruleSetVersion == 7)
        #expect(decision.matched == [MatchedValue(field: "shipTo.provinceCode", value: "TH-50"), MatchedValue(field: "payment.isCashOnDelivery", value: "true"),
                                     MatchedValue(field: "big: totals.grand", value: "6000.00 THB")])
        #expect(decision.tags == ["vip"] && decision.courier == "Express" && decision.service == "express" && decision.priority == 10)
        #expect(decision.packages.map(\.weightGrams) == [1800, 2500])
    }

    @Test func `a decision never repeats the buyer's own data`() throws {
        let rules = try RuleSet(yaml: "rules: [{name: a, when: {field: buyer.email, endsWith: example.com}, then: {hold: look}}]", version: 1)
        #expect(rules.decide(ruleFacts()).matched == [MatchedValue(field: "buyer.email", value: "endsWith example.com")])
    }

    @Test func `no matching rule leaves the order to the channel`() throws {
        let decision = try RuleSet(yaml: "rules: [{name: a, when: {field: channel, is: Other}, then: {exclude: x}}]", version: 2).decide(ruleFacts())
        #expect(decision == RuleDecision(ruleSetVersion: 2))
    }

    @Test func `patterns of SKUs gather lines into packages`() throws {
        let split = PackageSplit.sku(groups: [["book-*"], ["x*"]])
        let plans = try #require(split.packages(of: ruleFacts().order))
        #expect(plans.map { $0.contents.map(\.sku) } == [["BOOK-1"], ["COLD-7"]])
    }

    @Test func `an order that would fall into too many packages goes to a person`() throws {
        let rules = try RuleSet(yaml: "rules: [{name: each, then: {approve: true, split: {by: unit}}}]", version: 1)
        let decision = rules.decide(ruleFacts { $0.lines[0].quantity = 1_000_000_000 })
        #expect(decision.outcome == .held && decision.packages.isEmpty && decision.rule == "each")
    }

    @Test(arguments: 0..<200)
    func `a split loses and doubles no piece`(seed: Int) throws {
        var state = UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        func next(_ bound: Int) -> Int { state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407; return Int(state >> 33) % bound }
        let lines = (0..<(1 + next(6))).map { index in
            OrderLine(externalLineID: "\(index)", sku: next(5) == 0 ? nil : "SKU-\(next(4))", title: "t", quantity: next(9), unitPrice: 1, lineTotal: 1,
                      requiresShipping: next(6) > 0, weightGrams: next(5) == 0 ? nil : next(3000))
        }
        let order = ruleFacts { $0.lines = lines }.order, shipping = lines.filter { $0.requiresShipping && $0.quantity > 0 }
        let maximumGrams = 1 + next(4000), maximumPieces = 1 + next(5)
        for split in [PackageSplit.unit, .sku(groups: []), .sku(groups: [["sku-1", "sku-2"], ["*-3"]]), .quantity(maximum: maximumPieces), .weight(maximumGrams: maximumGrams)] {
            let plans = try #require(split.packages(of: order))
            var counted: [String: Int] = [:]
            for content in plans.flatMap(\.contents) { counted[content.externalLineID, default: 0] += content.quantity }
            #expect(counted == Dictionary(uniqueKeysWithValues: shipping.map { ($0.externalLineID, $0.quantity) }), "\(split)")
            for plan in plans {
                let pieces = plan.contents.reduce(0) { $0 + $1.quantity }
                #expect(pieces > 0)
                switch split {
                case .unit: #expect(pieces == 1)
                case .quantity(let maximum): #expect(pieces <= maximum)
                case .weight(let maximum): if let weight = plan.weightGrams { #expect(weight <= maximum || plan.contents.reduce(0) { sum, part in
                    sum + ((lines.first { $0.externalLineID == part.externalLineID }?.weightGrams ?? 0) > 0 ? part.quantity : 0) } == 1) }
                case .sku: break
                }
            }
        }
    }

    @Test func `ten rules are decided fast enough for the flow`() throws {
        let rule = { (index: Int) in "  - {name: r\(index), when: {all: [{field: shipTo.provinceCode, notIn: [TH-50]}, {field: lines.sku, matches: \"*X\(index)\"}]}, then: {hold: h}}" }
        let rules = try RuleSet(yaml: "rules:\n" + (0..<10).map(rule).joined(separator: "\n"), version: 1)
        let facts = ruleFacts(), count = 2000
        let start = ContinuousClock.now
        for _ in 0..<count { #expect(rules.decide(facts).outcome == .undecided) }
        // A debug build on a busy machine: a bound against accidents, not the figure.
        #expect((ContinuousClock.now - start) / count < .milliseconds(1))
    }
}
