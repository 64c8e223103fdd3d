/// Which WooCommerce the simulator is: the versions the dossier's observations come from (platforms/woocommerce.md, head).
package enum WooFlavour: String, Sendable, CaseIterable {
    /// 10.0.2, orders in their own tables ("HPOS").
    case hpos10
    /// 7.9.0, orders as WordPress posts.
    case posts79
    /// 3.9.3, orders as WordPress posts; `modified_after` does not exist yet.
    case posts39

    package var wooVersion: String {
        switch self {
        case .hpos10: "10.0.2"
        case .posts79: "7.9.0"
        case .posts39: "3.9.3"
        }
    }
    package var wordPressVersion: String { self == .posts39 ? "6.1.9" : "6.8.1" }

    var storesOrdersAsPosts: Bool { self != .hpos10 }
    /// `modified_after`, `modified_before`, `dates_are_gmt`, `orderby=modified`: since 5.8 (§4.1).
    var filtersByModification: Bool { self != .posts39 }
    /// `shipping.phone`: since 5.6 (§4.4).
    var hasShippingPhone: Bool { self != .posts39 }
    /// `payment_url`, `is_editable`, `needs_payment`, `needs_processing`, `currency_symbol`, `line_items[].image`, `parent_name`.
    var hasRichOrders: Bool { self != .posts39 }
    /// `shipping_lines[].tax_status`, `coupon_lines[].discount_type`…: newer than 7.9.
    var hasNewLineFields: Bool { self == .hpos10 }
    /// `taxes[].total` keeps its trailing zeros only on newer versions.
    var padsTaxes: Bool { self == .hpos10 }
    /// A draft of the block checkout is announced as `order.created`, the real order then only as `order.updated` (§3.4, posts up to 9.1).
    var announcesDraftAsCreated: Bool { storesOrdersAsPosts }
    /// A refund moves `date_modified` of its order (§4.3).
    var refundMovesModified: Bool { self != .posts39 }

    /// Without the `wc-` prefix, in the order of the settings page.
    var coreStatuses: [String] {
        let statuses = ["pending", "processing", "on-hold", "completed", "cancelled", "refunded", "failed"]
        return self == .posts39 ? statuses : statuses + ["checkout-draft"]
    }
    var orderBy: [String] {
        let names = ["date", "id", "include", "title", "slug"]
        return filtersByModification ? names + ["modified"] : names
    }
}
