import Domain
import Foundation

/// What a field holds, and with that which operators it takes.
package enum RuleFieldKind: String, Sendable, CaseIterable { case text, words, number, money, truth, time, region, hour, weekday }

/// Every field that a rule may ask about, as data: the parser, its suggestions and the table in `docs/rules.md` come from here.
package enum RuleFields {
    package static let all: [(name: String, kind: RuleFieldKind, help: String)] = table.map { ($0.name, $0.kind, $0.help) }

    static let byName = Dictionary(table.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    static let names = table.map(\.name)

    static let table: [RuleField] = [
        order("externalNumber", .text, "The number the buyer sees.") { .text($0.order.externalNumber) },
        order("channel", .text, "The channel's name.") { .text($0.channel) },
        order("platform", .text, "The platform, e.g. shopify.") { .text($0.platform) },
        order("platformStatus", .text, "The platform's raw status words.") { .text($0.order.platformStatus) },
        closed("workflow", "Where our work on the order stands.", Workflow.self) { $0.workflow.rawValue },
        closed("fulfilment", "Where the goods are.", Fulfilment.self) { $0.order.fulfilment.rawValue },
        order("currency", .text, "ISO 4217 code.") { .text($0.order.currency.code) },
        order("note", .text, "The customer's words; empty text when there are none.", isPersonal: true) { .text($0.order.note ?? "") },
        order("tags", .words, "The platform's tags.") { .texts($0.order.tags) },
        order("flags", .words, "Codes of what is doubtful about the order.") { .texts($0.order.flags.map(\.code)) },
        order("placedAt", .time, "When the buyer placed it.") { .number($0.order.placedAt.milliseconds) },
        zoned("hourOfDay", .hour, "Hour of placing, 0 to 23, in the condition's zone.") { .number(localSeconds($0, $1) / 3600 % 24) },
        zoned("weekday", .weekday, "Day of placing, mon to sun, in the condition's zone.") { .text(weekdays[Int(((localSeconds($0, $1) / 86_400 + 3) % 7 + 7) % 7)]) },
        order("itemCount", .number, "Pieces of all lines together.") { $0.order.lines.sum { Int64($0.quantity) } },
        order("lineCount", .number, "Number of lines.") { .number(Int64($0.order.lines.count)) },
        order("weightGrams", .number, "Weight of all that ships; unknown when one line's weight is.") { facts in
            facts.order.lines.sum { line in
                guard line.requiresShipping else { return 0 }
                guard let weight = line.weightGrams else { return nil }
                let (product, overflow) = Int64(weight).multipliedReportingOverflow(by: Int64(line.quantity))
                return overflow ? nil : product
            }
        },
        order("region", .region, "Short for shipTo.provinceCode.") { region(of: $0.order.shipTo) },
        order("buyer.name", .text, "The buyer's name.", isPersonal: true) { text($0.order.buyer.name) },
        order("buyer.email", .text, "The buyer's e-mail address.", isPersonal: true) { text($0.order.buyer.email) },
        order("buyer.phone", .text, "The buyer's phone number.", isPersonal: true) { text($0.order.buyer.phone) },
    ] + address("shipTo", "the delivery address") { $0.order.shipTo } + address("billTo", "the invoice address") { $0.order.billTo } + [
        money("totals.items", "Sum of the lines.") { $0.items }, money("totals.discount", "Discounts.") { $0.discount },
        money("totals.shipping", "Shipping the buyer pays.") { $0.shipping }, money("totals.fees", "Fees.") { $0.fees },
        money("totals.tax", "Tax.") { $0.tax }, money("totals.grand", "What the buyer pays in all.") { $0.grand },
        money("totals.refunded", "What was given back.") { $0.refunded },
        order("totals.taxIncluded", .truth, "Prices contain the tax.") { .truth($0.order.totals.taxIncluded) },
        order("payment.method", .text, "The platform's word for the way of paying.") { text($0.order.payment.method) },
        closed("payment.state", "Where the money is.", PaymentState.self) { $0.order.payment.state.rawValue },
        order("payment.isCashOnDelivery", .truth, "The carrier collects the money.") { .truth($0.order.payment.isCashOnDelivery) },
        order("payment.codAmount", .money, "What the carrier collects.") { amount($0.order.payment.codAmount, $0) },
        order("shipping.methodCode", .text, "The shipping method's code.") { text($0.order.shipping.methodCode) },
        order("shipping.methodTitle", .text, "The shipping method as the buyer chose it.") { text($0.order.shipping.methodTitle) },
        order("shipping.requestedCarrier", .text, "The carrier the platform asks for.") { text($0.order.shipping.requestedCarrier) },
        order("shipping.shipBy", .time, "When it must be handed over.") { $0.order.shipping.shipBy.map { .number($0.milliseconds) } ?? .unknown },
        line("lines.sku", .text, "A line's SKU.") { line, _ in text(line.sku) },
        line("lines.title", .text, "A line's title.") { line, _ in .text(line.title) },
        line("lines.variant", .text, "A line's variant.") { line, _ in text(line.variant) },
        line("lines.quantity", .number, "A line's pieces.") { line, _ in .number(Int64(line.quantity)) },
        line("lines.weightGrams", .number, "The weight of one piece.") { line, _ in line.weightGrams.map { .number(Int64($0)) } ?? .unknown },
        line("lines.unitPrice", .money, "The price of one piece.") { line, facts in amount(line.unitPrice, facts) },
        line("lines.lineTotal", .money, "A line's total.") { line, facts in amount(line.lineTotal, facts) },
        line("lines.requiresShipping", .truth, "The line is a thing that ships.") { line, _ in .truth(line.requiresShipping) },
    ]

    static let weekdays = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    private static func order(_ name: String, _ kind: RuleFieldKind, _ help: String, isPersonal: Bool = false, _ read: @escaping @Sendable (RuleFacts) -> Fact) -> RuleField {
        RuleField(name: name, kind: kind, help: help, isPersonal: isPersonal, read: .order(read))
    }
    private static func line(_ name: String, _ kind: RuleFieldKind, _ help: String, _ read: @escaping @Sendable (OrderLine, RuleFacts) -> Fact) -> RuleField {
        RuleField(name: name, kind: kind, help: help, read: .line(read))
    }
    private static func zoned(_ name: String, _ kind: RuleFieldKind, _ help: String, _ read: @escaping @Sendable (Timestamp, TimeZone) -> Fact) -> RuleField {
        RuleField(name: name, kind: kind, help: help, read: .zoned(read))
    }
    private static func money(_ name: String, _ help: String, _ read: @escaping @Sendable (Totals) -> Int64) -> RuleField {
        order(name, .money, help) { amount(read($0.order.totals), $0) }
    }
    private static func closed<Word: RawRepresentable & CaseIterable>(_ name: String, _ help: String, _ words: Word.Type, _ read: @escaping @Sendable (RuleFacts) -> String) -> RuleField
    where Word.RawValue == String {
        RuleField(name: name, kind: .text, help: help, words: words.allCases.map(\.rawValue), read: .order { .text(read($0)) })
    }
    private static func address(_ slot: String, _ what: String, _ read: @escaping @Sendable (RuleFacts) -> Address?) -> [RuleField] {
        func part(_ name: String, _ help: String, isPersonal: Bool = false, _ take: @escaping @Sendable (Address) -> String?) -> RuleField {
            order("\(slot).\(name)", .text, "\(help) of \(what).", isPersonal: isPersonal) { text(read($0).flatMap(take)) }
        }
        return [
            part("name", "Name", isPersonal: true) { $0.name }, part("company", "Company", isPersonal: true) { $0.company }, part("phone", "Phone", isPersonal: true) { $0.phone },
            part("line1", "First line", isPersonal: true) { $0.line1 }, part("line2", "Second line", isPersonal: true) { $0.line2 },
            part("subdistrict", "Subdistrict") { $0.subdistrict }, part("district", "District") { $0.district }, part("city", "City") { $0.city },
            part("province", "Province or region in words") { $0.province },
            order("\(slot).provinceCode", .region, "Province or region (ISO 3166-2) of \(what).") { region(of: read($0)) },
            part("postcode", "Postcode") { $0.postcode }, part("countryCode", "Country (ISO 3166-1)") { $0.countryCode },
        ]
    }

    private static func text(_ value: String?) -> Fact { value.map { $0.isEmpty ? .unknown : .text($0) } ?? .unknown }
    private static func amount(_ minor: Int64?, _ facts: RuleFacts) -> Fact {
        minor.map { .money($0, exponent: facts.order.currency.exponent) } ?? .unknown
    }

    /// The full ISO 3166-2 code; unknown when there is none, or when a table of ours should have it and has not.
    private static func region(of address: Address?) -> Fact {
        guard let address, let written = address.provinceCode?.uppercased(), !written.isEmpty else { return .unknown }
        var code = written
        if !code.contains("-") {
            guard let country = address.countryCode?.uppercased(), country.utf8.count == 2 else { return .unknown }
            code = country + "-" + code
        }
        return RuleRegions.isRefuted(code) ? .unknown : .text(code)
    }

    private static func localSeconds(_ time: Timestamp, _ zone: TimeZone) -> Int64 {
        let seconds = time.milliseconds / 1000
        return seconds + Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: TimeInterval(seconds))))
    }
}

