/// The index, settings and system status: as much as an integration reads.
extension ShopState {
    /// `GET /wp-json/`, without authentication: how a caller finds out what is installed.
    func index() -> WooJSON {
        var namespaces = ["oembed/1.0", "wc/v1", "wc/v2", "wc/v3", "wc/store/v1", "wp/v2", "wp-site-health/v1"]
        if configuration.hasShipmentTracking { namespaces.append("wc-shipment-tracking/v3") }
        return [
            "name": .string(configuration.siteName), "description": "", "url": .string(homeURL), "home": .string(homeURL),
            "gmt_offset": .integer(time.siteOffset(at: now) / 3_600), "timezone_string": .string(configuration.timeZone),
            "namespaces": .array(namespaces.map { .string($0) }), "authentication": [], "routes": [:],
            "_links": ["help": [["href": "https://developer.wordpress.org/rest-api/"]]],
        ]
    }

    func siteRoutes(_ request: RestRequest, _ path: [String]) throws(RestError) -> RestAnswer {
        guard request.isRead else { throw .noRoute }
        try require(.list, request)
        switch path {
        case ["system_status"]: return RestAnswer(systemStatus)
        case ["data", "currencies", "current"]:
            let (code, symbol) = (WooJSON.string(configuration.currency), WooJSON.string(configuration.currencySymbol))
            return RestAnswer(["code": code, "name": code, "symbol": symbol])
        default: break
        }
        guard path[0] == "settings", path.count >= 2, let group = settings[path[1]] else {
            throw RestError(404, "rest_setting_setting_group_invalid", "Invalid setting group.")
        }
        if path.count == 2 { return RestAnswer(.array(group.map { setting($0, path[1]) })) }
        guard let one = group.first(where: { $0.id == path[2] }) else { throw RestError(404, "rest_setting_setting_invalid", "Invalid setting.") }
        return RestAnswer(setting(one, path[1]))
    }

    private typealias Setting = (id: String, label: String, type: String, value: String)

    private var settings: [String: [Setting]] {
        [
            "general": [
                ("woocommerce_store_address", "Address line 1", "text", "8/15 ซอยตัวอย่าง 3"), ("woocommerce_store_city", "City", "text", "บางรัก"),
                ("woocommerce_default_country", "Country / State", "select", "TH:TH-10"),
                ("woocommerce_store_postcode", "Postcode / ZIP", "text", "10500"),
                ("woocommerce_calc_taxes", "Enable taxes", "checkbox", configuration.taxBasisPoints > 0 ? "yes" : "no"),
                ("woocommerce_currency", "Currency", "select", configuration.currency), ("woocommerce_currency_pos", "Currency position", "select", "left"),
                ("woocommerce_price_num_decimals", "Number of decimals", "number", "\(configuration.decimals)"),
            ],
            "products": [
                ("woocommerce_weight_unit", "Weight unit", "select", "kg"), ("woocommerce_dimension_unit", "Dimensions unit", "select", "cm"),
                ("woocommerce_manage_stock", "Manage stock", "checkbox", "yes"), ("woocommerce_hold_stock_minutes", "Hold stock (minutes)", "number", "60"),
            ],
            "tax": [("woocommerce_prices_include_tax", "Prices entered with tax", "radio", "no")],
        ]
    }

    private func setting(_ setting: Setting, _ group: String) -> WooJSON {
        [
            "id": .string(setting.id), "label": .string(setting.label), "description": "", "type": .string(setting.type), "default": "",
            "value": .string(setting.value), "group_id": .string(group), "_links": links("settings/\(group)/\(setting.id)", "settings/\(group)"),
        ]
    }

    private var systemStatus: WooJSON {
        [
            "environment": [
                "home_url": .string(homeURL), "site_url": .string(homeURL), "version": .string(flavour.wooVersion),
                "wp_version": .string(flavour.wordPressVersion), "wp_multisite": false, "wp_cron": true, "language": "en_US",
                "server_info": "nginx/1.24.0", "php_version": "8.2.20", "default_timezone": "UTC", "remote_post_successful": true,
            ],
            "active_plugins": .array([["plugin": "woocommerce/woocommerce.php", "name": "WooCommerce", "version": .string(flavour.wooVersion)]]
                + (configuration.hasShipmentTracking
                    ? [["plugin": "woocommerce-shipment-tracking/woocommerce-shipment-tracking.php", "name": "Shipment Tracking", "version": "2.7.0"]] : [])),
            "settings": [
                "api_enabled": false, "force_ssl": .bool(configuration.transport == .https), "currency": .string(configuration.currency),
                "currency_symbol": .string(configuration.currencySymbol), "currency_position": "left", "thousand_separator": ",", "decimal_separator": ".",
                "number_of_decimals": .integer(configuration.decimals), "HPOS_enabled": .bool(!flavour.storesOrdersAsPosts),
            ],
            "security": ["secure_connection": .bool(configuration.transport == .https), "hide_errors": true],
        ]
    }
}
