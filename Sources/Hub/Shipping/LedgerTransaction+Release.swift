import Connect
package import Domain
import Database

extension LedgerTransaction {
    /// Lets an approved order go to its carrier, or its marketplace: once, however often it is asked for.
    ///
    /// - Throws: `.cannotRelease` when it has gone already, is not approved, or has no carrier.
    @discardableResult
    package func release(_ id: OrderID, by actor: String) throws -> StoredOrder {
        guard var order = try OrderRows.find(id, in: tx) else { throw LedgerError.unknownOrder }
        guard order.workflow == .approved else { throw ShippingFault.cannotRelease(reason: "it is \(order.workflow.rawValue)") }
        guard try !hasUnfinishedBooking(id) else { throw ShippingFault.cannotRelease(reason: "work for it is under way already") }
        guard try shipments(of: id).allSatisfy(\.isVoid) else { throw ShippingFault.cannotRelease(reason: "it has been booked already") }
        let old = order, cause = Cause(.person, actor)
        let event = try record(.released, of: order, cause: cause)
        try enqueue(.approved, event: event, of: order, isReleased: true)
        guard try hasUnfinishedBooking(id) else { throw ShippingFault.cannotRelease(reason: "no carrier takes it") }
        try move(&order, by: .dispatchQueued, cause: Cause(.schedule, "dispatch"))
        order.version = old.version + 1
        try save(order, was: old)
        return order
    }
}
