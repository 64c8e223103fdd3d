package import Domain
package import Connect

/// One connection to a platform, without its secrets.
package struct Channel: Sendable, Equatable {
    package enum State: String, Sendable, Codable { case active, paused, parked, removed }
    /// What the ledger has to know of a connector while it decides.
    package enum Ability: Sendable {
        /// The platform ships with couriers of its own.
        case arrangesShipments
        /// Each parcel is a consignment under a number of our own range.
        case numbersParcels
        /// The carrier is asked where parcels are.
        case tracks
        /// The shop wants to be told of deliveries.
        case marksDelivered
    }
    package var id: ChannelID
    package var name: String
    package var platform: PlatformName
    package var kind: PlatformDescriptor.Kind
    package var hookKey: String
    /// Settings that are not secret.
    package var settings: [String: String]
    package var state: State
    package var stateReason: String?
    package var createdAt: Timestamp
    package var abilities: Set<Ability> = []

    package init(id: ChannelID, name: String, platform: PlatformName, kind: PlatformDescriptor.Kind, hookKey: String, settings: [String: String],
                 state: State, stateReason: String? = nil, createdAt: Timestamp) {
        self.id = id; self.name = name; self.platform = platform; self.kind = kind; self.hookKey = hookKey; self.settings = settings
        self.state = state; self.stateReason = stateReason; self.createdAt = createdAt
    }
}

/// The settings that every order channel has, whatever its platform; the hub reads them, connectors do not.
package enum HubSetting {
    /// The name of the courier channel that takes this channel's orders when no rule chooses one.
    package static let courier = "hub.courier"
    /// `automatic` (default: what is paid or cash on delivery is approved when no rule speaks) or `manual`.
    package static let approval = "hub.approval"
    /// Seconds between two reconciliations.
    package static let reconcileSeconds = "hub.reconcileSeconds"
    /// How far back the first reconciliation looks, in hours.
    package static let backfillHours = "hub.backfillHours"
    /// `automatic` (default: registered and watched by the hub) or `manual`.
    package static let webhooks = "hub.webhooks"
    /// `platform` (default: a marketplace's own couriers, where it has them) or `courier` (always a courier channel).
    package static let shipping = "hub.shipping"
    /// `onApproval` (default) or `whenPacked`: a person, or a plan, lets an approved order go to its carrier.
    package static let booking = "hub.booking"
    /// A carrier's price list: one band a line, `POSTCODES GRAMS PRICE` (see `RateTable`).
    package static let rates = "hub.rates"
    /// The boxes of the packing table: `NAME LENGTHxWIDTHxHEIGHT TARE`, one a line (see `ParcelPresets`). One channel's serve all that name none.
    package static let parcelPresets = "hub.parcelPresets"
    /// Where goods lie: `SKU SHELF`, one a line. One channel's serve all that name none.
    package static let shelves = "hub.shelves"
    /// What a carrier channel has, whatever its platform.
    package static let carrierFields = [
        SettingField(rates, "Price list", help: "One band a line or after a semicolon: postcode beginnings or *, heaviest grams, price. 10,11 1000 35; * 1000 45"),
        SettingField(parcelPresets, "Boxes", help: "One box a line or after a semicolon: name, length x width x height in mm, grams when empty. Small 200x150x100 80; Large 400x300x250 220"),
    ]
    /// Hours within which an order has to leave when its platform names no time; 0: no promise.
    package static let shipWithinHours = "hub.shipWithinHours"
    package static let fields: [SettingField] = [
        SettingField(webhooks, "Webhooks", help: "automatic or manual", defaultValue: "automatic"),
        SettingField(courier, "Courier", help: "Name of the courier channel for this channel's orders when no rule chooses one."),
        SettingField(approval, "Approval", help: "automatic or manual", defaultValue: "automatic"),
        SettingField(shipping, "Shipped by", help: "platform or courier; platform: by the marketplace's own couriers, where it has them", defaultValue: "platform"),
        SettingField(booking, "Booked", help: "onApproval or whenPacked", defaultValue: "onApproval"),
        SettingField(shipWithinHours, "Hours within which an order must leave", help: "0 to 8760; counts where the platform names no time itself; 0 promises none", defaultValue: "24"),
        SettingField(shelves, "Shelves", help: "One SKU a line or after a semicolon, with its shelf: MUG A-12; SHIRT B-3"),
        SettingField(reconcileSeconds, "Seconds between reconciliations", help: "10 to 86400", defaultValue: "120"),
        SettingField(backfillHours, "Hours the first reconciliation looks back", help: "0 to 1440", defaultValue: "24"),
    ]
}

