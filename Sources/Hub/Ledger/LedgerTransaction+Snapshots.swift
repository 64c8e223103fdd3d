import Connect
package import Domain
import Database

/// What became of one interpreted delivery.
package enum Applied: Sendable, Equatable {
    case created, updated, unchanged, stale, duplicate, cancelled, ignored, fetching, tracked, waiting, channelLost
}

extension LedgerTransaction {
    /// Applies a platform's snapshot to its order (law 3): new, newer, the same, older, or undecided.
    package func apply(_ prepared: PreparedOrder, to channel: Channel, cause: Cause, receivedAt: Timestamp, askedAt: Timestamp?, canFetch: Bool) throws -> Applied {
        let incoming = prepared.snapshot
        guard let stored = try OrderRows.find(channel: channel.id, externalID: incoming.externalID, in: tx) else {
            if incoming.standing == .draft { return .ignored }
            try create(prepared, in: channel, cause: cause, receivedAt: receivedAt)
            return .created
        }
        // Received later than now: the clock was set back since, and whatever is read from the platform now is later than it.
        let receivedBefore = stored.sourceReceivedAt > now ? Timestamp(milliseconds: 0) : stored.sourceReceivedAt
        let verdict = SnapshotLaw.verdict(
            stored: stored.revision, storedDigest: stored.sourceDigest, storedReceivedAt: receivedBefore,
            incoming: incoming.revision, incomingDigest: prepared.digest, incomingAskedAt: askedAt)
        switch verdict {
        case .same: return .unchanged
        case .sameLater:
            try tx.run("UPDATE orders SET source_counter = \(incoming.revision.counter) WHERE id = \(stored.id.value)")
            return .unchanged
        case .older: return try complete(stored, from: incoming, cause: cause)
        case .newer:
            try replace(stored, by: prepared, cause: cause, receivedAt: askedAt ?? receivedAt)
            return .updated
        case .undecided(let keepIncoming):
            // Two contents of one age: keep one of them by a rule that does not depend on their order, and ask the platform which is true.
            if canFetch { try enqueueFetch(of: incoming.externalID, in: channel.id, order: stored.id) }
            guard keepIncoming else { return try complete(stored, from: incoming, cause: cause) }
            try replace(stored, by: prepared, cause: cause, receivedAt: askedAt ?? receivedAt)
            return .updated
        }
    }

    /// The platform says no more than that the order is cancelled or gone.
    package func applyCancellation(of externalID: ExternalID, in channel: Channel, at: Timestamp, counter: Int64, reason: String, cause: Cause) throws -> Applied {
        guard var order = try OrderRows.find(channel: channel.id, externalID: externalID, in: tx) else { return .ignored }
        guard at >= order.revision.updatedAt, counter == 0 || counter >= order.revision.counter else { return .stale }
        guard order.workflow != .cancelled else { return .unchanged }
        let old = order
        order.snapshot.standing = .cancelled
        order.source?.standing = .cancelled
        if counter != 0 {
            order.snapshot.revision = Revision(updatedAt: at, counter: counter)
            order.source?.revision = order.snapshot.revision
        }
        try move(&order, by: .platformCancelled, cause: cause, note: reason)
        try save(order, was: old)
        return .cancelled
    }

    private func create(_ prepared: PreparedOrder, in channel: Channel, cause: Cause, receivedAt: Timestamp) throws {
        let snapshot = prepared.snapshot
        var order = StoredOrder(
            id: OrderID(ids.next()), channel: channel.id, snapshot: snapshot, source: nil, edits: [], decision: nil, workflow: .new,
            fulfilment: snapshot.fulfilment, paymentState: snapshot.payment.state, version: 1, sourceDigest: prepared.digest,
            sourceReceivedAt: receivedAt, createdAt: now, updatedAt: now)
        switch snapshot.standing {
        case .cancelled: order.workflow = .cancelled
        case .closed: order.workflow = .processed
        case .onHold: order.workflow = .awaitingConfirmation
        case .open, .draft: break
        }
        begin(order.id)
        let decision = order.workflow == .new ? decide(order) : nil
        order.decision = decision
        if let tags = decision?.tags { order.snapshot.tags = merged(order.snapshot.tags, tags) }
        try record(.created, of: order, cause: cause)
        if let decision { try carryOut(decision, on: &order) }
        try keepToday(&order, was: nil)
        try followWish(of: order, was: nil)
        let document = order.snapshot.tags == snapshot.tags ? prepared.document : PreparedOrder.encode(order.snapshot).document
        try OrderRows.insert(order, document: document, decision: text(of: order.decision), in: tx)
        count(order, 1)
        addMarks(of: order)
        try OrderRows.replaceLines(of: order, isNew: true, in: tx)
        addTerms(SearchTerms.of(order.snapshot), to: order.id, isNew: true)
        beat.orders += 1
    }