/// One field: its name, what it holds, and how it is read.
struct RuleField: Sendable {
    enum Read: Sendable {
        case order(@Sendable (RuleFacts) -> Fact)
        /// Asked of each line.
        case line(@Sendable (OrderLine, RuleFacts) -> Fact)
        case zoned(@Sendable (Timestamp, TimeZone) -> Fact)
    }
    var name: String, kind: RuleFieldKind, help: String
    /// Its value is the buyer's own: a decision records the condition instead of it.
    var isPersonal = false
    /// The only words it can have.
    var words: [String]?
    var read: Read
}

/// A field's value in one order.
enum Fact: Sendable {
    /// Nobody knows it: it matches nothing but `exists: false`.
    case unknown
    case text(String), texts([String]), number(Int64), money(Int64, exponent: Int), truth(Bool)
}

extension [OrderLine] {
    fileprivate func sum(_ part: (OrderLine) -> Int64?) -> Fact {
        var total: Int64 = 0
        for line in self {
            guard let value = part(line) else { return .unknown }
            let (sum, overflow) = total.addingReportingOverflow(value)
            if overflow { return .unknown }
            total = sum
        }
        return .number(total)
    }
}

/// Provinces and regions by code or by any of their names.
enum RuleRegions {
    private static let codes = Set(AddressNormaliser.chileanRegions.map(\.code) + AddressNormaliser.thaiProvinces.map(\.code))

    /// A code of Chile or Thailand that their tables do not have.
    static func isRefuted(_ code: String) -> Bool { (code.hasPrefix("CL-") || code.hasPrefix("TH-")) && !codes.contains(code) }

    /// The codes that `text` can mean (one name may be a region in both countries); empty when none. Bare numbers mean nothing: countries differ.
    static func codes(for text: String) -> [String] {
        let upper = text.uppercased()
        if codes.contains(upper) { return [upper] }
        guard !text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return [] }
        let named = [AddressNormaliser.chileanRegion(text), AddressNormaliser.thaiProvince(text)].compactMap(\.self)
        if !named.isEmpty { return named }
        let parts = upper.split(separator: "-", omittingEmptySubsequences: false)
        let isCode = parts.count == 2 && parts[0].utf8.count == 2 && (1...3).contains(parts[1].utf8.count)
            && parts[0].utf8.allSatisfy { $0 >= 65 && $0 <= 90 } && !isRefuted(upper)
        return isCode ? [upper] : []
    }
}
