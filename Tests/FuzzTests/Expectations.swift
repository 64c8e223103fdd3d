import Connect
import Domain
import Foundation

/// What holds of everything a connector says, whatever it was given.
enum Expectations {
    /// Sums of eight such amounts still fit into 64 bits.
    static let largestAmount = Int64.max / 8
    static let largestQuantity = 1_000_000_000
    /// A sentence is for a person's screen.
    static let largestSentenceBytes = 4_000

    static func verdict(_ meanings: [Interpretation], bodyBytes: Int) -> FuzzVerdict {
        var verdict = FuzzVerdict(isRead: !meanings.isEmpty)
        if meanings.isEmpty { verdict.complaints.append("nothing was said of the delivery") }
        for meaning in meanings { verdict.complaints += complaints(of: meaning, bodyBytes: bodyBytes) }
        return verdict
    }

    static func verdict(_ error: ConnectorError, now: Timestamp) -> FuzzVerdict {
        var complaints: [String] = []
        if error.sentence.isEmpty || error.code.isEmpty { complaints.append("an error without a reason: \(error)") }
        if error.sentence.utf8.count > largestSentenceBytes { complaints.append("a sentence of \(error.sentence.utf8.count) bytes under \(error.code.prefix(40))") }
        if error.code.utf8.count > 300 { complaints.append("a code of \(error.code.utf8.count) bytes") }
        if case .throttled(let until) = error, until < now || until > now + .seconds(3601) { complaints.append("throttled until \(until)") }
        return FuzzVerdict(complaints: complaints)
    }

    private static func complaints(of meaning: Interpretation, bodyBytes: Int) -> [String] {
        switch meaning {
        case .order(let snapshot): SnapshotExpectations(snapshot, bodyBytes: bodyBytes).complaints
        case .fetch(let id, _): idComplaints("fetch", id)
        case .cancelled(let id, _, let counter, let reason):
            idComplaints("cancelled", id) + (counter < 0 ? ["a counter of \(counter)"] : []) + (reason.isEmpty ? ["cancelled without a reason"] : [])
        case .tracking(let update):
            (update.externalRef == nil && update.externalID == nil && update.trackingNumber == nil ? ["news of no shipment"] : []) + (update.sequence < 0 ? ["a sequence of \(update.sequence)"] : [])
        case .ignored(let reason), .channelLost(let reason): reason.isEmpty ? ["ignored without a reason"] : []
        }
    }

    static func idComplaints(_ what: String, _ id: String) -> [String] {
        if id.isEmpty { return ["\(what): an empty id"] }
        if id.utf8.count > 2_000 { return ["\(what): an id of \(id.utf8.count) bytes"] }
        return id.utf8.contains(0) ? ["\(what): an id with NUL"] : []
    }
}

/// What holds of every order.
struct SnapshotExpectations {
    private(set) var complaints: [String] = []

    init(_ order: OrderSnapshot, bodyBytes: Int) {
        complaints += Expectations.idComplaints("order", order.externalID)
        expect(!order.externalNumber.isEmpty, "an empty number")
        money(order)
        lines(order)
        expect(order.flags.count <= order.lines.count + 1_000, "\(order.flags.count) flags of \(order.lines.count) lines")
        keeps(order, bodyBytes: bodyBytes)
    }

    private mutating func expect(_ holds: Bool, _ words: @autoclosure () -> String) { if !holds { complaints.append(words()) } }

    private mutating func money(_ order: OrderSnapshot) {
        let totals = order.totals
        let amounts = [("items", totals.items), ("discount", totals.discount), ("shipping", totals.shipping), ("fees", totals.fees), ("tax", totals.tax), ("grand", totals.grand), ("refunded", totals.refunded)]
        for (name, amount) in amounts { expect(amount.magnitude <= Expectations.largestAmount.magnitude, "\(name) is \(amount)") }
        expect(totals.rebuiltGrand != nil, "the parts of the total overflow")
        _ = totals.mismatch(in: order.currency)
        if let due = order.payment.codAmount {
            expect((0...Expectations.largestAmount).contains(due), "\(due) to be collected")
            expect(order.payment.isCashOnDelivery, "an amount to be collected without cash on delivery")
        }
    }

    private mutating func lines(_ order: OrderSnapshot) {
        for line in order.lines {
            expect(!line.externalLineID.isEmpty, "a line without an id")
            expect((0...Expectations.largestQuantity).contains(line.quantity), "a quantity of \(line.quantity)")
            for amount in [line.unitPrice, line.discount, line.tax, line.lineTotal] { expect(amount.magnitude <= Expectations.largestAmount.magnitude, "a line's amount of \(amount)") }
            expect(line.weightGrams.map { (0...Expectations.largestQuantity).contains($0) } ?? true, "a weight of \(line.weightGrams ?? 0)")
        }
        // Shipments and cancellations name lines by their ids.
        expect(Set(order.lines.map(\.externalLineID)).count == order.lines.count, "two lines of one id")
    }

    /// The ledger keeps snapshots as JSON.
    private mutating func keeps(_ order: OrderSnapshot, bodyBytes: Int) {
        do {
            let kept = try JSONEncoder.crossdock.encode(order)
            // `\u0001` is six bytes of one; 2 kB for our own names, and as much again for each line.
            expect(kept.count <= 8 * bodyBytes + 4_000 + 1_000 * order.lines.count, "\(kept.count) bytes of \(bodyBytes)")
            if Self.holdsNUL([UInt8](kept)) { complaints.append("a NUL in a text: PostgreSQL keeps none") }
            let again = try JSONDecoder().decode(OrderSnapshot.self, from: kept)
            if again != order { complaints.append("kept otherwise than read: \(Self.difference(order, again))") }
        } catch { complaints.append("cannot be kept: \(error)") }
    }

    /// `\u0000`, but not `\\u0000`.
    private static func holdsNUL(_ json: [UInt8]) -> Bool {
        var isEscaped = false
        for (index, byte) in json.enumerated() {
            if isEscaped {
                isEscaped = false
                if json[index...].starts(with: Array("u0000".utf8)) { return true }
            } else { isEscaped = byte == UInt8(ascii: "\\") }
        }
        return false
    }

    private static func difference(_ a: OrderSnapshot, _ b: OrderSnapshot) -> String {
        if a.placedAt != b.placedAt { return "placedAt \(a.placedAt.milliseconds) and \(b.placedAt.milliseconds)" }
        if a.revision != b.revision { return "revision \(a.revision) and \(b.revision)" }
        if a.shipping != b.shipping { return "shipping \(a.shipping) and \(b.shipping)" }
        return String("\(a) and \(b)".prefix(2_000))
    }
}
