package import Domain
import Foundation

/// The order in JSON as the API, the change feed and outgoing events show it: exactly the names of the contract, every one present, `null` where there is nothing.
package struct OrderDocument: Encodable, Sendable {
    package var order: StoredOrder
    package var channelPlatform: PlatformName
    package var shipments: [Shipment]
    /// Buyer data is left out for those who need not see it.
    package var isMasked: Bool

    package init(_ order: StoredOrder, platform: PlatformName, shipments: [Shipment], isMasked: Bool = false) {
        self.order = order; channelPlatform = platform; self.shipments = shipments; self.isMasked = isMasked
    }

    package func json() throws -> String { String(decoding: try JSONEncoder.crossdock.encode(self), as: UTF8.self) }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(_ text: String) { stringValue = text }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
    private typealias Container = KeyedEncodingContainer<Key>

    package func encode(to encoder: any Encoder) throws {
        var root = encoder.container(keyedBy: Key.self)
        let s = order.snapshot
        try root.encode(order.id, forKey: Key("id"))
        try root.encode(order.channel, forKey: Key("channel"))
        try root.encode(channelPlatform, forKey: Key("platform"))
        try root.encode(s.externalID, forKey: Key("externalID"))
        try root.encode(s.externalNumber, forKey: Key("externalNumber"))
        try root.encode(s.placedAt, forKey: Key("placedAt"))
        try root.encode(order.revision.updatedAt, forKey: Key("sourceUpdatedAt"))
        var buyer = root.nestedContainer(keyedBy: Key.self, forKey: Key("buyer"))
        try buyer.encode(masked(s.buyer.name), forKey: Key("name"))
        try buyer.encode(masked(s.buyer.email), forKey: Key("email"))
        try buyer.encode(masked(s.buyer.phone), forKey: Key("phone"))
        try encode(s.shipTo, "shipTo", in: &root)
        try encode(s.billTo, "billTo", in: &root)
        try root.encode(s.currency, forKey: Key("currency"))
        try root.encode(s.totals, forKey: Key("totals"))
        var payment = root.nestedContainer(keyedBy: Key.self, forKey: Key("payment"))
        try payment.encode(s.payment.method, forKey: Key("method"))
        try payment.encode(order.paymentState, forKey: Key("state"))
        try payment.encode(s.payment.isCashOnDelivery, forKey: Key("isCashOnDelivery"))
        try payment.encode(s.payment.codAmount, forKey: Key("codAmount"))
        var shipping = root.nestedContainer(keyedBy: Key.self, forKey: Key("shipping"))
        try shipping.encode(s.shipping.methodCode, forKey: Key("methodCode"))
        try shipping.encode(s.shipping.methodTitle, forKey: Key("methodTitle"))
        try shipping.encode(s.shipping.requestedCarrier, forKey: Key("requestedCarrier"))
        try shipping.encode(s.shipping.shipBy, forKey: Key("shipBy"))
        var lines = root.nestedUnkeyedContainer(forKey: Key("lines"))
        for line in s.lines { var container = lines.nestedContainer(keyedBy: Key.self); try encode(line, in: &container) }
        try root.encode(s.note, forKey: Key("note"))
        try root.encode(s.tags, forKey: Key("tags"))
        try root.encode(s.platformStatus, forKey: Key("platformStatus"))
        try root.encode(order.workflow, forKey: Key("workflow"))
        try root.encode(order.fulfilment, forKey: Key("fulfilment"))
        try root.encode(order.paymentState, forKey: Key("paymentState"))
        try root.encode(order.version, forKey: Key("revision"))
        try root.encode(s.flags, forKey: Key("flags"))
        try root.encode(shipments, forKey: Key("shipments"))
    }

    private func masked(_ text: String?) -> String? {
        guard isMasked, let text, let first = text.first else { return text }
        return "\(first)•••"
    }

    private func encode(_ address: Address?, _ name: String, in root: inout Container) throws {
        guard let address else { return try root.encodeNil(forKey: Key(name)) }
        var container = root.nestedContainer(keyedBy: Key.self, forKey: Key(name))
        try container.encode(masked(address.name), forKey: Key("name"))
        try container.encode(address.company, forKey: Key("company"))
        try container.encode(masked(address.phone), forKey: Key("phone"))
        try container.encode(masked(address.line1), forKey: Key("line1"))
        try container.encode(masked(address.line2), forKey: Key("line2"))
        try container.encode(address.subdistrict, forKey: Key("subdistrict"))
        try container.encode(address.district, forKey: Key("district"))
        try container.encode(address.city, forKey: Key("city"))
        try container.encode(address.province, forKey: Key("province"))
        try container.encode(address.provinceCode, forKey: Key("provinceCode"))
        try container.encode(address.postcode, forKey: Key("postcode"))
        try container.encode(address.countryCode, forKey: Key("countryCode"))
    }

    private func encode(_ line: OrderLine, in container: inout Container) throws {
        try container.encode(line.externalLineID, forKey: Key("externalLineID"))
        try container.encode(line.sku, forKey: Key("sku"))
        try container.encode(line.title, forKey: Key("title"))
        try container.encode(line.variant, forKey: Key("variant"))
        try container.encode(line.quantity, forKey: Key("quantity"))
        try container.encode(line.unitPrice, forKey: Key("unitPrice"))
        try container.encode(line.discount, forKey: Key("discount"))
        try container.encode(line.tax, forKey: Key("tax"))
        try container.encode(line.lineTotal, forKey: Key("lineTotal"))
        try container.encode(line.requiresShipping, forKey: Key("requiresShipping"))
        try container.encode(line.weightGrams, forKey: Key("weightGrams"))
        try container.encode(line.externalProductID, forKey: Key("externalProductID"))
        try container.encode(line.externalVariantID, forKey: Key("externalVariantID"))
    }
}
