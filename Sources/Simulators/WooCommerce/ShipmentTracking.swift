import Foundation
import HTTPTypes

/// The Shipment Tracking plugin, `wc-shipment-tracking/v3` (platforms/woocommerce.md §6.3). What it writes is order meta: nothing is announced.
extension ShopState {
    /// Country, provider, link with `%1$s` for the number.
    static let trackingProviders: [(country: String, name: String, link: String)] = [
        ("Thailand", "Thailand Post", "https://track.example/%1$s"), ("Thailand", "Kerry Express", "https://kerry.example/?track=%1$s"),
        ("Global", "DHL", "https://dhl.example/?AWB=%1$s"),
    ]

    mutating func shipmentTracking(_ request: RestRequest, _ path: [String]) throws(RestError) -> RestAnswer {
        guard path.count >= 3, path[0] == "orders", path[2] == "shipment-trackings" else { throw .noRoute }
        let id = try objectID(path[1])
        guard orders[id] != nil else { throw RestError(404, "woocommerce_rest_order_invalid_id", "Invalid order ID.") }
        if path.count == 3 {
            if request.isRead {
                try require(.list, request)
                return RestAnswer(.array((trackings[id] ?? []).map { renderTracking($0, id) }))
            }
            guard request.method == .post else { throw .noRoute }
            return try createTracking(request, id)
        }
        if path[3] == "providers", request.isRead {
            try require(.list, request)
            let countries = Dictionary(grouping: Self.trackingProviders) { $0.country }.sorted { $0.key < $1.key }
            return RestAnswer(.object(countries.map { .init($0.key, .object($0.value.map { .init($0.name, .string($0.link)) })) }))
        }
        guard let index = trackings[id]?.firstIndex(where: { $0.id == path[3] }), let tracking = trackings[id]?[index] else {
            throw RestError(404, "woocommerce_rest_order_shipment_tracking_invalid_id", "Invalid shipment tracking ID.")
        }
        if request.method == .delete {
            try require(.delete, request)
            trackings[id]?.remove(at: index)
            writeTrackingMeta(id)
            return RestAnswer(["message": "Shipment tracking deleted successfully."])
        }
        try require(.view, request)
        return RestAnswer(renderTracking(tracking, id))
    }

    private mutating func createTracking(_ request: RestRequest, _ id: Int) throws(RestError) -> RestAnswer {
        guard let number = request.text("tracking_number"), !number.isEmpty else { throw .missingParameter("tracking_number") }
        try require(.create, request)
        let custom = request.text("custom_tracking_provider") ?? "", provider = request.text("tracking_provider") ?? ""
        if !provider.isEmpty, !Self.trackingProviders.contains(where: { $0.name == provider }) {
            let known = Self.trackingProviders.map(\.name).joined(separator: ", ")
            throw .invalidParameter("tracking_provider", "rest_not_in_enum", "tracking_provider is not one of \(known).")
        }
        let link = custom.isEmpty ? Self.trackingProviders.first { $0.name == provider }?.link ?? "" : request.text("custom_tracking_link") ?? ""
        let tracking = ShopTracking(
            id: randomHex(32), provider: custom.isEmpty ? provider : custom, isCustom: !custom.isEmpty, link: link.replacing("%1$s", with: number),
            number: number, dateShipped: request.text("date_shipped") ?? String(time.naiveLocal(now).prefix(10)))
        trackings[id, default: []].append(tracking)
        writeTrackingMeta(id)
        return RestAnswer(renderTracking(tracking, id), status: 201)
    }

    /// Stored as order meta, written past the order: no webhook, no `date_modified`.
    private mutating func writeTrackingMeta(_ id: Int) {
        let items = WooJSON.array((trackings[id] ?? []).map { tracking in
            [
                "tracking_provider": .string(tracking.isCustom ? "" : tracking.provider),
                "custom_tracking_provider": .string(tracking.isCustom ? tracking.provider : ""),
                "custom_tracking_link": .string(tracking.isCustom ? tracking.link : ""), "tracking_number": .string(tracking.number),
                "date_shipped": .string("\(ShopTime.parse("\(tracking.dateShipped)T00:00:00")?.wallClock ?? now)"), "tracking_id": .string(tracking.id),
            ]
        })
        let key = "_wc_shipment_tracking_items"
        if let index = orders[id]?.meta.firstIndex(where: { $0.key == key }) {
            orders[id]?.meta[index].value = items
        } else {
            let metaID = takeMetaID()
            orders[id]?.meta.append(ShopMeta(id: metaID, key: key, value: items))
        }
    }

    private func renderTracking(_ tracking: ShopTracking, _ orderID: Int) -> WooJSON {
        let base = "\(restBase)/wc-shipment-tracking/v3/orders/\(orderID)/shipment-trackings"
        return [
            "tracking_id": .string(tracking.id), "tracking_provider": .string(tracking.provider), "tracking_link": .string(tracking.link),
            "tracking_number": .string(tracking.number), "date_shipped": .string(tracking.dateShipped),
            "_links": [
                "self": [["href": .string("\(base)/\(tracking.id)")]], "collection": [["href": .string(base)]],
                "up": [["href": .string("\(restBase)/wc/v3/orders/\(orderID)")]],
            ],
        ]
    }
}
