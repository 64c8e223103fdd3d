package import Domain

/// What orders are gathered by.
package enum ConsolidationKey: String, Sendable, Codable, CaseIterable {
    /// One buyer at one address.
    case buyer
    /// One brand (the tag `brand:NAME`, else the channel) to one address, whoever takes it in.
    case destination
}

/// Orders that can travel in one shipment, what that saves, and which stay apart and why. Pure: it looks at orders and a price list.
package struct ConsolidationPlan: Sendable, Equatable {
    package struct Group: Sendable, Equatable {
        /// Oldest first; the first one leads: the booking is made under its number.
        package var orders: [OrderID]
        package var numbers: [String]
        package var carrier: ChannelID
        package var service: String?
        package var grams: Int
        package var currency: String
        /// What they cost one by one and together, in minor units; nil where the carrier has no price list.
        package var singleMinor: Int64?, togetherMinor: Int64?
        package var codMinor: Int64
        package var savingMinor: Int64? { singleMinor.flatMap { single in togetherMinor.map { single - $0 } } }
    }
    package struct Apart: Sendable, Equatable {
        package enum Reason: String, Sendable, Codable, CaseIterable { case shippedByPlatform, noCarrier, noAddress, maskedAddress, shipAlone, alone, tooHeavy, noSaving }
        package var order: OrderID, number: String, reason: Reason
    }
    package var groups: [Group] = []
    package var apart: [Apart] = []

    package struct Candidate: Sendable {
        package var order: StoredOrder, carrier: Channel?, rates: RateTable?, isShippedByPlatform: Bool
        package init(order: StoredOrder, carrier: Channel?, rates: RateTable?, isShippedByPlatform: Bool) {
            self.order = order; self.carrier = carrier; self.rates = rates; self.isShippedByPlatform = isShippedByPlatform
        }
        var grams: Int { Parcels.of(order).reduce(0) { $0 + $1.weightGrams } }
    }

    /// A tag that keeps an order by itself.
    package static let shipAlone = "ship-alone"
    static let brandPrefix = "brand:"
    static let maximumOrders = 50

    package init(_ candidates: [Candidate], by key: ConsolidationKey) {
        var gathered: [String: [Candidate]] = [:], keys: [String] = []
        for candidate in candidates.sorted(by: { ($0.order.snapshot.placedAt, $0.order.id) < ($1.order.snapshot.placedAt, $1.order.id) }) {
            if let reason = Self.hindrance(candidate) { stay(candidate, reason); continue }
            let name = Self.name(candidate, key)
            if gathered[name] == nil { keys.append(name) }
            gathered[name, default: []].append(candidate)
        }
        for name in keys {
            let members = gathered[name] ?? []
            guard members.count > 1 else { stay(members[0], .alone); continue }
            gather(members)
        }
    }

    private mutating func stay(_ candidate: Candidate, _ reason: Apart.Reason) {
        apart.append(Apart(order: candidate.order.id, number: candidate.order.snapshot.externalNumber, reason: reason))
    }

    /// As many as one parcel carries; what is left over begins the next group.
    private mutating func gather(_ members: [Candidate]) {
        var rest = members[...]
        while let lead = rest.first {
            var taken = [lead], grams = lead.grams
            for candidate in rest.dropFirst() where taken.count < Self.maximumOrders {
                if let rates = lead.rates, rates.price(grams: grams + candidate.grams, postcode: lead.order.snapshot.shipTo?.postcode) == nil { continue }
                taken.append(candidate)
                grams += candidate.grams
            }
            let ids = Set(taken.map(\.order.id))
            rest = rest.filter { !ids.contains($0.order.id) }[...]
            guard taken.count > 1 else { stay(lead, .tooHeavy); continue }
            let group = Self.group(taken, grams: grams)
            if let saving = group.savingMinor, saving <= 0 { for candidate in taken { stay(candidate, .noSaving) } } else { groups.append(group) }
        }
    }

    private static func group(_ members: [Candidate], grams: Int) -> Group {
        let lead = members[0], postcode = lead.order.snapshot.shipTo?.postcode
        let prices = members.compactMap { member in lead.rates?.price(grams: member.grams, postcode: postcode) }
        return Group(
            orders: members.map(\.order.id), numbers: members.map(\.order.snapshot.externalNumber), carrier: lead.carrier?.id ?? ChannelID(0), service: Self.service(lead.order), grams: grams,
            currency: lead.order.snapshot.currency.code, singleMinor: prices.count == members.count ? prices.reduce(0, +) : nil, togetherMinor: lead.rates?.price(grams: grams, postcode: postcode),
            codMinor: members.reduce(0) { $0 + ($1.order.collectsMinor ?? 0) })
    }

    static func hindrance(_ candidate: Candidate) -> Apart.Reason? {
        let snapshot = candidate.order.snapshot
        if candidate.isShippedByPlatform { return .shippedByPlatform }
        if candidate.carrier == nil { return .noCarrier }
        guard let address = snapshot.shipTo, address.line1?.isEmpty == false, address.postcode?.isEmpty == false else { return .noAddress }
        if !MaskedValues.slots(of: snapshot).isEmpty || [address.name, address.line1, address.phone].contains(where: { $0?.contains("*") == true }) { return .maskedAddress }
        return snapshot.tags.contains(shipAlone) ? .shipAlone : nil
    }

    private static func service(_ order: StoredOrder) -> String? { order.decision?.service ?? order.snapshot.shipping.methodCode }

    /// What two orders must have in common: the carrier, its service, the currency, and the place (and who takes it in).
    private static func name(_ candidate: Candidate, _ key: ConsolidationKey) -> String {
        let snapshot = candidate.order.snapshot, address = snapshot.shipTo
        let who: [String?]
        switch key {
        case .buyer: who = [address?.name, address?.phone.map(digits)]
        case .destination:
            let brand = snapshot.tags.first { $0.lowercased().hasPrefix(brandPrefix) } ?? "channel:\(candidate.order.channel)"
            who = [brand, address?.company]
        }
        return place(candidate) + separator + joined(who)
    }

    /// The carrier, its service, the currency and the place: what must be one for orders to travel together, whatever they are gathered by.
    static func place(_ candidate: Candidate) -> String {
        let snapshot = candidate.order.snapshot, address = snapshot.shipTo
        return joined([candidate.carrier.map { "\($0.id)" }, service(candidate.order), snapshot.currency.code, address?.countryCode, address?.postcode, address?.provinceCode ?? address?.province,
                       address?.district, address?.subdistrict, address?.line1, address?.line2])
    }

    private static let separator = "\u{1f}"
    private static func joined(_ parts: [String?]) -> String { parts.map { folded($0 ?? "") }.joined(separator: separator) }

    private static func digits(_ phone: String) -> String {
        let digits = phone.filter(\.isNumber)
        return digits.hasPrefix("66") ? "0" + digits.dropFirst(2) : String(digits)
    }

    private static func folded(_ text: String) -> String { text.lowercased().filter { !$0.isWhitespace && !".,-/".contains($0) } }
}

extension StoredOrder {
    /// What a carrier has to collect, in minor units of the order's currency; nil: nothing, also where cash on delivery has come down to nothing.
    var collectsMinor: Int64? {
        guard snapshot.payment.isCashOnDelivery, paymentState != .paid, let amount = snapshot.payment.codAmount, amount > 0 else { return nil }
        return amount
    }
}
