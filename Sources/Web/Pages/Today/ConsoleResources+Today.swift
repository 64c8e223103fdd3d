extension ConsoleResources {
    static let today = ConsoleResources(
        templates: [
            "today-page": PackageResources.today_page_mustache, "today-board": PackageResources.today_board_mustache, "today-nothing": PackageResources.today_nothing_mustache, "fault": PackageResources.fault_mustache,
        ],
        words: ["today": PackageResources.today_yaml], assets: ["today.js": PackageResources.today_js, "today.css": PackageResources.today_css])
}
