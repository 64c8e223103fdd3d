/// A delivery service and what it wants to know (shopee.md §6). The ids are invented.
struct ShopeeChannel: Sendable, Equatable {
    enum Way: String, Sendable, CaseIterable { case pickup, dropoff, nonIntegrated = "non_integrated" }
    /// How a number of a seller's own has to look.
    enum NumberRule: Sendable, Equatable { case any, thaiPostEMS, thaiPostRegistered }

    var id: Int64
    var name: String
    var ways: [Way]
    /// Nil slots: the pickup needs no time.
    var hasPickupSlots = true
    var needsBranch = false
    var needsSenderName = false
    var rule = NumberRule.any

    var isIntegrated: Bool { !ways.contains(.nonIntegrated) }

    static let standard = ShopeeChannel(id: 7_001, name: "Standard Delivery", ways: [.pickup, .dropoff])
    static let branch = ShopeeChannel(id: 7_002, name: "Standard Delivery - Drop Off", ways: [.dropoff], needsBranch: true, needsSenderName: true)
    static let doorstep = ShopeeChannel(id: 7_003, name: "Doorstep Pickup", ways: [.pickup], hasPickupSlots: false)
    static let thaiPostEMS = ShopeeChannel(id: 7_010, name: "Thailand Post - EMS", ways: [.nonIntegrated], rule: .thaiPostEMS)
    static let thaiPostRegistered = ShopeeChannel(id: 7_011, name: "Thailand Post - Registered Mail", ways: [.nonIntegrated], rule: .thaiPostRegistered)
    static let ownFleet = ShopeeChannel(id: 7_012, name: "Seller Own Fleet", ways: [.nonIntegrated])

    static let all = [standard, branch, doorstep, thaiPostEMS, thaiPostRegistered, ownFleet]

    /// 13 characters; EMS starts `E`, registered mail `E`, `R` or `O`; both end `TH`.
    func refusal(of number: String) -> String? {
        guard rule != .any else { return number.isEmpty ? "tracking_number is required." : nil }
        guard number.utf8.count == 13 else { return "The tracking number should be 13 characters." }
        let starts: [Character] = rule == .thaiPostEMS ? ["E"] : ["E", "R", "O"]
        guard let first = number.first, starts.contains(first), number.hasSuffix("TH") else {
            return rule == .thaiPostEMS
                ? "The EMS tracking number should start with E and end with TH." : "The registered tracking number should start with E, R or O and end with TH."
        }
        return nil
    }

    static let addressID: Int64 = 2_341
    static let branchID: Int64 = 611
    /// Hours before its window at which a pickup slot closes.
    static let cutoffSeconds: Int64 = 3 * 3_600
    /// Slots offered from the day of asking on.
    static let slotDays = 3

    /// Days at 14:00 UTC+7, the first of them tomorrow or later.
    static func slots(at now: Int64) -> [(id: String, date: Int64)] {
        let midnight = (now + 7 * 3_600) / 86_400 * 86_400 - 7 * 3_600
        return (1...slotDays).map { day in
            let date = midnight + Int64(day) * 86_400 + 14 * 3_600
            return ("\(date)_1", date)
        }
    }

    enum SlotProblem { case unknown, closed }

    /// Whether a slot of this name is, was or never was on offer.
    static func check(slot id: String, at now: Int64) -> SlotProblem? {
        guard let date = id.split(separator: "_").first.flatMap({ Int64($0) }), id == "\(date)_1", (date + 7 * 3_600 - 14 * 3_600) % 86_400 == 0,
              date < now + Int64(slotDays + 1) * 86_400
        else { return .unknown }
        return date - cutoffSeconds < now ? .closed : nil
    }
}
