package import Domain

/// What the hub, the console and the CLI need to know of a platform without knowing the platform.
package struct PlatformDescriptor: Sendable {
    package enum Kind: String, Sendable, Codable { case shop, courier, destination, file }

    package var platform: PlatformName
    package var title: String
    package var kind: Kind
    package var settings: [SettingField]
    /// The time the platform waits for the answer to a delivery.
    package var hookDeadlineSeconds: Int
    /// Calls the channel may make, unless the platform's answers say less.
    package var budget: Budget
    /// A delivery larger than this is refused with 413.
    package var maximumBodyBytes: Int
    /// The platform's contract asks that the answer tells a duplicate from a new delivery (companion-webhook.md §6): intake looks the key up before it answers.
    package var answersDuplicates: Bool
    /// Which of Chile's number systems bare region numbers follow (addresses-cl-th.md §1.3).
    package var regionNumbers: BareRegionNumbers
    /// An order that the platform does not know when it is fetched was deleted there. False where it may only be out of our sight (Shopify: older than 60 days).
    package var absentMeansDeleted: Bool

    package init(platform: PlatformName, title: String, kind: Kind, settings: [SettingField], hookDeadlineSeconds: Int = 5, budget: Budget = Budget(),
                 maximumBodyBytes: Int = 2 << 20, answersDuplicates: Bool = false, regionNumbers: BareRegionNumbers = .cut,
                 absentMeansDeleted: Bool = false) {
        self.platform = platform; self.title = title; self.kind = kind; self.settings = settings; self.hookDeadlineSeconds = hookDeadlineSeconds
        self.budget = budget; self.maximumBodyBytes = maximumBodyBytes; self.answersDuplicates = answersDuplicates; self.regionNumbers = regionNumbers
        self.absentMeansDeleted = absentMeansDeleted
    }
}

/// One setting of a channel of a platform, as `channel settings PLATFORM` lists it.
package struct SettingField: Sendable, Equatable, Codable {
    package var key: String, title: String, help: String, isSecret: Bool, isRequired: Bool, defaultValue: String?
    package init(_ key: String, _ title: String, help: String = "", isSecret: Bool = false, isRequired: Bool = false, defaultValue: String? = nil) {
        self.key = key; self.title = title; self.help = help; self.isSecret = isSecret; self.isRequired = isRequired; self.defaultValue = defaultValue
    }
}

/// How much a channel may ask of its platform.
package struct Budget: Sendable, Equatable, Codable {
    package var callsPerSecond: Double, burst: Int, concurrency: Int
    package init(callsPerSecond: Double = 10, burst: Int = 20, concurrency: Int = 8) {
        self.callsPerSecond = callsPerSecond; self.burst = burst; self.concurrency = concurrency
    }
}