    private func replace(_ stored: StoredOrder, by prepared: PreparedOrder, cause: Cause, receivedAt: Timestamp) throws {
        var order = stored
        let incoming = prepared.snapshot
        var effective = incoming
        keepWhatFormsLeaveOut(&effective, known: stored.snapshot)
        if let tags = order.decision?.tags { effective.tags = merged(effective.tags, tags) }
        let conflicts = layEdits(of: &order, over: incoming, onto: &effective)
        effective.flags += lastingFlags(of: stored, edits: order.edits, besides: conflicts)
        effective.flags += conflicts.map { Flag.ofEdit($0.field, here: $0.from, platform: $0.to) }
        order.source = order.edits.isEmpty ? nil : incoming
        order.snapshot = effective
        order.sourceDigest = prepared.digest
        order.sourceReceivedAt = receivedAt
        order.fulfilment = try mergedFulfilment(of: stored, platform: incoming.fulfilment)
        order.paymentState = mergedPayment(of: stored, platform: incoming.payment.state)
        let changes = OrderField.changes(from: stored.snapshot, to: effective)
        order.version += 1
        order.updatedAt = now
        try record(.updated, of: order, cause: cause, changes: changes)
        if !conflicts.isEmpty { try record(.conflict, of: order, cause: cause, changes: conflicts) }
        if incoming.fulfilment != (stored.source ?? stored.snapshot).fulfilment { try movePlatformsParcels(of: order, to: incoming.fulfilment, at: incoming.revision.updatedAt) }
        try followPlatform(&order, was: stored, changes: changes, cause: cause)
        try save(order, was: stored)
        if stored.snapshot.lines != effective.lines { try OrderRows.replaceLines(of: order, isNew: false, in: tx) }
        let newTerms = Set(SearchTerms.of(effective)).subtracting(SearchTerms.of(stored.snapshot))
        if !newTerms.isEmpty { addTerms(newTerms.sorted(), to: order.id, isNew: false) }
    }

    /// What a platform's update does not take back: a carrier's trouble, and a difference to an edit that still stands.
    private func lastingFlags(of stored: StoredOrder, edits: [EditedField], besides conflicts: [FieldChange]) -> [Flag] {
        let fields = edits.map(\.field).filter { field in !conflicts.contains { $0.field == field } }
        return stored.snapshot.flags.filter { flag in
            flag.isCarriers || (flag.code == Flag.editDiffers && fields.contains { flag.message.hasPrefix("\($0) ") })
        }
    }

    /// One platform has several forms of an order (a webhook, a query's answer), and some leave out what others tell: a known weight or ship-by is not forgotten.
    private func keepWhatFormsLeaveOut(_ order: inout OrderSnapshot, known: OrderSnapshot) {
        MaskedValues.keep(&order, known: known)
        if order.shipping.shipBy == nil { order.shipping.shipBy = known.shipping.shipBy }
        guard order.lines.contains(where: { $0.weightGrams == nil }) else { return }
        let weights = Dictionary(known.lines.map { ($0.externalLineID, $0.weightGrams) }, uniquingKeysWith: { first, _ in first })
        for index in order.lines.indices where order.lines[index].weightGrams == nil { order.lines[index].weightGrams = weights[order.lines[index].externalLineID] ?? nil }
    }

    /// An older telling changes nothing, but it may hold what the kept form leaves out: the same is known in the end, whichever of the two came first.
    private func complete(_ stored: StoredOrder, from older: OrderSnapshot, cause: Cause) throws -> Applied {
        var order = stored
        keepWhatFormsLeaveOut(&order.snapshot, known: older)
        guard order.snapshot != stored.snapshot else { return .stale }
        if var source = order.source {
            keepWhatFormsLeaveOut(&source, known: older)
            order.source = source
        }
        order.version += 1
        order.updatedAt = now
        try record(.updated, of: order, cause: cause, changes: OrderField.changes(from: stored.snapshot, to: order.snapshot))
        try save(order, was: stored)
        return .updated
    }

