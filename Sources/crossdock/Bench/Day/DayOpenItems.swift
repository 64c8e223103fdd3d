import Domain
import Foundation

/// What is still open at the end, by kind, and how much of each the plan explains: anything beyond that should have settled itself.
struct DayOpenItems: Sendable {
    let hub: DayHub, town: DayTown, book: DayBook

    struct Result: Sendable { var open: [String: Int] = [:], unexpected: [String] = [] }

    /// Kinds of problems that name something a person has to know of although it was mended: webhooks of the shop that were lost and registered again.
    private static let notices: Set<String> = ["webhookMissing"], unreadable = "unreadableDelivery"

    func look() async throws -> Result {
        var result = Result()
        try await problems(&result)
        try await deadLetters(&result)
        try await exceptions(&result)
        try await work(&result)
        return result
    }

    private func note(_ kind: String, _ found: [String], expected: Int, _ result: inout Result) {
        guard !found.isEmpty || expected > 0 else { return }
        result.open[kind] = found.count
        if found.count != expected { result.unexpected.append("\(kind): \(found.count) open, \(expected) expected from the plan; \(found.prefix(3).joined(separator: " | "))") }
    }

    private func problems(_ result: inout Result) async throws {
        let all = try await hub.api("GET", "problems?limit=200")["data"].elements
        for (kind, found) in Dictionary(grouping: all, by: { $0["kind"].string ?? "" }).sorted(by: { $0.key < $1.key }) {
            let words = found.map { "\($0["channel"].string ?? "") \($0["code"].string ?? ""): \($0["message"].string ?? "")" }
            if Self.notices.contains(kind) || kind == Self.unreadable { result.open["problem \(kind)"] = found.count } else { note("problem \(kind)", words, expected: 0, &result) }
            // What such a message told is found by comparison; that it came is for a person to see. No more than were garbled, and no other.
            if kind == Self.unreadable, found.count > town.pushesGarbled { result.unexpected.append("\(found.count) unreadable deliveries, of \(town.pushesGarbled) garbled pushes") }
        }
    }

    private func deadLetters(_ result: inout Result) async throws {
        let letters = try await hub.all("dead-letters")
        for (cause, found) in Dictionary(grouping: letters, by: { "\($0["destination"].string ?? "") \($0["action"].string ?? "") \($0["code"].string ?? "")" }).sorted(by: { $0.key < $1.key }) {
            note("dead letter \(cause)", found.map { "order \($0["order"].string ?? ""): \($0["message"].string ?? "")" }, expected: 0, &result)
        }
    }

    /// A box whose buyer changed his mind after it was packed has to be opened by somebody: one of each.
    private func exceptions(_ result: inout Result) async throws {
        let all = try await hub.api("GET", "parcels/exceptions")["data"].elements
        let meant = book.entries.values.filter { $0.order.fate == .cancelledAfterPacking && $0.isCancelled }.reduce(0) { $0 + $1.packed.count }
        for (kind, found) in Dictionary(grouping: all, by: { $0["kind"].string ?? "" }).merging(meant > 0 ? ["cancelledAfterPacking": []] : [:], uniquingKeysWith: { found, _ in found }).sorted(by: { $0.key < $1.key }) {
            note("exception \(kind)", found.map { "\($0["parcel"]["number"].string ?? "")" }, expected: kind == "cancelledAfterPacking" ? meant : 0, &result)
        }
    }

    /// Work that waits, orders that wait for somebody, deliveries nobody has read.
    private func work(_ result: inout Result) async throws {
        let overview = try await hub.api("GET", "overview")
        for destination in overview["destinations"].elements {
            let waiting = (destination["ready"].whole ?? 0) + (destination["waiting"].whole ?? 0) + (destination["paused"].whole ?? 0)
            if waiting > 0 { note("jobs at \(destination["name"].string ?? "")", Array(repeating: "", count: Int(waiting)), expected: 0, &result) }
        }
        for channel in overview["channels"].elements where channel["state"].string != "active" { note("channel \(channel["state"].string ?? "")", [channel["name"].string ?? ""], expected: 0, &result) }
        for word in ["new", "edited", "awaitingConfirmation", "approved", "queued", "excluded"] {
            let count = Int(overview["workflow"][word].whole ?? 0)
            if count > 0 { note("orders \(word)", Array(repeating: "", count: count), expected: 0, &result) }
        }
        if let pending = overview["pendingDeliveries"].whole, pending > 0 { note("deliveries unread", Array(repeating: "", count: Int(pending)), expected: 0, &result) }
    }
}
