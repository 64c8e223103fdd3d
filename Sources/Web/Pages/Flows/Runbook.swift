import Domain

/// What a failure means and what to do about it, from the string tables.
struct Runbook: Sendable {
    var title: String, means: String, todo: [String]

    /// Codes of platforms and couriers that come to the same.
    private static let same: [String: String] = [
        "invalid_postcode": "address", "area_not_served": "address", "invalid_address": "address", "address_not_found": "address", "invalid_phone": "phone",
        "cod_over_limit": "cod", "cod_negative": "cod", "cod_not_enabled": "cod", "service_not_enabled": "refused", "nothing_to_fulfil": "shipped_elsewhere", "partly_fulfilled": "shipped_elsewhere",
        "order_not_shippable": "shipped_elsewhere", "cancelled": "shipped_elsewhere", "status_kept": "shipped_elsewhere", "duplicate_ref": "duplicate", "idempotency_mismatch": "duplicate",
        "missing_field": "missing_field", "invalid_field": "missing_field", "key_not_read_write": "unauthorised", "not_json": "not_understood", "MAX_COST_EXCEEDED": "throttled",
    ]

    init(code: String, words: Words) {
        let name = Self.same[code] ?? code
        let key = words.has("runbooks.\(name).title") ? name : code.hasPrefix("http_") ? "http" : "refused"
        title = words("runbooks.\(key).title")
        means = words("runbooks.\(key).means")
        todo = words.list("runbooks.\(key).todo")
    }
}
