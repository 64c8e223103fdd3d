package import Domain

/// One way out of a contradiction in an order's address, ready to be taken with one click: its values go the way of any edit.
package struct OrderOffer: Sendable, Equatable, Codable {
    /// Names it among the order's offers.
    package var id: String
    package var kind: AddressOffer.Kind
    /// What is taken, in the letters of the address: `Pathum Wan, Bangkok`, `50000`.
    package var what: String
    /// New values by field, as `OrderAction.edit` takes them.
    package var values: [String: String]
}

extension AddressCheck {
    /// What an order's address contradicts itself in, and the ways out of it; none when nothing does.
    package static func offers(for order: StoredOrder) -> [OrderOffer] {
        guard let address = order.snapshot.shipTo else { return [] }
        return AddressCheck(RawAddress(address)).offers.map { offer in
            let values = offer.changes.map { ("shipTo.\($0.field.rawValue)", $0.value) }
            return OrderOffer(id: offer.id, kind: offer.kind, what: offer.what, values: Dictionary(values, uniquingKeysWith: { first, _ in first }))
        }
    }

    /// What contradicts what, for an operator; nil when nothing does.
    package static func sentence(for order: StoredOrder) -> String? { order.snapshot.shipTo.flatMap { AddressCheck(RawAddress($0)).sentence } }
}

/// An offer that no longer stands: the address was changed meanwhile.
package enum OfferFault: HubError, Equatable {
    case gone
    package var code: String { "offer_gone" }
    package var sentence: String { "The address was changed meanwhile, and this offer no longer stands. Look at the order again." }
    package var failureClass: FailureClass { .rejected }
}

extension LedgerTransaction {
    /// A person takes an offer: its values are edited in and audited, and the order waits for approval as after any edit.
    ///
    /// - Throws: `OfferFault.gone`; what `act` throws.
    package func takeOffer(_ offer: String, on id: OrderID, by actor: AuditActor, seenVersion: Int?) throws -> StoredOrder {
        guard let before = try OrderRows.find(id, in: tx) else { throw LedgerError.unknownOrder }
        guard let found = AddressCheck.offers(for: before).first(where: { $0.id == offer }) else { throw OfferFault.gone }
        let action = OrderAction.edit(found.values.mapValues(Optional.some)), order = try act(action, on: id, by: actor.name, seenVersion: seenVersion)
        try audit(action, of: order, was: before, by: actor)
        return order
    }
}

extension Ledger {
    /// See `LedgerTransaction.takeOffer`.
    package func takeOffer(_ offer: String, on id: OrderID, by actor: AuditActor, seenVersion: Int?) async throws -> StoredOrder {
        try await write { try $0.takeOffer(offer, on: id, by: actor, seenVersion: seenVersion) }
    }
}
