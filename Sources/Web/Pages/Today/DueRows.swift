import Domain
import Hub

/// What must leave, by the hour of its cut-off and by carrier: late first.
struct DueRows {
    let board: TodayBoard, visit: Visit, directory: ChannelDirectory.Picture
    private static let hour: Int64 = 3_600_000

    /// nil `from`: late.
    private struct Key: Hashable { var from: Int64?, carrier: String, name: String }
    private struct Sum { var toApprove = 0, going = 0, booked = 0; var total: Int { toApprove + going + booked } }

    var rows: [TodayView.DueRow] {
        var sums: [Key: Sum] = [:]
        for line in board.late + board.due {
            let key = Key(from: line.from.map(hour), carrier: line.carrier, name: carrierName(line))
            switch line.stage {
            case .toApprove: sums[key, default: Sum()].toApprove += line.orders
            case .going: sums[key, default: Sum()].going += line.orders
            case .booked: sums[key, default: Sum()].booked += line.orders
            }
        }
        return sums.sorted { ($0.key.from ?? 0, $0.key.name) < ($1.key.from ?? 0, $1.key.name) }.map { row($0.key, $0.value) }
    }

    private func row(_ key: Key, _ sum: Sum) -> TodayView.DueRow {
        let from = key.from.map { Timestamp(milliseconds: $0) }, before = from.map { $0 + .milliseconds(Self.hour) }
        return TodayView.DueRow(
            hour: from.map { visit.time($0).text } ?? visit.words("today.late"), hourFull: zip(from, before).map { "\(visit.time($0).text)–\(visit.time($1).text)" } ?? "", isLate: from == nil,
            carrier: key.name.isEmpty ? visit.words("today.noCourier") : key.name, address: zip(from, before).map { TodayLinks.due(from: $0, before: $1, courier: key.carrier) } ?? TodayLinks.late(courier: key.carrier),
            total: PageWords.grouped("\(sum.total)"), toApprove: .init(sum.toApprove), going: .init(sum.going), booked: .init(sum.booked))
    }

    private func zip<A, B>(_ a: A?, _ b: B?) -> (A, B)? { a.flatMap { a in b.map { (a, $0) } } }

    /// The start of the hour of the workspace's clock.
    private func hour(_ time: Timestamp) -> Int64 {
        let offset = visit.clock.offsetMilliseconds(at: time), local = time.milliseconds + offset
        return local - ((local % Self.hour) + Self.hour) % Self.hour - offset
    }

    /// The courier that was chosen, else the one that the channel's orders go to.
    private func carrierName(_ line: TodayBoard.DueLine) -> String {
        line.carrier.isEmpty ? directory.surroundings.courier(for: nil, of: line.channel)?.name ?? "" : line.carrier
    }
}
