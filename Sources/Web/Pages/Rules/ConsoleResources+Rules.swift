extension ConsoleResources {
    static let rules = ConsoleResources(
        templates: [
            "rules-list": PackageResources.rules_list_mustache, "rules-editor": PackageResources.rules_editor_mustache, "rules-review": PackageResources.rules_review_mustache,
            "rules-conflict": PackageResources.rules_conflict_mustache, "rules-version": PackageResources.rules_version_mustache, "rules-difference": PackageResources.rules_difference_mustache,
            "rules-rehearsal": PackageResources.rules_rehearsal_mustache, "rules-guide": PackageResources.rules_guide_mustache, "rules-versions": PackageResources.rules_versions_mustache,
        ],
        words: ["rules": PackageResources.rules_yaml],
        assets: ["rules.js": PackageResources.rules_js, "rules.css": PackageResources.rules_css])
}
