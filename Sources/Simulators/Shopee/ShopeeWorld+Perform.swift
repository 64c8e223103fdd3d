/// Which call does what.
extension ShopeeWorld {
    /// Calls whose parameters beside the common ones are in the query.
    static let reads: Set<String> = [
        "order/get_order_list", "order/get_order_detail", "order/get_package_detail", "order/get_shipment_list", "payment/get_escrow_detail",
        "logistics/get_shipping_parameter", "logistics/get_tracking_number", "logistics/get_tracking_info", "logistics/get_channel_list",
        "returns/get_return_list", "returns/get_return_detail", "product/get_item_list", "product/get_item_base_info", "product/get_model_list",
        "shop/get_shop_info", "merchant/get_merchant_info", "push/get_app_push_config", "push/get_lost_push_message", "public/get_shops_by_partner",
        "public/get_shopee_ip_ranges",
    ]
    /// Calls with a JSON body.
    static let writes: Set<String> = [
        "auth/token/get", "auth/access_token/get", "public/get_token_by_resend_code", "push/set_app_push_config", "push/confirm_consumed_lost_push_message",
        "order/search_package_list", "order/cancel_order", "order/handle_buyer_cancellation", "order/split_order", "order/unsplit_order", "order/set_note",
        "logistics/ship_order", "logistics/update_shipping_order", "logistics/get_mass_shipping_parameter", "logistics/mass_ship_order",
        "logistics/get_mass_tracking_number", "logistics/get_shipping_document_parameter", "logistics/create_shipping_document",
        "logistics/get_shipping_document_result", "logistics/download_shipping_document", "returns/confirm", "returns/dispute",
        "product/update_price", "product/update_stock", "product/add_item", "product/unlist_item",
    ]

    mutating func perform(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        guard call.isRead ? Self.reads.contains(call.endpoint) : Self.writes.contains(call.endpoint) else {
            throw .notFound("The API \(call.method) \(call.endpoint) is not found.")
        }
        switch call.endpoint.split(separator: "/").first {
        case "auth", "public", "push", "shop", "merchant": return try performForApp(call)
        case "order", "payment", "returns": return try performForOrders(call)
        case "logistics": return try performForLogistics(call)
        default: return try performForProducts(call)
        }
    }

    private mutating func performForApp(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        switch call.endpoint {
        case "auth/token/get": return try exchangeCode(call)
        case "auth/access_token/get": return try refreshToken(call)
        case "public/get_token_by_resend_code": return try resendToken(call)
        case "push/set_app_push_config": return try setPushConfig(call)
        case "push/get_app_push_config": return pushConfig()
        case "push/get_lost_push_message": return lostMessages()
        case "push/confirm_consumed_lost_push_message": return try confirmLostMessages(call)
        case "shop/get_shop_info": return try shopInfo(call)
        case "public/get_shops_by_partner": return partnerShops()
        case "public/get_shopee_ip_ranges": return ShopeeReply.top([.init("ip_list", ["127.0.0.1/32"])])
        default: return ShopeeReply.top([.init("merchant_name", "Example merchant"), .init("is_cnsc", false), .init("merchant_region", "TH")])
        }
    }

    private mutating func performForOrders(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        switch call.endpoint {
        case "order/get_order_list": return try orderList(call)
        case "order/get_order_detail": return try orderDetail(call)
        case "order/search_package_list": return try searchPackages(call)
        case "order/get_package_detail": return try packageDetail(call)
        case "order/get_shipment_list": return try shipmentList(call)
        case "order/cancel_order": return try cancelOrder(call)
        case "order/handle_buyer_cancellation": return try handleBuyerCancellation(call)
        case "order/split_order": return try splitOrder(call)
        case "order/unsplit_order": return try unsplitOrder(call)
        case "order/set_note": return try setNote(call)
        case "payment/get_escrow_detail": return try escrowDetail(call)
        case "returns/get_return_list": return try returnList(call)
        case "returns/get_return_detail": return try returnDetail(call)
        case "returns/confirm": return try decideReturn(call, .accepted)
        default: return try decideReturn(call, .sellerDispute)
        }
    }

    private mutating func performForLogistics(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        switch call.endpoint {
        case "logistics/get_shipping_parameter": return try shippingParameter(call)
        case "logistics/ship_order": return try shipOrder(call)
        case "logistics/update_shipping_order": return try updateShippingOrder(call)
        case "logistics/get_mass_shipping_parameter": return try massShippingParameter(call)
        case "logistics/mass_ship_order": return try massShipOrder(call)
        case "logistics/get_mass_tracking_number": return try massTrackingNumbers(call)
        case "logistics/get_tracking_number": return try trackingNumber(call)
        case "logistics/get_tracking_info": return try trackingInfo(call)
        case "logistics/get_channel_list": return channelList()
        case "logistics/get_shipping_document_parameter": return try documentParameter(call)
        case "logistics/create_shipping_document": return try createDocument(call)
        case "logistics/get_shipping_document_result": return try documentResult(call)
        default: return try downloadDocument(call)
        }
    }

    private mutating func performForProducts(_ call: ShopeeCall) throws(ShopeeProblem) -> ShopeeReply {
        switch call.endpoint {
        case "product/get_item_list": return try itemList(call)
        case "product/get_item_base_info": return try itemBaseInfo(call)
        case "product/get_model_list": return try modelList(call)
        case "product/update_price": return try updatePrice(call)
        case "product/update_stock": return try updateStock(call)
        case "product/add_item": return try addItem(call)
        default: return try unlistItem(call)
        }
    }
}
