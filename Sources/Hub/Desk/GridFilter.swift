package import Domain

/// What the grid, a saved view and a bulk action choose orders by.
package struct GridFilter: Sendable, Equatable, Codable {
    /// Moments that a view names and that move with the day.
    package enum Due: String, Sendable, Codable, CaseIterable { case late, today, tomorrow }

    package var channels: [ChannelID] = [], workflows: [Workflow] = [], fulfilments: [Fulfilment] = [], payments: [PaymentState] = []
    package var isFlagged: Bool?, isCashOnDelivery: Bool?
    /// Something of it could not be sent on and is a dead letter now.
    package var hasDeadLetter: Bool?
    package var placedFrom: Timestamp?, placedBefore: Timestamp?
    /// Placed in so many days up to today.
    package var placedDays: Int?
    /// Still to be shipped and due in this range.
    package var shipFrom: Timestamp?, shipBefore: Timestamp?
    package var due: Due?
    /// All of them.
    package var tags: [String] = []
    package var courier: String?
    /// Why it is held or kept out, word for word.
    package var reason: String?
    /// What it waits for, and of that the rule or the platform's word.
    package var waiting: WaitingCause?, waitingSubject: String?
    package var search: String?

    package init() {}

    package static let maximumTags = 5, maximumDays = 366

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case channels, workflows, fulfilments, payments, isFlagged, isCashOnDelivery, hasDeadLetter, placedFrom, placedBefore, placedDays, shipFrom, shipBefore, due, tags, courier, reason, waiting, waitingSubject, search
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        channels = try values.decodeIfPresent([ChannelID].self, forKey: .channels) ?? []
        workflows = try values.decodeIfPresent([Workflow].self, forKey: .workflows) ?? []
        fulfilments = try values.decodeIfPresent([Fulfilment].self, forKey: .fulfilments) ?? []
        payments = try values.decodeIfPresent([PaymentState].self, forKey: .payments) ?? []
        isFlagged = try values.decodeIfPresent(Bool.self, forKey: .isFlagged)
        isCashOnDelivery = try values.decodeIfPresent(Bool.self, forKey: .isCashOnDelivery)
        hasDeadLetter = try values.decodeIfPresent(Bool.self, forKey: .hasDeadLetter)
        placedFrom = try values.decodeIfPresent(Timestamp.self, forKey: .placedFrom)
        placedBefore = try values.decodeIfPresent(Timestamp.self, forKey: .placedBefore)
        placedDays = try values.decodeIfPresent(Int.self, forKey: .placedDays)
        shipFrom = try values.decodeIfPresent(Timestamp.self, forKey: .shipFrom)
        shipBefore = try values.decodeIfPresent(Timestamp.self, forKey: .shipBefore)
        due = try values.decodeIfPresent(Due.self, forKey: .due)
        tags = try values.decodeIfPresent([String].self, forKey: .tags) ?? []
        courier = try values.decodeIfPresent(String.self, forKey: .courier)
        reason = try values.decodeIfPresent(String.self, forKey: .reason)
        waiting = try values.decodeIfPresent(WaitingCause.self, forKey: .waiting)
        waitingSubject = try values.decodeIfPresent(String.self, forKey: .waitingSubject)
        search = try values.decodeIfPresent(String.self, forKey: .search)
    }

    /// The workspace's days around now.
    package struct Days: Sendable {
        package var now: Timestamp, today: Timestamp, tomorrow: Timestamp, afterTomorrow: Timestamp
        package init(now: Timestamp, today: Timestamp, tomorrow: Timestamp, afterTomorrow: Timestamp) { self.now = now; self.today = today; self.tomorrow = tomorrow; self.afterTomorrow = afterTomorrow }
    }

    /// With its moving moments as fixed ones.
    package func resolved(_ days: Days) -> GridFilter {
        var filter = self
        if let placedDays {
            let from = days.today - .seconds(Int64(max(1, min(placedDays, Self.maximumDays)) - 1) * 86_400)
            filter.placedFrom = max(from, filter.placedFrom ?? from)
        }
        switch due {
        case .late: filter.shipBefore = min(days.now, filter.shipBefore ?? days.now)
        case .today: filter.shipBefore = min(days.tomorrow, filter.shipBefore ?? days.tomorrow)
        case .tomorrow: (filter.shipFrom, filter.shipBefore) = (days.tomorrow, days.afterTomorrow)
        case nil: break
        }
        (filter.placedDays, filter.due) = (nil, nil)
        return filter
    }

    var isDue: Bool { shipFrom != nil || shipBefore != nil || due != nil }
    /// Whether the facets alone answer it, with exact counts.
    var isOfFacetsOnly: Bool {
        placedFrom == nil && placedBefore == nil && placedDays == nil && !isDue && tags.isEmpty && courier == nil && reason == nil && waiting == nil && hasDeadLetter != true && isCashOnDelivery == nil && (search ?? "").isEmpty
    }
    package var isEverything: Bool { self == GridFilter() }
}

/// The column that a list is sorted by.
package struct GridSort: Sendable, Equatable, Codable {
    package enum Column: String, Sendable, Codable, CaseIterable { case placed, updated, number, total, channel, workflow, fulfilment, payment, due }
    package var column: Column, isAscending: Bool
    package init(_ column: Column = .placed, isAscending: Bool = false) { self.column = column; self.isAscending = isAscending }
}

/// How many orders match: counted, or more than were counted.
package struct GridCount: Sendable, Equatable, Codable {
    package var count: Int, isExact: Bool
    package init(_ count: Int, isExact: Bool = true) { self.count = count; self.isExact = isExact }
}

/// The orders that match, in order, as they are at one moment: the list does not move while somebody works in it.
package struct GridIndex: Sendable, Equatable {
    package var ids: [OrderID]
    package var total: GridCount
    /// False: more match than a sorted list may have, and it is by placing time instead.
    package var isSorted: Bool
}
