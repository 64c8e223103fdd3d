package import Domain

/// Which of several couriers an order goes to, and why in one sentence. Kept with the order's decision.
package struct CarrierChoice: Sendable, Equatable, Codable {
    /// The courier channel's name; nil: none of them can take it.
    package var courier: String?
    package var service: String?
    /// What its price list asks, in minor units of `currency`; nil: it has none.
    package var totalMinor: Int64?
    package var currency: String
    package var sentence: String
    /// The service that was asked for before one was chosen; nil: none.
    package var askedService: String?
}

/// A courier as the choice sees it.
package struct CarrierCandidate: Sendable, Equatable {
    package enum Rates: Sendable, Equatable {
        case none, unreadable(String), table(RateTable)
    }
    package var courier: CourierWish.Courier
    /// No courier channel of this name: it is not there at all.
    package var exists: Bool
    /// Its channel waits for a person (paused, or its credentials lapsed): taken only when no other can.
    package var isWorking: Bool
    package var rates: Rates
    package init(_ courier: CourierWish.Courier, exists: Bool = true, isWorking: Bool = true, rates: Rates) {
        self.courier = courier; self.exists = exists; self.isWorking = isWorking; self.rates = rates
    }
}

/// Chooses a courier by price lists. Pure: candidates and a parcel in, a choice out.
package struct CarrierChooser: Sendable {
    private struct Offer { var index: Int, candidate: CarrierCandidate, quote: RateQuote? }
    private let currency: Currency
    private let isWeightKnown: Bool
    private var offers: [Offer] = [], refusals: [String] = []
    static let maximumSentence = 500

    /// - Parameters:
    ///   - method: the shop's word for the way of shipping: the service of a courier that knows it by this name, where nobody asks for another.
    ///   - isWeightKnown: false: a line has no weight, and the price is that of the lightest parcel.
    package static func choose(_ kind: CourierWish.Kind, among candidates: [CarrierCandidate], for request: RateRequest, method: String? = nil, currency: Currency, isWeightKnown: Bool = true) -> CarrierChoice {
        var chooser = CarrierChooser(currency: currency, isWeightKnown: isWeightKnown)
        for (index, candidate) in candidates.enumerated() { chooser.ask(candidate, index, request, method) }
        return chooser.choice(kind, of: candidates.count)
    }

    private init(currency: Currency, isWeightKnown: Bool) { self.currency = currency; self.isWeightKnown = isWeightKnown }

    private mutating func ask(_ candidate: CarrierCandidate, _ index: Int, _ request: RateRequest, _ method: String?) {
        let name = candidate.courier.title
        guard candidate.exists else { return refusals.append("\(name) is no courier channel") }
        switch candidate.rates {
        case .unreadable(let why): refusals.append("the price list of \(name) cannot be read (\(why))")
        case .none: offers.append(Offer(index: index, candidate: candidate, quote: nil))
        case .table(let table):
            var request = request
            request.service = candidate.courier.service ?? request.service
            do throws(RateRefusal) { offers.append(Offer(index: index, candidate: candidate, quote: try table.quote(table.naming(request, method)))) } catch { refusals.append("\(name) \(error.words(currency))") }
        }
    }

    private func choice(_ kind: CourierWish.Kind, of count: Int) -> CarrierChoice {
        let ranked = offers.sorted { a, b in
            if a.candidate.isWorking != b.candidate.isWorking { return a.candidate.isWorking }
            guard kind == .cheapest else { return a.index < b.index }
            return (a.quote?.totalMinor ?? .max, a.index) < (b.quote?.totalMinor ?? .max, b.index)
        }
        guard let best = ranked.first else {
            let why = count == 1 ? refusals.joined() : "none of \(count) couriers can take it: \(refusals.joined(separator: "; "))"
            return CarrierChoice(courier: nil, service: nil, totalMinor: nil, currency: currency.code, sentence: Self.sentence(why))
        }
        var text = title(best)
        if count > 1 { text += ", " + reason(kind, best, count) }
        let others = ranked.dropFirst().map { ($0.candidate.isWorking ? "" : "(waiting) ") + title($0) } + refusals
        if !others.isEmpty { text += ": \(others.joined(separator: "; "))" }
        if !best.candidate.isWorking { text += "; its channel waits for a person" }
        if !isWeightKnown { text += "; the weight is not known" }
        return CarrierChoice(courier: best.candidate.courier.name, service: best.quote?.service ?? best.candidate.courier.service, totalMinor: best.quote?.totalMinor, currency: currency.code,
                             sentence: Self.sentence(text))
    }

    private func reason(_ kind: CourierWish.Kind, _ best: Offer, _ count: Int) -> String {
        if offers.count == 1 { return "the only one of \(count) that can" }
        return kind == .cheapest ? "cheapest of \(count)" : best.index == 0 ? "first of \(count)" : "first of \(count) that can"
    }

    /// `Thailand Post EMS 62.00 THB`
    private func title(_ offer: Offer) -> String {
        let courier = offer.candidate.courier, name = CourierWish.Courier(courier.name, service: offer.quote?.service ?? courier.service).title
        guard let quote = offer.quote else { return "\(name) without a price list" }
        let cod = quote.codFeeMinor > 0 ? " with \(Money(minor: quote.codFeeMinor, currency)) for collecting" : ""
        return "\(name) \(Money(minor: quote.totalMinor, currency))\(cod)"
    }

    private static func sentence(_ text: String) -> String {
        let text = text.prefix(1).uppercased() + text.dropFirst()
        return text.count <= maximumSentence - 1 ? text + "." : text.prefix(maximumSentence - 2) + "…."
    }
}
