extension ConsoleResources {
    static let ship = ConsoleResources(
        templates: [
            "ship-board": PackageResources.ship_board_mustache, "ship-tabs": PackageResources.ship_tabs_mustache, "ship-pack": PackageResources.ship_pack_mustache,
            "ship-parcel": PackageResources.ship_parcel_mustache, "ship-manifests": PackageResources.ship_manifests_mustache, "ship-manifest": PackageResources.ship_manifest_mustache,
            "ship-count": PackageResources.ship_count_mustache, "ship-exceptions": PackageResources.ship_exceptions_mustache,
            "ship-cod": PackageResources.ship_cod_mustache,
        ],
        words: ["ship": PackageResources.ship_yaml],
        assets: ["ship.js": PackageResources.ship_js, "ship.css": PackageResources.ship_css])
}
