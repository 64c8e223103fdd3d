extension ConsoleResources {
    static let channels = ConsoleResources(
        templates: [
            "channels-list": PackageResources.channels_list_mustache, "channels-rows": PackageResources.channels_rows_mustache, "channels-platforms": PackageResources.channels_platforms_mustache,
            "channels-connect": PackageResources.channels_connect_mustache, "channels-fields": PackageResources.channels_fields_mustache, "channels-checks": PackageResources.channels_checks_mustache,
            "channels-channel": PackageResources.channels_channel_mustache, "channels-live": PackageResources.channels_live_mustache, "channels-settings": PackageResources.channels_settings_mustache,
            "channels-hour": PackageResources.channels_hour_mustache, "channels-remove": PackageResources.channels_remove_mustache,
            "channels-leave": PackageResources.channels_leave_mustache,
        ],
        words: ["channels": PackageResources.channels_yaml, "guides": PackageResources.guides_yaml])
}