    /// What a newer snapshot means for the axes, and what follows from that.
    private func followPlatform(_ order: inout StoredOrder, was stored: StoredOrder, changes: [FieldChange], cause: Cause) throws {
        switch (order.snapshot.standing, order.workflow) {
        case (.cancelled, let workflow) where workflow != .cancelled: try move(&order, by: .platformCancelled, cause: cause)
        case (.closed, let workflow) where WorkflowLaw.destination(from: workflow, cause: .platformClosed) != nil: try move(&order, by: .platformClosed, cause: cause)
        case (.onHold, .new), (.onHold, .edited), (.onHold, .approved): try move(&order, by: .platformHeld, cause: cause)
        case (.open, .awaitingConfirmation) where stored.snapshot.standing == .onHold: try move(&order, by: .platformReleased, cause: cause)
        case (.open, .cancelled) where stored.snapshot.standing == .cancelled: try move(&order, by: .platformReopened, cause: cause)
        case (.open, .processed) where stored.snapshot.standing == .closed: try move(&order, by: .platformReopened, cause: cause)
        default: break
        }
        if order.workflow == .new {
            let decision = decide(order)
            order.decision = decision
            order.snapshot.tags = merged(order.snapshot.tags, decision.tags)
            layTagEdits(of: &order)
            try carryOut(decision, on: &order)
        }
        if order.paymentState != stored.paymentState { try record(.paymentChanged, of: order, cause: cause) }
        try announceFulfilment(of: order, was: stored.fulfilment, cause: cause)
        let fields = changes.map(\.field).filter(OrderField.concernsParcel)
        if [.queued, .synced].contains(order.workflow), !fields.isEmpty, try !(fields == [OrderField.courier] && isShippedByItsPlatform(order)) {
            let fields = fields.joined(separator: ", ")
            try raise(Problem(kind: .changedAfterSent, subject: "order:\(order.id)", channel: order.channel, order: order.id, code: "changed_after_sent",
                              message: "The platform changed \(fields) after the order was sent to the courier. Cancel the booking and book again, or leave it."))
        }
    }

    /// The courier that a marketplace names as it arranges an order is the answer to our own asking, not a change that a person has to look at.
    private func isShippedByItsPlatform(_ order: StoredOrder) throws -> Bool {
        let id = order.id.value, channel = order.channel.value
        return try tx.first("""
            SELECT (SELECT COUNT(*) FROM jobs WHERE order_id = \(id) AND destination_id = \(channel) AND action = \(JobAction.arrange.rawValue))
                 + (SELECT COUNT(*) FROM shipments WHERE order_id = \(id) AND channel_id = \(channel) AND is_void = 0)
            """) { try $0.int(0) } ?? 0 > 0
    }

    /// The furthest of platform and carrier: with a carrier's shipment the goods never move backwards because a shop says so.
    private func mergedFulfilment(of stored: StoredOrder, platform: Fulfilment) throws -> Fulfilment {
        guard stored.fulfilment != platform else { return platform }
        let carried = try tx.first("SELECT COUNT(*) FROM shipments WHERE order_id = \(stored.id.value) AND channel_id <> \(stored.channel.value) AND is_void = 0") { try $0.int(0) } ?? 0
        guard carried > 0 else { return platform }
        return platform.rank > stored.fulfilment.rank ? platform : stored.fulfilment
    }

    /// Cash collected by a carrier stays collected although the shop has not heard of it yet.
    private func mergedPayment(of stored: StoredOrder, platform: PaymentState) -> PaymentState {
        let isCollected = stored.paymentState == .paid && (stored.source ?? stored.snapshot).payment.state != .paid
        return isCollected && platform == .unpaid ? .paid : platform
    }

    private func merged(_ tags: [String], _ more: [String]) -> [String] { tags + more.filter { !tags.contains($0) } }

    /// Encodes and writes an order that changed; counts move from its old facet to its new one.
    func save(_ order: StoredOrder, was old: StoredOrder) throws {
        var written = order
        if written.version == old.version { written.version += 1 }
        written.updatedAt = now
        try keepToday(&written, was: old)
        try followWish(of: written, was: old)
        let document = PreparedOrder.encode(written.snapshot).document
        let source = written.source.map { PreparedOrder.encode($0).document }
        try OrderRows.update(written, document: document, sourceDocument: source, in: tx)
        count(old, -1)
        count(written, 1)
        try changeMarks(from: old, to: written)
    }
}
