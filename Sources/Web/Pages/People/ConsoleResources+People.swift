extension ConsoleResources {
    static let people = ConsoleResources(
        templates: [
            "people-account": PackageResources.people_account_mustache,
            "people-audit": PackageResources.people_audit_mustache,
            "people-code": PackageResources.people_code_mustache,
            "people-door": PackageResources.people_door_mustache,
            "people-join": PackageResources.people_join_mustache,
            "people-made": PackageResources.people_made_mustache,
            "people-people": PackageResources.people_people_mustache,
            "people-person": PackageResources.people_person_mustache,
            "people-reset": PackageResources.people_reset_mustache,
            "people-retention": PackageResources.people_retention_mustache,
            "people-sign-in": PackageResources.people_sign_in_mustache,
            "people-spent": PackageResources.people_spent_mustache,
            "people-tabs": PackageResources.people_tabs_mustache,
            "people-tokens": PackageResources.people_tokens_mustache,
            "people-workspace": PackageResources.people_workspace_mustache,
        ],
        words: ["people": PackageResources.people_yaml],
        assets: ["people.css": PackageResources.people_css, "people.js": PackageResources.people_js])
}
