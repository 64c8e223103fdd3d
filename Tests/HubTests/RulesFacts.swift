@testable import Hub
import Domain

/// Facts about an invented order, changed as a test needs.
func ruleFacts(_ change: (inout OrderSnapshot) -> Void = { _ in }) -> RuleFacts {
    var order = OrderSnapshot(
        externalID: "9001", externalNumber: "#9001", placedAt: Timestamp(rfc3339: "2026-11-21T18:30:00Z") ?? Timestamp(milliseconds: 0),
        revision: Revision(updatedAt: Timestamp(milliseconds: 1)), buyer: Buyer(name: "Somchai", email: "somchai@example.com", phone: "+66812345678"),
        shipTo: Address(province: "เชียงใหม่", provinceCode: "TH-50", postcode: "50200", countryCode: "TH"), currency: .thb,
        totals: Totals(items: 600_000, grand: 600_000), payment: Payment(method: "cod", state: .unpaid, isCashOnDelivery: true, codAmount: 600_000),
        lines: [OrderLine(externalLineID: "1", sku: "COLD-7", title: "Ice", quantity: 2, unitPrice: 100_000, lineTotal: 200_000, weightGrams: 900),
                OrderLine(externalLineID: "2", sku: "BOOK-1", title: "Atlas", quantity: 1, unitPrice: 400_000, lineTotal: 400_000, weightGrams: 2500)],
        note: "Please call before", tags: ["VIP", "gift"], platformStatus: "open")
    change(&order)
    return RuleFacts(order: order, channel: "Shop", platform: "shopify", workflow: .new, now: Timestamp(milliseconds: 5))
}

func ruleHolds(_ yaml: String, _ facts: RuleFacts = ruleFacts()) throws -> Bool { try RuleCondition(yaml: yaml).holds(for: facts) }