/// What the ledger needs to know of everything around an order while it decides: an immutable picture, replaced when a channel, route or rule changes.
package struct Surroundings: Sendable {
    package var channels: [ChannelID: Channel]
    package var routes: [CompiledRoute]
    package var rules: [ChannelID: any OrderRules]
    package init(channels: [ChannelID: Channel] = [:], routes: [CompiledRoute] = [], rules: [ChannelID: any OrderRules] = [:]) {
        self.channels = channels; self.routes = routes; self.rules = rules
    }

    package func channel(named name: String) -> Channel? { channels.values.first { $0.name == name && $0.state != .removed } }

    /// Whether the marketplace itself ships the channel's orders.
    package func isShippedByPlatform(_ channel: ChannelID) -> Bool {
        guard let channel = channels[channel] else { return false }
        return channel.abilities.contains(.arrangesShipments) && channel.settings[HubSetting.shipping] != "courier"
    }

    /// Whether the channel's approved orders wait until somebody lets them go.
    package func isBookedWhenPacked(_ channel: ChannelID) -> Bool { channels[channel]?.settings[HubSetting.booking] == "whenPacked" }

    /// The couriers that an order can be given to, by name.
    package var couriers: [Channel] { channels.values.filter { $0.kind == .courier && $0.state != .removed }.sorted { $0.name < $1.name } }

    /// The courier that takes an order: the one a person chose for it, else the rule's, the channel's, or the only one there is.
    package func courier(of order: StoredOrder) -> Channel? {
        if let name = order.chosenCourier, let courier = channel(named: name), courier.kind == .courier { return courier }
        return courier(for: order.decision, of: order.channel)
    }

    /// The courier that takes an order: the rule's, else the channel's, else the only one there is.
    package func courier(for decision: RuleDecision?, of channel: ChannelID) -> Channel? {
        if let name = decision?.courier { return self.channel(named: name) }
        // A rule named several, and none of them can take it: another one would be a guess.
        if decision?.isWithoutCourier == true { return nil }
        if let name = channels[channel]?.settings[HubSetting.courier], !name.isEmpty { return self.channel(named: name) }
        let couriers = channels.values.filter { $0.kind == .courier && $0.state != .removed }
        return couriers.count == 1 ? couriers.first : nil
    }
}

/// A channel's rules, ready to be asked. `RuleSet` is the one real implementation.
package protocol OrderRules: Sendable {
    var version: Int { get }
    func decide(_ facts: RuleFacts) -> RuleDecision
}

/// A condition of a route or a rule, ready to be asked.
package protocol OrderCondition: Sendable {
    func holds(for facts: RuleFacts) -> Bool
}

package struct CompiledRoute: Sendable {
    package var route: Route
    package var events: Set<EventType>
    package var condition: (any OrderCondition)?
    package init(route: Route, condition: (any OrderCondition)? = nil) { self.route = route; events = Set(route.events); self.condition = condition }

    /// False: nothing follows from such an event, wherever the route leads. Whoever is told that goods left may want to know that they arrived.
    func mayWant(_ type: EventType) -> Bool { events.contains(type) || type == .delivered && events.contains(.shipped) }

    /// What an event that `mayWant` let through means to the destination; nil: nothing.
    func action(on type: EventType, at destination: Channel) -> JobAction? {
        let action = JobAction.of(type, at: destination.kind), isWanted = action == .markDelivered ? destination.abilities.contains(.marksDelivered) : events.contains(type)
        return isWanted ? action : nil
    }
}
