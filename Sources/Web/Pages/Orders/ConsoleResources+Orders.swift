extension ConsoleResources {
    static let orders = ConsoleResources(
        templates: ["orders-page": PackageResources.orders_page_mustache, "orders-preview": PackageResources.orders_preview_mustache, "orders-bulk": PackageResources.orders_bulk_mustache,
                    "orders-done": PackageResources.orders_done_mustache],
        words: ["orders": PackageResources.orders_yaml],
        assets: ["orders.js": PackageResources.orders_js, "orders-grid.js": PackageResources.orders_grid_js, "orders-columns.js": PackageResources.orders_columns_js, "orders-edit.js": PackageResources.orders_edit_js,
                 "orders-paste.js": PackageResources.orders_paste_js, "orders-bulk.js": PackageResources.orders_bulk_js, "orders-views.js": PackageResources.orders_views_js, "orders.css": PackageResources.orders_css])
}
