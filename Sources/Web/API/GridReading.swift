import Domain
import Foundation
import Hub
import Hummingbird

/// What a query asks of the grid: a view, a filter, an order of rows. The API and the page read it the same way; an empty parameter is one that is not given.
struct GridReading: Sendable {
    static let maximumSearch = 200, maximumText = 200

    var view: SavedView?
    /// With moving moments ("late", "in seven days") as they are.
    var filter = GridFilter()
    var sort = GridSort()

    static let names = ["view", "channel", "workflow", "fulfilment", "payment", "flagged", "cod", "failed", "placedFrom", "placedBefore", "placedDays", "shipFrom", "shipBefore", "due", "tag", "courier", "reason",
                        "waiting", "waitingSubject", "search", "sort"]

    /// - Parameter allowsEmpty: forms send what was left empty.
    static func read(_ request: Request, hub: Hub, holder: Int64, allowsEmpty: Bool = false) async throws -> GridReading {
        let query = try request.query
        func given(_ name: String) throws -> String? {
            guard let text = query[name] else { return nil }
            if text.isEmpty, allowsEmpty { return nil }
            guard (1...maximumText).contains(text.unicodeScalars.count) || name == "channel" && !text.isEmpty else { throw APIRead.invalid(name, "a text of 1 to \(maximumText) characters") }
            return text
        }
        func words<T: RawRepresentable & CaseIterable>(_ name: String, _ type: T.Type) throws -> [T]? where T.RawValue == String {
            try given(name).map { text in
                try text.split(separator: ",", omittingEmptySubsequences: false).map { word in
                    guard let value = T(rawValue: String(word)) else { throw APIRead.invalid(name, "of: " + T.allCases.map(\.rawValue).joined(separator: ", ")) }
                    return value
                }
            }
        }
        func one<T: RawRepresentable & CaseIterable>(_ name: String, _ type: T.Type) throws -> T? where T.RawValue == String {
            try given(name).map { text in
                guard let value = T(rawValue: text) else { throw APIRead.invalid(name, "one of: " + T.allCases.map(\.rawValue).joined(separator: ", ")) }
                return value
            }
        }
        func flag(_ name: String) throws -> Bool? { try given(name) == nil ? nil : try APIRead.flag(request, name) }
        func time(_ name: String) throws -> Timestamp? { try given(name) == nil ? nil : try APIRead.time(request, name) }

        var reading = GridReading()
        if let id = try given("view") {
            guard let view = try await hub.desk.views.view(id, for: holder) else { throw APIProblem.notFound("view") }
            (reading.view, reading.filter, reading.sort) = (view, view.look.filter, view.look.sort)
        }
        if let text = try given("channel") { reading.filter.channels = try text.split(separator: ",", omittingEmptySubsequences: false).map { try hub.channels.channel(named: String($0)).id } }
        if let some = try words("workflow", Workflow.self) { reading.filter.workflows = some }
        if let some = try words("fulfilment", Fulfilment.self) { reading.filter.fulfilments = some }
        if let some = try words("payment", PaymentState.self) { reading.filter.payments = some }
        if let some = try flag("flagged") { reading.filter.isFlagged = some }
        if let some = try flag("cod") { reading.filter.isCashOnDelivery = some }
        if let some = try flag("failed") { reading.filter.hasDeadLetter = some }
        if let some = try time("placedFrom") { reading.filter.placedFrom = some }
        if let some = try time("placedBefore") { reading.filter.placedBefore = some }
        if let text = try given("placedDays") {
            guard let days = APIRead.whole(text), (1...Int64(GridFilter.maximumDays)).contains(days) else { throw APIRead.invalid("placedDays", "a whole number from 1 to \(GridFilter.maximumDays)") }
            reading.filter.placedDays = Int(days)
        }
        if let some = try time("shipFrom") { reading.filter.shipFrom = some }
        if let some = try time("shipBefore") { reading.filter.shipBefore = some }
        if let some = try one("due", GridFilter.Due.self) { reading.filter.due = some }
        if allowsEmpty, let some = try one("shipBy", GridFilter.Due.self) { reading.filter.due = some }
        if let text = try given("tag") {
            let tags = OrderTags.list(text)
            guard (1...GridFilter.maximumTags).contains(tags.count) else { throw APIRead.invalid("tag", "1 to \(GridFilter.maximumTags) tags, separated by commas") }
            reading.filter.tags = tags
        }
        if let text = try given("courier") { reading.filter.courier = text }
        if let some = try one("waiting", WaitingCause.self) { reading.filter.waiting = some }
        if let text = try given("reason") {
            // Beside `waiting` it names the rule or the platform's word that the order waits for.
            if try given("waiting") != nil { reading.filter.waitingSubject = text } else { reading.filter.reason = text }
        }
        if let text = query["waitingSubject"] {
            guard text.unicodeScalars.count <= maximumText else { throw APIRead.invalid("waitingSubject", "a text of at most \(maximumText) characters") }
            if reading.filter.waiting != nil { reading.filter.waitingSubject = text }
        }
        if let text = try given("search") { reading.filter.search = text }
        if let text = try given("sort") {
            let isDescending = text.hasPrefix("-"), word = isDescending ? String(text.dropFirst()) : text
            guard let column = GridSort.Column(rawValue: word) else { throw APIRead.invalid("sort", "one of: " + GridSort.Column.allCases.map(\.rawValue).joined(separator: ", ") + ", with a - before it for the largest first") }
            reading.sort = GridSort(column, isAscending: !isDescending)
        }
        return reading
    }

    /// The filter with today's days put in.
    func resolved(_ clock: WorkspaceClock) -> GridFilter { filter.resolved(Self.days(clock)) }

    static func days(_ clock: WorkspaceClock) -> GridFilter.Days {
        let now = clock.now
        return GridFilter.Days(now: now, today: clock.startOfDay(now), tomorrow: clock.startOfDay(now, plusDays: 1), afterTomorrow: clock.startOfDay(now, plusDays: 2))
    }

    /// A filter that came in a body, of a size that can be worked with.
    static func checked(_ filter: GridFilter) throws -> GridFilter {
        let texts = [filter.courier, filter.reason, filter.waitingSubject, filter.search].compactMap(\.self) + filter.tags
        let isSane = filter.channels.count <= 200 && filter.workflows.count <= 20 && filter.fulfilments.count <= 20 && filter.payments.count <= 20 && filter.tags.count <= GridFilter.maximumTags
            && texts.allSatisfy { $0.unicodeScalars.count <= maximumText } && (filter.placedDays.map { (1...GridFilter.maximumDays).contains($0) } ?? true)
        guard isSane else { throw APIProblem(.unprocessableContent, "invalid_filter", "The filter is larger than a filter may be.", pointer: "/filter") }
        return filter
    }
}

extension AppContext {
    /// The workspace's days for who calls.
    func clock(_ hub: Hub) -> WorkspaceClock { WorkspaceClock(zone: caller?.zone ?? "UTC", language: caller?.language ?? .en, now: hub.now()) }
}
