extension ConsoleResources {
    static let people = ConsoleResources(
        templates: [
            "people-door": PackageResources.people_door_mustache, "people-sign-in": PackageResources.people_sign_in_mustache, "people-code": PackageResources.people_code_mustache,
            "people-join": PackageResources.people_join_mustache, "people-reset": PackageResources.people_reset_mustache, "people-spent": PackageResources.people_spent_mustache,
        ],
        words: ["people": PackageResources.people_yaml],
        assets: ["people.css": PackageResources.people_css])
}
