import SimulatorKit

/// What the hub did to the platform, counted for ever: the exactly-once proof.
package struct ShopeeCounters: Sendable, Equatable {
    /// Successful arrangements of each package: anything but 1 is a parcel arranged twice.
    package var arrangements: [String: Int] = [:]
    /// Arrangements refused because the package was arranged before.
    package var refusedArrangements: [String: Int] = [:]
    /// Accepted cancellations of each order, whole ones, parts and accepted requests of buyers.
    package var cancellations: [String: Int] = [:]
    /// Label jobs made for each package.
    package var labels: [String: Int] = [:]
    package var labelDownloads = 0
    package var refreshes = 0
    /// Refresh calls refused because their token had been used already.
    package var reusedRefreshTokens = 0
    package var requests = 0
    /// Refused calls by code.
    package var refusals: [String: Int] = [:]
    package var ordersPlaced = 0

    var statistics: [SimulatorStatistic] {
        [
            .init("orders placed", ordersPlaced), .init("packages arranged", arrangements.values.reduce(0, +)),
            .init("packages arranged twice", arrangements.values.filter { $0 > 1 }.count),
            .init("second arrangements refused", refusedArrangements.values.reduce(0, +)), .init("cancellations", cancellations.values.reduce(0, +)),
            .init("label jobs", labels.values.reduce(0, +)), .init("label downloads", labelDownloads), .init("token refreshes", refreshes),
            .init("used refresh tokens refused", reusedRefreshTokens), .init("requests", requests),
        ] + refusals.sorted { $0.key < $1.key }.map { .init("refused \($0.key.trimmingPrefix(" "))", $0.value) }
    }
}

/// A test's own answer to calls to come.
struct ShopeeForced: Sendable, Equatable {
    enum Act: Sendable, Equatable {
        case refuse(code: String, message: String)
        /// The effect is done, the connection is closed without an answer.
        case loseAnswer
        case hang(Duration)
        /// A page of the edge instead of the API.
        case page(status: Int)
    }

    /// `order/get_order_list`; nil: any call.
    var endpoint: String?
    var act: Act
    var times: Int
}

/// How often each shop called (shopee.md §4.4). The figures are undocumented: these are the configuration's.
struct ShopeeLimits: Sendable {
    private var bursts: [Int64: (second: Int64, used: Int)] = [:]
    private var days: [Int64: (day: Int64, used: Int)] = [:]

    mutating func take(_ shopID: Int64, at now: Int64, perSecond: Int?, perDay: Int?) throws(ShopeeProblem) {
        if let perDay {
            let day = (now + 8 * 3_600) / 86_400
            var window = days[shopID] ?? (day, 0)
            if window.day != day { window = (day, 0) }
            guard window.used < perDay else { throw .init("error_limit", "The daily limit of this API is reached.") }
            window.used += 1
            days[shopID] = window
        }
        if let perSecond {
            var window = bursts[shopID] ?? (now, 0)
            if window.second != now { window = (now, 0) }
            guard window.used < perSecond else { throw .init("error_rate_limit", "Your request is over the rate limit.") }
            window.used += 1
            bursts[shopID] = window
        }
    }
}
