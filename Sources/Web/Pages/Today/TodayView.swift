/// What the template of Today shows: words and numbers ready to be read.
struct TodayView: Sendable {
    var day: String, moment: PageTime, zone: String
    /// The hub has nothing to tell of yet.
    var beginnings: [Beginning], isBeginning: Bool
    var tiles: [Tile]
    /// False: the caller may not see counters and problems, or orders.
    var seesFlows: Bool, seesOrders: Bool
    var due: [DueRow], hasDue: Bool
    var held: [HeldRow], hasHeld: Bool
    var failures: [FailureRow], problems: [ProblemRow], hasFailures: Bool, hasProblems: Bool, moreProblems: [More]
    var connections: [ConnectionRow], hasConnections: Bool, connectionsFine: String
    var nextSteps: [Step], hasSteps: Bool
    var series: String, hours: [HourRow], hasHours: Bool
    var latest: [OrderRow], hasLatest: Bool

    struct Beginning: Sendable { var heading: String, sentence: String, address: String, action: String, isDone: Bool }
    struct Tile: Sendable { var id: String, name: String, value: String, tone: String, address: String }
    struct DueRow: Sendable {
        var hour: String, hourFull: String, isLate: Bool, carrier: String, address: String
        var total: String, toApprove: Count, going: Count, booked: Count
    }
    struct HeldRow: Sendable { var sentence: String, reason: String, channels: String, count: String, address: String, since: [PageTime] }
    struct FailureRow: Sendable { var destination: String, message: String, code: String, count: String, address: String }
    struct ProblemRow: Sendable { var id: String, code: String, message: String, channelName: [String], orderAddress: [String], repeats: [String], alike: [String], time: PageTime, mayClose: Bool }
    /// `style`: the class of a quiet nought.
    struct Count: Sendable {
        var value: String, style: String
        init(_ count: Int) { value = PageWords.grouped("\(count)"); style = count == 0 ? " zero" : "" }
    }
    struct More: Sendable { var sentence: String, address: String }
    struct ConnectionRow: Sendable { var name: String, state: StateWord, sentence: String, address: String }
    struct Step: Sendable { var sentence: String, address: String, action: String, tone: String }
    struct HourRow: Sendable { var hour: String, accepted: String, orders: String, booked: String, half: String, most: String }
    struct OrderRow: Sendable {
        var id: String, number: String, channel: String, buyer: String, total: String, workflow: StateWord, placed: PageTime, flags: [Flags]
    }
    /// `first` with the number of the others.
    struct Flags: Sendable { var first: String, others: String, all: String }
}
