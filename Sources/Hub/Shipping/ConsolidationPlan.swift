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
        package enum Reason: String, Sendable, Codable, CaseIterable { case shippedByPlatform, noCarrier, noAddress, maskedAddress, shipAlone, notCarried, alone, tooHeavy, tooMuchCOD, noSaving }
        package var order: OrderID, number: String, reason: Reason
    }
    package var groups: [Group] = []
    package var apart: [Apart] = []

    package struct Candidate: Sendable {
        package var order: StoredOrder, carrier: Channel?, rates: RateTable?, isShippedByPlatform: Bool
        package init(order: StoredOrder, carrier: Channel?, rates: RateTable?, isShippedByPlatform: Bool) {
            self.order = order; self.carrier = carrier; self.rates = rates; self.isShippedByPlatform = isShippedByPlatform
        }
    }

    /// A group of the plan, and which of its orders are wanted.
    package struct Choice: Sendable, Equatable {
        package var group: Group, orders: [OrderID]
    }

    /// A tag that keeps an order by itself.
    package static let shipAlone = "ship-alone"
    static let brandPrefix = "brand:"
    /// Of one group.
    package static let maximumOrders = 50

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

    /// Who asks what of the group's courier.
    private struct Member { var candidate: Candidate, request: RateRequest }

    /// As many as one parcel carries and its courier collects for; what is left over begins the next group.
    private mutating func gather(_ candidates: [Candidate]) {
        let rates = candidates[0].rates
        var rest: [Member] = [], reasons: [OrderID: Apart.Reason] = [:]
        for candidate in candidates {
            let member = Member(candidate: candidate, request: Self.request(candidate.order, by: rates))
            // Who is not carried alone is not carried in company.
            if let refusal = Self.refusal(of: member.request, by: rates) { stay(candidate, refusal == .tooHeavy ? .tooHeavy : .notCarried) } else { rest.append(member) }
        }
        while let lead = rest.first {
            var taken = [lead], whole = lead.request
            for member in rest.dropFirst() where taken.count < Self.maximumOrders {
                let joined = whole.joined(with: member.request)
                if let refusal = Self.refusal(of: joined, by: rates) {
                    for one in [lead, member] where reasons[one.candidate.order.id] == nil { reasons[one.candidate.order.id] = refusal }
                    continue
                }
                taken.append(member)
                whole = joined
            }
            let ids = Set(taken.map(\.candidate.order.id))
            rest.removeAll { ids.contains($0.candidate.order.id) }
            guard taken.count > 1 else { stay(lead.candidate, reasons[lead.candidate.order.id] ?? .alone); continue }
            let group = Self.group(taken, whole)
            if let saving = group.savingMinor, saving <= 0 { for member in taken { stay(member.candidate, .noSaving) } } else { groups.append(group) }
        }
    }

    private static func group(_ members: [Member], _ whole: RateRequest) -> Group {
        let lead = members[0].candidate, orders = members.map(\.candidate.order), fare = fare(of: members.map(\.request), by: lead.rates)
        return Group(
            orders: orders.map(\.id), numbers: orders.map(\.snapshot.externalNumber), carrier: lead.carrier?.id ?? ChannelID(0), service: Self.service(lead.order),
            grams: whole.boxes.reduce(0) { $0 + $1.grams }, currency: lead.order.snapshot.currency.code, singleMinor: fare.singleMinor, togetherMinor: fare.togetherMinor, codMinor: whole.codMinor ?? 0)
    }

    // MARK: what it costs

    /// What orders cost one by one and in one box, in minor units; nil where nobody knows: the carrier has no price list, or does not take them.
    struct Fare: Equatable { var singleMinor: Int64?, togetherMinor: Int64? }

    static func fare(of orders: [StoredOrder], by rates: RateTable?) -> Fare { fare(of: orders.map { request($0, by: rates) }, by: rates) }

    private static func fare(of requests: [RateRequest], by rates: RateTable?) -> Fare {
        guard let rates, let first = requests.first else { return Fare() }
        func price(_ request: RateRequest) -> Int64? { try? rates.quote(request).totalMinor }      // nil tells it
        let single = requests.compactMap(price)
        return Fare(singleMinor: single.count == requests.count ? single.reduce(0, +) : nil, togetherMinor: price(requests.dropFirst().reduce(first) { $0.joined(with: $1) }))
    }

    private static func request(_ order: StoredOrder, by rates: RateTable?) -> RateRequest {
        let request = RateRequest(for: order)
        return rates?.naming(request, order.snapshot.shipping.methodCode) ?? request
    }

    /// nil: it is taken, as far as anybody knows.
    private static func refusal(of request: RateRequest, by rates: RateTable?) -> Apart.Reason? {
        guard let rates else { return nil }
        do throws(RateRefusal) {
            _ = try rates.quote(request)
            return nil
        } catch {
            switch error {
            case .tooHeavy, .tooLong, .tooLarge: return .tooHeavy
            case .codOver: return .tooMuchCOD
            case .country, .notServed, .noService, .takesNoCOD, .nothingShips: return .notCarried
            }
        }
    }

    // MARK: what is wanted of it

    /// The groups that the wanted orders are in, without the others of theirs. Left out are those that the plan does not have together, and single ones.
    package func choices(of wanted: [[OrderID]]) -> [Choice] {
        var places: [OrderID: Int] = [:]
        for (index, group) in groups.enumerated() { for order in group.orders { places[order] = index } }
        return wanted.compactMap { orders in
            guard let first = orders.first, let index = places[first], orders.allSatisfy({ places[$0] == index }) else { return nil }
            let chosen = groups[index].orders.filter(Set(orders).contains)
            return chosen.count > 1 ? Choice(group: groups[index], orders: chosen) : nil
        }
    }

    // MARK: who goes with whom

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
