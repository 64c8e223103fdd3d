/// What an area of the console brings: its templates, string tables, scripts and styles, by name.
struct ConsoleResources: Sendable {
    var templates: [String: [UInt8]] = [:], words: [String: [UInt8]] = [:], assets: [String: [UInt8]] = [:]

    /// What has no contents: the file is not beside the program.
    var missing: [String] { [templates, words, assets].flatMap { $0.filter(\.value.isEmpty).keys } }

    /// The lists of the phrase book.
    static let phrases = ["connectors": PackageResources.connectors_yaml, "hub": PackageResources.hub_yaml, "web": PackageResources.web_yaml]

    /// Every area.
    static let all = [shell, people, orders, channels, flows, today, order, rules, files, ship]

    static let shell = ConsoleResources(
        templates: ["shell": PackageResources.shell_mustache, "notice": PackageResources.notice_mustache],
        words: ["shell": PackageResources.shell_yaml, "model": PackageResources.model_yaml, "flags": PackageResources.flags_yaml],
        assets: ["console.js": PackageResources.console_js, "console.css": PackageResources.console_css])
}
