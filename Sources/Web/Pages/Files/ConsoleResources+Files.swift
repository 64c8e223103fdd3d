extension ConsoleResources {
    static let files = ConsoleResources(
        templates: [
            "files-start": PackageResources.files_start_mustache, "files-import": PackageResources.files_import_mustache, "files-standing": PackageResources.files_standing_mustache,
            "files-mapping": PackageResources.files_mapping_mustache, "files-problems": PackageResources.files_problems_mustache, "files-history": PackageResources.files_history_mustache,
        ],
        words: ["files": PackageResources.files_yaml],
        assets: ["files.js": PackageResources.files_js, "files.css": PackageResources.files_css])
}
