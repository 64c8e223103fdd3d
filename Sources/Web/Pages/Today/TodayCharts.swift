import Domain
import Foundation
import Hub

/// The last day as two charts, and as a table for those who see no charts.
struct TodayCharts {
    let visit: Visit
    static let stepMinutes: Int64 = 10

    private struct Series: Encodable {
        var t: [Int64], accepted: [Int], orders: [Int], booked: [Int], half: [Double?], most: [Double?]
    }

    /// For the script: seconds since 1970, counts a step, lags in seconds.
    var series: String {
        let steps = visit.hub.pulse.series(stepMinutes: Self.stepMinutes)
        let series = Series(t: steps.map { $0.minute * 60 }, accepted: steps.map(\.accepted), orders: steps.map(\.orders), booked: steps.map(\.booked),
                            half: steps.map { Self.seconds($0.lags, 0.5) }, most: steps.map { Self.seconds($0.lags, 0.95) })
        return (try? JSONEncoder.crossdock.encode(series)).map { String(decoding: $0, as: UTF8.self) } ?? ""      // whole and finite numbers always encode
    }

    private static func seconds(_ lags: LagHistogram, _ share: Double) -> Double? { lags.milliseconds(quantile: share).map { Double($0) / 1000 } }

    /// Hours in which something happened, the newest first.
    var hours: [TodayView.HourRow] {
        visit.hub.pulse.series(stepMinutes: 60).reversed().filter { $0.accepted + $0.orders + $0.booked + $0.lags.count > 0 }.map { hour in
            TodayView.HourRow(hour: visit.time(hour.start).text, accepted: PageWords.grouped("\(hour.accepted)"), orders: PageWords.grouped("\(hour.orders)"), booked: PageWords.grouped("\(hour.booked)"),
                              half: hour.lags.milliseconds(quantile: 0.5).map(Self.text) ?? "–", most: hour.lags.milliseconds(quantile: 0.95).map(Self.text) ?? "–")
        }
    }

    /// `120 ms`, `4.2 s`, `3 min`, `5 h`.
    static func text(_ milliseconds: Int64) -> String {
        switch milliseconds {
        case ..<1000: "\(milliseconds) ms"
        case ..<60_000: "\(milliseconds / 1000).\(milliseconds % 1000 / 100) s"
        case ..<7_200_000: "\(milliseconds / 60_000) min"
        default: "\(milliseconds / 3_600_000) h"
        }
    }
}
