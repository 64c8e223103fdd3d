import Testing

/// Every parser that reads what others wrote, fed with what others might write.
@Suite(.serialized) struct FuzzTests {
    @Test func `no input crashes, hangs or slips past a parser`() async throws {
        let targets = try MarketplaceFuzzing.targets() + [
            ShopifyFuzzing.target(), WooCommerceFuzzing.target(), CustomShopFuzzing.target(), CourierFuzzing.target(), SpreadsheetFuzzing.target(), CSVFuzzing.target(),
            WorkbookFuzzing.target(), RulesFuzzing.target(), ThailandPostFuzzing.target(), RemittanceFuzzing.target(), RateTableFuzzing.target(),
        ]
        let outcomes = await FuzzRun().run(targets)
        #expect(!outcomes.isEmpty)
        for outcome in outcomes {
            #expect(outcome.complaints.isEmpty, "\(outcome.complaints.joined(separator: "\n"))")
            #expect(outcome.cases > 0)
        }
    }
}
