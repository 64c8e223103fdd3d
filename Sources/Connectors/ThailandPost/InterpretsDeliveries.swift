package import Connect
import Domain

extension ThailandPostConnector: InterpretsDeliveries {
    /// Pushes and answers alike: every event is an update, oldest first. An answer holds a parcel's whole history, a push only what is new.
    package func interpret(_ delivery: StoredDelivery) throws(ConnectorError) -> [Interpretation] {
        guard let json = JSONValue(reading: delivery.body), let body = TrackingBody(json) else { throw .notUnderstood(field: "items", found: "no tracking events") }
        guard !body.events.isEmpty || body.unreadable.isEmpty else { throw .notUnderstood(field: "items", found: "no item names a parcel and a status") }
        let reading = ParcelReading(settings: settings, isPush: delivery.origin == .webhook, writtenAt: body.writtenAt, receivedAt: delivery.receivedAt)
        var meanings = body.byParcel.flatMap { reading.interpretations(of: $0.events) }
        if !body.unreadable.isEmpty { meanings.append(.ignored(reason: "items without a parcel or a status: \(body.unreadable.joined(separator: ", ").cut(200))")) }
        return meanings.isEmpty ? [.ignored(reason: "no events")] : meanings
    }
}

/// The events of one parcel in our words (thailandpost.md §5.2). Pure.
struct ParcelReading: Sendable {
    let settings: ThailandPostSettings
    let isPush: Bool
    let writtenAt: Timestamp?
    let receivedAt: Timestamp

    /// A time further ahead than this is a mistake, and would keep all later news out.
    static let aheadLimit = Duration.seconds(86_400)

    private struct Dated { var event: TrackingEvent, at: Timestamp, code: TrackingCode?, sequence: Int64 }

    func interpretations(of events: [TrackingEvent]) -> [Interpretation] {
        let dated = events.map { event -> Dated in
            let at = time(of: event), code = TrackingCode.all[event.status]
            return Dated(event: event, at: at, code: code, sequence: Self.sequence(at, code?.rank ?? TrackingCode.unknownRank))
        }.sorted { $0.sequence < $1.sequence }
        let senders = Set([settings.sender.postcode].compactMap(\.self) + dated.filter { TrackingCode.acceptances.contains($0.event.status) }.compactMap(\.event.postcode))
        var isReturning = false
        return dated.map { one in
            defer { if one.event.status == TrackingCode.returnToSender { isReturning = true } }
            return interpretation(of: one, isReturning: isReturning, isAtSender: one.event.postcode.map(senders.contains) ?? false)
        }
    }

    /// The second of the event, then its rank: time rules, rank breaks ties (§3).
    static func sequence(_ at: Timestamp, _ rank: Int64) -> Int64 { max(1, at.milliseconds / 1000 * TrackingCode.rankRange + rank) }

    private func time(of event: TrackingEvent) -> Timestamp {
        guard let at = event.time ?? writtenAt, at <= receivedAt + Self.aheadLimit else { return receivedAt }
        return at
    }

    private func interpretation(of one: Dated, isReturning: Bool, isAtSender: Bool) -> Interpretation {
        let event = one.event
        var update = TrackingUpdate(externalID: event.barcode, trackingNumber: event.barcode, sequence: one.sequence, occurredAt: one.at, fulfilment: one.code?.fulfilment,
                                    rawStatus: rawStatus(of: event), note: event.note, trouble: one.code?.trouble)
        switch event.status {
        case TrackingCode.delivered:
            if event.deliveryStatus.map({ TrackingCode.undelivered[$0] != nil }) == true {
                update.fulfilment = .deliveryFailed
            } else if isReturning, isAtSender {
                update.fulfilment = .returned
            } else if isPush, isAtSender, !isReturning {
                // It may have come back, and a push does not tell what was before: the parcel's history does.
                return .ignored(reason: "\(event.barcode) was handed over at the sender's own post office; its history tells whether it came back")
            } else {
                update.codCollected = !isReturning && settings.isOfCODAccount(event.barcode)
            }
        case TrackingCode.codPaidOut: update.codCollected = true
        default: break
        }
        if update.codCollected, isPush, settings.confirmsMoneyByPull {
            // One place below the answer that will confirm it, so that the answer is news.
            update.codCollected = false
            update.sequence -= 1
        }
        return .tracking(update)
    }

    /// The code alone where it is known; with the refinement of a delivery, or with the platform's own words where it is not.
    private func rawStatus(of event: TrackingEvent) -> String {
        if TrackingCode.all[event.status] == nil { return [event.status, event.description].compactMap(\.self).joined(separator: " ").cut(200) }
        guard [TrackingCode.delivered, TrackingCode.failed].contains(event.status), let refined = event.deliveryStatus else { return event.status }
        return "\(event.status)/\(refined)"
    }
}
