extension ConsoleResources {
    static let ship = ConsoleResources(
        templates: [
            "ship-board": PackageResources.ship_board_mustache, "ship-tabs": PackageResources.ship_tabs_mustache, "ship-pack": PackageResources.ship_pack_mustache,
            "ship-parcel": PackageResources.ship_parcel_mustache, "ship-manifests": PackageResources.ship_manifests_mustache, "ship-manifest": PackageResources.ship_manifest_mustache,
            "ship-count": PackageResources.ship_count_mustache, "ship-pages": PackageResources.ship_pages_mustache, "ship-exceptions": PackageResources.ship_exceptions_mustache,
            "ship-cod": PackageResources.ship_cod_mustache, "ship-together": PackageResources.ship_together_mustache, "ship-arrange": PackageResources.ship_arrange_mustache,
            "ship-arranged": PackageResources.ship_arranged_mustache, "ship-results": PackageResources.ship_results_mustache, "ship-arrangements": PackageResources.ship_arrangements_mustache,
            "ship-pickups": PackageResources.ship_pickups_mustache,
        ],
        words: ["ship": PackageResources.ship_yaml],
        assets: ["ship.js": PackageResources.ship_js, "ship.css": PackageResources.ship_css])
}
