import Connect

extension ThailandPostSettings {
    static let platform = "thailandpost"

    private static let rangeHelp = "prefix, first and last serial without check digit, as the contract gives them: EF 10000000-10000999. "
        + "Several, separated by commas, are used up in this order; keep old ones in the list"

    /// What an operator is asked for, in the order of the work: contract, tracking, numbers, sender, and what seldom changes.
    static let fields = accounts + numbers + booking + sender + tuning

    private static let accounts = [
        SettingField("eparcelUser", "e-Parcel user", help: "the contract customer's account for parcels that are paid already; the hub's IP address must be registered with it",
                     isRequired: true),
        SettingField("eparcelPassword", "e-Parcel password", isSecret: true, isRequired: true),
        SettingField("codUser", "e-Parcel user for COD", help: "Thailand Post chooses cash on delivery by a second account; empty: no COD"),
        SettingField("codPassword", "e-Parcel password for COD", isSecret: true),
        SettingField("staticToken", "Track & Trace token", help: "made in the dashboard of track.thailandpost.co.th, about 100 characters of letters and punctuation; paste it as it is",
                     isSecret: true, isRequired: true),
        SettingField("webhookBearer", "Webhook bearer", help: "a word of your own, typed into the dashboard's webhook page beside the hub's address; pushes without it are refused. "
                     + "Empty: parcels are followed by asking", isSecret: true),
        SettingField("previousWebhookBearer", "Previous webhook bearer", help: "accepted while the dashboard is being changed", isSecret: true),
    ]
    private static let numbers = [
        SettingField("numbersFrom", "Numbers come from", help: "ranges: the ranges below; postone: drawn from Post One when they are needed (COD always uses its ranges)",
                     defaultValue: "ranges"),
        SettingField("emsRange", "EMS numbers", help: rangeHelp),
        SettingField("registeredRange", "Registered numbers", help: "as for EMS: RR 20000000-20000999"),
        SettingField("ecoRange", "eCo-Post numbers", help: "as for EMS, with the contract's letters"),
        SettingField("codEmsRange", "EMS numbers of the COD account", help: "as for EMS; must not overlap with them"),
        SettingField("codRegisteredRange", "Registered numbers of the COD account", help: "as for EMS"),
        SettingField("codEcoRange", "eCo-Post numbers of the COD account", help: "as for EMS"),
        SettingField("postOneShopID", "Post One shop id", help: "only where numbers are drawn; the service answers to addresses in Thailand alone"),
        SettingField("postOneKey", "Post One API key", isSecret: true),
        SettingField("services", "Services", help: "shop method=ems, registered or eco, separated by commas"),
        SettingField("defaultService", "Default service", help: "ems, registered or eco", defaultValue: "ems"),
    ]
    private static let booking = [
        SettingField("orderType", "Order type", help: "D drop-off, L Lex, W warehouse, C cross-border, I international registered", defaultValue: "D"),
        SettingField("contents", "Contents", help: "what is written on every parcel; never what the buyer ordered", defaultValue: "-"),
        SettingField("merchantId", "Merchant id", help: "the branch, where Thailand Post has registered one"),
        SettingField("merchantZipcode", "Merchant postcode"),
        SettingField("storeLocationNo", "Store location number"),
        SettingField("logoURL", "Logo on labels", help: "a public address from which Thailand Post fetches a picture"),
    ]
    private static let sender = [
        SettingField("senderName", "Sender name"), SettingField("senderPhone", "Sender phone"), SettingField("senderEmail", "Sender e-mail"),
        SettingField("senderAddress", "Sender address", help: "house number to subdistrict"), SettingField("senderDistrict", "Sender district", help: "amphoe or khet"),
        SettingField("senderProvince", "Sender province"),
        SettingField("senderPostcode", "Sender postcode", help: "also tells a parcel that came back from one that was delivered"),
    ]
    private static let tuning = [
        SettingField("trackingHours", "Hours between two questions", help: "how long a moving parcel is not asked for again; each question counts against the day's quota", defaultValue: "4"),
        SettingField("confirmMoneyByPull", "Money only by asking", help: "true: a push never marks COD as collected, only an answer to our own question does", defaultValue: "false"),
        SettingField("trackingURL", "Address of Track & Trace", defaultValue: "https://trackapi.thailandpost.co.th/post/api/v1/"),
        SettingField("webhookURL", "Address of the webhook service", defaultValue: "https://trackwebhook.thailandpost.co.th/post/api/v1/"),
        SettingField("eparcelURL", "Address of e-Parcel", defaultValue: "https://r_dservice.thailandpost.com/webservice/"),
        SettingField("postOneURL", "Address of Post One", defaultValue: "https://postone.thailandpost.com/api/bc.php"),
    ]

    static func defaultValue(_ key: String) -> String? { fields.first { $0.key == key }?.defaultValue }
}
