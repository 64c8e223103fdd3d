/// The paper inside the box: what was packed, for whom. It has no prices, because the one who opens a box is often not the one who paid.
package struct PackingSlip: Sendable, Equatable {
    package struct Line: Sendable, Equatable {
        package var sku: String
        package var title: String
        package var quantity: Int
        package var shelf: String?

        package init(sku: String, title: String, quantity: Int, shelf: String? = nil) { self.sku = sku; self.title = title; self.quantity = quantity; self.shelf = shelf }
    }

    package var orderNumber: String
    /// The shop as buyers know it.
    package var shopTitle: String
    package var recipient: PaperAddress
    package var lines: [Line]
    package var date: String?
    package var carrierTitle: String?
    package var trackingNumber: String?
    package var parcel: Int
    package var parcelCount: Int
    /// The buyer's wish or the shop's greeting.
    package var note: String?

    package init(orderNumber: String, shopTitle: String, recipient: PaperAddress, lines: [Line], date: String? = nil, carrierTitle: String? = nil,
                 trackingNumber: String? = nil, parcel: Int = 1, parcelCount: Int = 1, note: String? = nil) {
        self.orderNumber = orderNumber; self.shopTitle = shopTitle; self.recipient = recipient; self.lines = lines; self.date = date
        self.carrierTitle = carrierTitle; self.trackingNumber = trackingNumber; self.parcel = parcel; self.parcelCount = parcelCount; self.note = note
    }
}
