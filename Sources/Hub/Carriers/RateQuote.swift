import Domain

/// What a carrier would be given: boxes to a place, with money to collect or not.
package struct RateRequest: Sendable, Equatable {
    package struct Box: Sendable, Equatable {
        /// Sides in millimetres; nil: nobody has measured it.
        package var grams: Int, sides: [Int]?
        package init(grams: Int, sides: [Int]? = nil) { self.grams = grams; self.sides = sides }
    }
    package var boxes: [Box]
    package var postcode: String?, provinceCode: String?, countryCode: String?
    /// What is collected with all boxes together, in minor units of the table's currency.
    package var codMinor: Int64?
    package var service: String?

    package init(boxes: [Box], postcode: String? = nil, provinceCode: String? = nil, countryCode: String? = nil, codMinor: Int64? = nil, service: String? = nil) {
        self.boxes = boxes; self.postcode = postcode; self.provinceCode = provinceCode; self.countryCode = countryCode; self.codMinor = codMinor; self.service = service
    }

    /// Both in one box, to the place of this one, with all that is collected.
    func joined(with other: RateRequest) -> RateRequest {
        var both = self
        both.boxes = [Box(grams: (boxes + other.boxes).reduce(0) { $0 + $1.grams })]
        let collected = (codMinor ?? 0) + (other.codMinor ?? 0)
        both.codMinor = collected > 0 ? collected : nil
        return both
    }
}

package struct RateQuote: Sendable, Equatable {
    package var freightMinor: Int64, fuelMinor: Int64, codFeeMinor: Int64
    /// As the table writes it; nil: it names none.
    package var service: String?
    package var totalMinor: Int64 { freightMinor + fuelMinor + codFeeMinor }
}

/// Why a carrier cannot take something, by its own price list.
package enum RateRefusal: Error, Sendable, Equatable {
    case country(String), notServed(postcode: String?), noService(String), tooHeavy(grams: Int, maximum: Int), tooLong(maximum: Int), tooLarge(maximum: Int), takesNoCOD, codOver(maximum: Int64), nothingShips

    /// Continues the carrier's name: `Kerry carries at most 2 kg`.
    func words(_ currency: Currency) -> String {
        switch self {
        case .country(let code): "does not go to \(code)"
        case .notServed(let postcode): postcode.map { "does not serve \($0)" } ?? "does not serve an address without a postcode"
        case .noService(let name): "has no price for the service \(name)"
        case .tooHeavy(let grams, let maximum): "carries at most \(Self.kilograms(maximum)), and a box weighs \(Self.kilograms(grams))"
        case .tooLong(let maximum): "takes no side longer than \(maximum) mm"
        case .tooLarge(let maximum): "takes at most \(maximum) mm for the three sides together"
        case .takesNoCOD: "takes no cash on delivery"
        case .codOver(let maximum): "collects at most \(Money(minor: maximum, currency))"
        case .nothingShips: "has nothing to carry"
        }
    }

    private static func kilograms(_ grams: Int) -> String {
        if grams < 1000 { return "\(grams) g" }
        var decimals = String(grams % 1000 + 1000).dropFirst()
        while decimals.last == "0" { decimals.removeLast() }
        return decimals.isEmpty ? "\(grams / 1000) kg" : "\(grams / 1000).\(decimals) kg"
    }
}

extension RateTable {
    /// The request with its service: the one it asks for, else the shop's word for the way of shipping, where the table has a service of this name.
    func naming(_ request: RateRequest, _ method: String?) -> RateRequest {
        var named = request
        named.service = request.service ?? method.flatMap(known)
        return named
    }

    /// What the boxes cost: each by its own band, the fuel surcharge on the freight, the fee for collecting once.
    package func quote(_ request: RateRequest) throws(RateRefusal) -> RateQuote {
        if let country = request.countryCode, !countries.isEmpty, !countries.contains(country) { throw .country(country) }
        if request.service == nil, !hasGeneralPrices, !services.isEmpty { return try cheapestService(request) }
        if let service = request.service, !services.isEmpty, known(service) == nil, !hasGeneralPrices { throw .noService(service) }
        guard !request.boxes.isEmpty else { throw .nothingShips }
        guard let bands = bands(postcode: request.postcode, province: request.provinceCode, service: request.service) else { throw .notServed(postcode: request.postcode) }
        var freight: Int64 = 0
        for box in request.boxes {
            try check(box)
            let fitting = bands.filter { $0.maximumGrams >= box.grams }.min { $0.maximumGrams < $1.maximumGrams }
            guard let fitting else { throw .tooHeavy(grams: box.grams, maximum: bands.map(\.maximumGrams).max() ?? 0) }
            freight += fitting.priceMinor
        }
        return RateQuote(freightMinor: freight, fuelMinor: Self.share(fuelBasisPoints, of: freight), codFeeMinor: try codFee(of: request.codMinor), service: bands.first?.service)
    }

    /// Where nobody asked for a service and every price is one's: the cheapest that can, the earlier one of two alike.
    private func cheapestService(_ request: RateRequest) throws(RateRefusal) -> RateQuote {
        var best: RateQuote?, refusal: RateRefusal?
        for service in services {
            var request = request
            request.service = service
            do throws(RateRefusal) {
                let quote = try quote(request)
                if best.map({ quote.totalMinor < $0.totalMinor }) ?? true { best = quote }
            } catch { refusal = refusal ?? error }
        }
        if let best { return best }
        throw refusal ?? .notServed(postcode: request.postcode)
    }

    private func check(_ box: RateRequest.Box) throws(RateRefusal) {
        if let most = limits.grams, box.grams > most { throw .tooHeavy(grams: box.grams, maximum: most) }
        guard let sides = box.sides else { return }
        if let most = limits.longestSide, let longest = sides.max(), longest > most { throw .tooLong(maximum: most) }
        if let most = limits.threeSides, sides.reduce(0, +) > most { throw .tooLarge(maximum: most) }
    }

    private func codFee(of amount: Int64?) throws(RateRefusal) -> Int64 {
        guard let amount, amount > 0 else { return 0 }
        guard takesCOD else { throw .takesNoCOD }
        if let most = limits.codMinor, amount > most { throw .codOver(maximum: most) }
        return max(codFee.flatMinor + Self.share(codFee.basisPoints, of: amount), codFee.minimumMinor)
    }

    /// Hundredths of a percent, half a minor unit up. Nothing overflows: a hundredth of a percent is taken before it is multiplied.
    static func share(_ basisPoints: Int64, of amount: Int64) -> Int64 {
        let (whole, rest) = amount.quotientAndRemainder(dividingBy: 10_000)
        return whole * basisPoints + (rest * basisPoints + 5_000) / 10_000
    }
}
