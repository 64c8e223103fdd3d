package import Domain
import Foundation

/// The order in JSON as the API, the change feed and outgoing events show it: exactly the names of the contract, every one present, `null` where there is nothing.
package struct OrderDocument: Sendable {
    package var order: StoredOrder
    package var channelPlatform: PlatformName
    package var shipments: [Shipment]
    /// Buyer data is left out for those who need not see it.
    package var isMasked: Bool

    package init(_ order: StoredOrder, platform: PlatformName, shipments: [Shipment], isMasked: Bool = false) {
        self.order = order; channelPlatform = platform; self.shipments = shipments; self.isMasked = isMasked
    }

    package func json() throws -> String {
        var json = JSONText(capacity: 4096)
        try write(to: &json)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    package func write(to json: inout JSONText) throws {
        let parcels = shipments.isEmpty ? Data("[]".utf8) : try JSONEncoder.crossdock.encode(shipments)
        json.object { json in
            writeHead(to: &json)
            writeParties(to: &json)
            writeMoney(to: &json)
            json.name("lines")
            json.array { json in for line in order.snapshot.lines { Self.write(line, to: &json) } }
            writeStates(to: &json)
            json.name("shipments")
            json.raw(parcels)
        }
    }

    private func writeHead(to json: inout JSONText) {
        json.field("id", order.id.description)
        json.field("channel", order.channel.description)
        json.field("platform", channelPlatform)
        json.field("externalID", order.snapshot.externalID)
        json.field("externalNumber", order.snapshot.externalNumber)
        json.field("placedAt", order.snapshot.placedAt.description)
        json.field("sourceUpdatedAt", order.revision.updatedAt.description)
    }

    private func writeParties(to json: inout JSONText) {
        let buyer = order.snapshot.buyer
        json.name("buyer")
        json.object { json in
            json.present("name", masked(buyer.name))
            json.present("email", masked(buyer.email))
            json.present("phone", masked(buyer.phone))
        }
        json.name("shipTo")
        write(order.snapshot.shipTo, to: &json)
        json.name("billTo")
        write(order.snapshot.billTo, to: &json)
    }

    private func writeMoney(to json: inout JSONText) {
        let snapshot = order.snapshot
        json.field("currency", snapshot.currency.code)
        json.name("totals")
        snapshot.totals.write(to: &json)
        json.name("payment")
        json.object { json in
            json.present("method", snapshot.payment.method)
            json.field("state", order.paymentState.rawValue)
            json.field("isCashOnDelivery", snapshot.payment.isCashOnDelivery)
            json.present("codAmount", snapshot.payment.codAmount)
        }
        json.name("shipping")
        json.object { json in
            json.present("methodCode", snapshot.shipping.methodCode)
            json.present("methodTitle", snapshot.shipping.methodTitle)
            json.present("requestedCarrier", snapshot.shipping.requestedCarrier)
            json.present("shipBy", snapshot.shipping.shipBy?.description)
        }
    }

    private func writeStates(to json: inout JSONText) {
        let snapshot = order.snapshot
        json.present("note", masked(snapshot.note))
        json.name("tags")
        json.array { json in for tag in snapshot.tags { json.string(tag) } }
        json.field("platformStatus", snapshot.platformStatus)
        json.field("workflow", order.workflow.rawValue)
        json.field("fulfilment", order.fulfilment.rawValue)
        json.field("paymentState", order.paymentState.rawValue)
        json.field("revision", order.version)
        json.name("flags")
        json.array { json in for flag in snapshot.flags { flag.shown(isMasked: isMasked).write(to: &json) } }
    }

    private func masked(_ text: String?) -> String? {
        isMasked ? GridRow.mask(text) : text
    }

    private func write(_ address: Address?, to json: inout JSONText) {
        guard let address else { return json.null() }
        json.object { json in
            json.present("name", masked(address.name))
            json.present("company", masked(address.company))
            json.present("phone", masked(address.phone))
            json.present("line1", masked(address.line1))
            json.present("line2", masked(address.line2))
            json.present("subdistrict", address.subdistrict)
            json.present("district", address.district)
            json.present("city", address.city)
            json.present("province", address.province)
            json.present("provinceCode", address.provinceCode)
            json.present("postcode", address.postcode)
            json.present("countryCode", address.countryCode)
        }
    }

    private static func write(_ line: OrderLine, to json: inout JSONText) {
        json.object { json in
            json.field("externalLineID", line.externalLineID)
            json.present("sku", line.sku)
            json.field("title", line.title)
            json.present("variant", line.variant)
            json.field("quantity", line.quantity)
            json.field("unitPrice", line.unitPrice)
            json.field("discount", line.discount)
            json.field("tax", line.tax)
            json.field("lineTotal", line.lineTotal)
            json.field("requiresShipping", line.requiresShipping)
            json.present("weightGrams", line.weightGrams.map(Int64.init))
            json.present("externalProductID", line.externalProductID)
            json.present("externalVariantID", line.externalVariantID)
        }
    }
}
