extension ConsoleResources {
    static let flows = ConsoleResources(
        templates: [
            "flows-tabs": PackageResources.flows_tabs_mustache, "flows-picture": PackageResources.flows_picture_mustache, "flows-live": PackageResources.flows_live_mustache,
            "flows-route": PackageResources.flows_route_mustache, "flows-jobs": PackageResources.flows_jobs_mustache, "flows-attempts": PackageResources.flows_attempts_mustache,
            "flows-attempt": PackageResources.flows_attempt_mustache, "flows-exchange": PackageResources.flows_exchange_mustache, "flows-letters": PackageResources.flows_letters_mustache,
            "flows-group": PackageResources.flows_group_mustache, "flows-edit": PackageResources.flows_edit_mustache, "flows-replay": PackageResources.flows_replay_mustache,
            "flows-problems": PackageResources.flows_problems_mustache, "flows-runbook": PackageResources.flows_runbook_mustache,
        ],
        words: ["flows": PackageResources.flows_yaml, "runbooks": PackageResources.runbooks_yaml],
        assets: ["flows.js": PackageResources.flows_js, "flows.css": PackageResources.flows_css])
}
