package import Domain

/// What is handed to a carrier with a pickup, to be counted and signed.
package struct ManifestPaper: Sendable, Equatable {
    package struct Parcel: Sendable, Equatable {
        package var trackingNumber: String
        package var orderNumbers: [String]
        package var postcode: String?
        package var weightGrams: Int?
        package var codAmount: Money?

        package init(trackingNumber: String, orderNumbers: [String] = [], postcode: String? = nil, weightGrams: Int? = nil, codAmount: Money? = nil) {
            self.trackingNumber = trackingNumber; self.orderNumbers = orderNumbers; self.postcode = postcode
            self.weightGrams = weightGrams; self.codAmount = codAmount
        }
    }

    /// A print after the first: every page says so.
    package struct Reprint: Sendable, Equatable {
        /// 1 for the first print after the original.
        package var number: Int
        package var printedAt: String
        package var printedBy: String

        package init(number: Int, printedAt: String, printedBy: String) { self.number = number; self.printedAt = printedAt; self.printedBy = printedBy }
    }

    package var number: String
    package var carrierTitle: String
    package var cutOff: String?
    /// The state in the reader's words: open, closed, handed over.
    package var state: String
    package var parcels: [Parcel]
    /// Listed, and not there when the parcels were scanned.
    package var missing: [String]
    /// Scanned, and on no list.
    package var extra: [String]
    package var printedAt: String?
    package var printedBy: String?
    package var reprint: Reprint?

    package init(number: String, carrierTitle: String, cutOff: String? = nil, state: String, parcels: [Parcel], missing: [String] = [], extra: [String] = [],
                 printedAt: String? = nil, printedBy: String? = nil, reprint: Reprint? = nil) {
        self.number = number; self.carrierTitle = carrierTitle; self.cutOff = cutOff; self.state = state; self.parcels = parcels
        self.missing = missing; self.extra = extra; self.printedAt = printedAt; self.printedBy = printedBy; self.reprint = reprint
    }

    package var totalWeightGrams: Int { parcels.compactMap(\.weightGrams).clampedSum }

    package var codParcels: Int { parcels.count { ($0.codAmount?.minor ?? 0) > 0 } }

    /// One sum a currency, in the order of their codes. A sum beyond what money holds is left at the largest amount.
    package var codTotals: [Money] {
        var sums: [Currency: Int64] = [:]
        for case let amount? in parcels.map(\.codAmount) where amount.minor > 0 {
            let (sum, overflow) = sums[amount.currency, default: 0].addingReportingOverflow(amount.minor)
            sums[amount.currency] = overflow ? .max : sum
        }
        return sums.map { Money(minor: $0.value, $0.key) }.sorted { $0.currency.code < $1.currency.code }
    }
}
