import Domain
import Testing

@Suite struct SnapshotTests {
    /// One snapshot as it arrives: its age, its content, and when it was received.
    private struct Arrival { var revision: Revision, digest: UInt64, receivedAt: Timestamp }

    private static func kept(_ arrivals: [Arrival]) -> Arrival? {
        var stored: Arrival?
        for arrival in arrivals {
            guard let known = stored else { stored = arrival; continue }
            switch SnapshotLaw.verdict(stored: known.revision, storedDigest: known.digest, storedReceivedAt: known.receivedAt,
                                       incoming: arrival.revision, incomingDigest: arrival.digest, incomingAskedAt: arrival.receivedAt) {
            case .newer, .undecided(keepIncoming: true): stored = arrival
            case .sameLater: stored?.revision.counter = arrival.revision.counter
            case .same, .older, .undecided(keepIncoming: false): break
            }
        }
        return stored
    }

    @Test(arguments: 0..<300)
    func `any order of the same snapshots ends in the same one`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let hasCounters = Bool.random(using: &random)
        // Few distinct times, so that many snapshots are of one age; then counters or contents tell them apart.
        let arrivals = (1...Int.random(in: 2...12, using: &random)).map { number in
            Arrival(revision: Revision(updatedAt: Timestamp(seconds: Int64.random(in: 0...3, using: &random)), counter: hasCounters ? Int64(number) : 0),
                    digest: random.next(), receivedAt: Timestamp(seconds: Int64(100 + number)))
        }
        let first = Self.kept(arrivals)
        for _ in 0..<8 {
            let other = Self.kept(arrivals.shuffled(using: &random) + (Bool.random(using: &random) ? arrivals.shuffled(using: &random) : []))
            #expect(other?.digest == first?.digest)
            #expect(other?.revision == first?.revision)
        }
    }

    @Test func `a content told again under a later counter outlives what came between, in every order`() {
        let time = Timestamp(seconds: 10)
        func told(_ digest: UInt64, _ counter: Int64) -> Arrival { Arrival(revision: Revision(updatedAt: time, counter: counter), digest: digest, receivedAt: Timestamp(seconds: 100 + counter)) }
        let a = told(7, 1), b = told(9, 2), again = told(7, 3)
        for arrivals in [[a, b, again], [a, again, b], [b, a, again], [b, again, a], [again, a, b], [again, b, a]] {
            let kept = Self.kept(arrivals)
            #expect(kept?.digest == 7)
            #expect(kept?.revision.counter == 3)
        }
    }

    @Test(arguments: 0..<200)
    func `with distinct times the latest wins, whatever the order and the contents`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let count = Int.random(in: 2...10, using: &random)
        let arrivals = (1...count).map { Arrival(revision: Revision(updatedAt: Timestamp(seconds: Int64($0)), counter: Int64.random(in: 0...9, using: &random)),
                                                 digest: UInt64.random(in: 0...2, using: &random), receivedAt: Timestamp(seconds: Int64.random(in: 0...500, using: &random))) }
        #expect(Self.kept(arrivals.shuffled(using: &random))?.revision.updatedAt == Timestamp(seconds: Int64(count)))
    }

    private static func verdict(_ stored: Revision, _ incoming: Revision, sameContent: Bool = false, askedAt: Int64? = nil) -> SnapshotVerdict {
        SnapshotLaw.verdict(stored: stored, storedDigest: 5, storedReceivedAt: Timestamp(seconds: 100), incoming: incoming, incomingDigest: sameContent ? 5 : 9,
                            incomingAskedAt: askedAt.map { Timestamp(seconds: $0) })
    }
    private static func revision(_ seconds: Int64, _ counter: Int64 = 0, wasRead: Bool = false) -> Revision {
        Revision(updatedAt: Timestamp(seconds: seconds), counter: counter, wasRead: wasRead)
    }

    @Test func `age first, then the counter, then when it was read`() {
        #expect(Self.verdict(Self.revision(5, 9), Self.revision(6, 1)) == .newer)
        #expect(Self.verdict(Self.revision(6, 1), Self.revision(5, 9)) == .older)
        #expect(Self.verdict(Self.revision(5, 1), Self.revision(5, 2)) == .newer)
        #expect(Self.verdict(Self.revision(5, 2), Self.revision(5, 1)) == .older)
        #expect(Self.verdict(Self.revision(5), Self.revision(5), sameContent: true) == .same)
        #expect(Self.verdict(Self.revision(5), Self.revision(5, wasRead: true), askedAt: 101) == .newer)
        #expect(Self.verdict(Self.revision(5), Self.revision(5, wasRead: true), askedAt: 100) == .undecided(keepIncoming: true))
        #expect(Self.verdict(Self.revision(5), Self.revision(5), askedAt: 101) == .undecided(keepIncoming: true))
    }

    @Test func `one undecided pair is decided the same from both sides`() {
        let revision = Self.revision(5)
        let one = SnapshotLaw.verdict(stored: revision, storedDigest: 1, storedReceivedAt: revision.updatedAt, incoming: revision, incomingDigest: 2, incomingAskedAt: nil)
        let other = SnapshotLaw.verdict(stored: revision, storedDigest: 2, storedReceivedAt: revision.updatedAt, incoming: revision, incomingDigest: 1, incomingAskedAt: nil)
        #expect(one == .undecided(keepIncoming: true))
        #expect(other == .undecided(keepIncoming: false))
    }
}

@Suite struct TotalsTests {
    @Test(arguments: 0..<200)
    func `a total that is the sum of its parts has no flag, any other has one`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        func amount() -> Int64 { Int64.random(in: 0...1_000_000, using: &random) }
        var totals = Totals(items: amount(), discount: amount(), shipping: amount(), fees: amount(), tax: amount(), taxIncluded: Bool.random(using: &random), grand: 0)
        totals.grand = totals.items - totals.discount + totals.shipping + totals.fees + (totals.taxIncluded ? 0 : totals.tax)
        #expect(totals.mismatch(in: .thb) == nil)
        totals.grand += Bool.random(using: &random) ? 1 : -1
        #expect(totals.mismatch(in: .thb)?.code == "totals_mismatch")
    }

    @Test func `the flag names both numbers in the currency's own decimals`() {
        let thai = Totals(items: 10_000, shipping: 5_000, grand: 14_999).mismatch(in: .thb)
        #expect(thai?.message == "The platform's total is 149.99 THB, its parts add up to 150.00 THB.")
        #expect(Totals(items: 150, grand: 149).mismatch(in: .jpy)?.message == "The platform's total is 149 JPY, its parts add up to 150 JPY.")
    }

    @Test(arguments: [Totals(items: .max, shipping: 1, grand: 0), Totals(items: .min, discount: 1, grand: 0), Totals(items: .max, fees: .max, tax: .max, grand: .max)])
    func `parts that overflow are a mismatch, not a crash`(totals: Totals) {
        #expect(totals.rebuiltGrand == nil)
        #expect(totals.mismatch(in: .thb)?.message.contains("out of range") == true)
    }
}
