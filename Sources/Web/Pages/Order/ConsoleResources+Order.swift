extension ConsoleResources {
    static let order = ConsoleResources(
        templates: [
            "order-page": PackageResources.order_page_mustache, "order-body": PackageResources.order_body_mustache, "order-form": PackageResources.order_form_mustache,
            "order-timeline": PackageResources.order_timeline_mustache, "order-delivery": PackageResources.order_delivery_mustache,
        ],
        words: ["order": PackageResources.order_yaml], assets: ["order.js": PackageResources.order_js, "order.css": PackageResources.order_css, "parts.js": PackageResources.parts_js])
}
