import Connect
import Domain
import Synchronization

extension RuleDecision {
    /// What stands for the rule's name where an address that contradicts itself holds an order.
    package static let addressCheck = "address check"
    /// No courier of the rule's can take the order: only a person's word helps.
    package var isWithoutCourier: Bool { wish != nil && choice?.courier == nil }
}

extension Surroundings {
    /// A decision with what the rules leave open: the courier chosen among several, and an order held whose address contradicts itself or which no courier of its rule can take.
    ///
    /// What the marketplace ships itself, and what nobody ships, is left as it is.
    package func settled(_ decision: RuleDecision, of order: StoredOrder) -> RuleDecision {
        guard decision.outcome != .excluded, !isShippedByPlatform(order.channel), order.snapshot.lines.contains(where: { $0.requiresShipping && $0.quantity > 0 }) else { return decision }
        var settled = decision
        if let wish = decision.wish {
            settled = chosen(decision, of: order)
            if let choice = settled.choice, choice.courier == nil, decision.outcome == .approved { hold(&settled, rule: wish.rule, choice.sentence) }
        }
        if settled.outcome == .approved, let sentence = order.snapshot.shipTo.flatMap({ AddressCheck(RawAddress($0)).sentence }) { hold(&settled, rule: RuleDecision.addressCheck, sentence) }
        return settled
    }
    static let choiceField = "courier"

    /// The decision with its courier chosen anew by the order, the couriers and their price lists as they are now; it decides nothing else.
    package func chosen(_ decision: RuleDecision, of order: StoredOrder) -> RuleDecision {
        guard let wish = decision.wish else { return decision }
        var chosen = decision
        if let earlier = decision.choice { chosen.service = earlier.askedService }
        var choice = choose(wish, for: order, decided: chosen)
        choice.askedService = chosen.service
        (chosen.choice, chosen.courier, chosen.service) = (choice, choice.courier, choice.service ?? chosen.service)
        chosen.matched.removeAll { $0.field == Self.choiceField }
        chosen.matched.insert(MatchedValue(field: Self.choiceField, value: choice.sentence), at: 0)
        return chosen
    }

    private func hold(_ decision: inout RuleDecision, rule: String, _ sentence: String) {
        (decision.outcome, decision.rule, decision.reason) = (.held, rule, sentence)
    }

    private func choose(_ wish: CourierWish, for order: StoredOrder, decided: RuleDecision) -> CarrierChoice {
        var order = order
        order.decision = decided
        let snapshot = order.snapshot
        let isWeightKnown = snapshot.lines.allSatisfy { !$0.requiresShipping || $0.quantity == 0 || $0.weightGrams != nil }
        return CarrierChooser.choose(wish.kind, among: wish.couriers.map { candidate($0, snapshot.currency) }, for: RateRequest(for: order), method: snapshot.shipping.methodCode, currency: snapshot.currency,
                                     isWeightKnown: isWeightKnown)
    }

    private func candidate(_ courier: CourierWish.Courier, _ currency: Currency) -> CarrierCandidate {
        guard let channel = channel(named: courier.name), channel.kind == .courier else { return CarrierCandidate(courier, exists: false, rates: .none) }
        return CarrierCandidate(courier, isWorking: channel.state == .active, rates: RateTables.rates(channel.settings[HubSetting.rates] ?? "", currency))
    }
}

extension RateRequest {
    /// What a courier is asked about an order: its boxes, its place, what is collected, the service that was decided on. The choice among couriers and the plan of what travels together ask the same.
    init(for order: StoredOrder) {
        let address = order.snapshot.shipTo.map { AddressNormaliser.normalise(RawAddress($0)) }
        self.init(boxes: Parcels.of(order).map { Box(grams: $0.weightGrams) }, postcode: address?.postcode, provinceCode: address?.provinceCode, countryCode: address?.countryCode,
                  codMinor: order.collectsMinor, service: order.decision?.service)
    }
}

/// Price lists that were read before: the same text is read once, however many orders ask.
enum RateTables {
    private struct Key: Hashable { var text: String, currency: Currency }
    private static let kept = Mutex<[Key: CarrierCandidate.Rates]>([:])
    static let maximumKept = 64

    static func rates(_ text: String, _ currency: Currency) -> CarrierCandidate.Rates {
        let key = Key(text: text, currency: currency)
        if let known = kept.withLock({ $0[key] }) { return known }
        let rates: CarrierCandidate.Rates
        do throws(RateTable.Fault) {
            let table = try RateTable(text, currency: currency)
            rates = table.bands.isEmpty ? .none : .table(table)
        } catch { rates = .unreadable(error.sentence) }
        kept.withLock { all in
            if all.count >= maximumKept { all.removeAll() }
            all[key] = rates
        }
        return rates
    }
}
