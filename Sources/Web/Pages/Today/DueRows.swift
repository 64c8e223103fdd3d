import Domain
import Hub

/// What must leave, by the hour of its cut-off and by carrier: late first, tomorrow as one.
struct DueRows {
    let board: TodayBoard, visit: Visit, directory: ChannelDirectory.Picture
    private static let hour: Int64 = 3_600_000

    private enum When: Hashable { case late, hour(Int64), tomorrow }
    private struct Key: Hashable { var when: When, carrier: String, name: String }
    private struct Sum { var toApprove = 0, going = 0, booked = 0; var total: Int { toApprove + going + booked } }

    var rows: [TodayView.DueRow] {
        var sums: [Key: Sum] = [:]
        for line in board.late + board.due {
            let key = Key(when: when(line), carrier: line.carrier, name: carrierName(line))
            switch line.stage {
            case .toApprove: sums[key, default: Sum()].toApprove += line.orders
            case .going: sums[key, default: Sum()].going += line.orders
            case .booked: sums[key, default: Sum()].booked += line.orders
            }
        }
        return sums.sorted { (rank($0.key), $0.key.name) < (rank($1.key), $1.key.name) }.map { row($0.key, $0.value) }
    }

    private func rank(_ key: Key) -> Int64 {
        switch key.when {
        case .late: 0
        case .hour(let from): from
        case .tomorrow: .max
        }
    }

    private func when(_ line: TodayBoard.DueLine) -> When {
        guard let from = line.from else { return .late }
        return from < visit.clock.startOfDay(visit.now, plusDays: 1) ? .hour(hour(from)) : .tomorrow
    }

    private func row(_ key: Key, _ sum: Sum) -> TodayView.DueRow {
        let (hour, hourFull, address): (String, String, String) = switch key.when {
        case .late: (visit.words("today.late"), "", TodayLinks.of(key.carrier, at: TodayLinks.late))
        case .tomorrow: (visit.words("today.tomorrow"), visit.clock.day(visit.clock.startOfDay(visit.now, plusDays: 1)), TodayLinks.of(key.carrier, at: TodayLinks.tomorrow))
        case .hour(let start):
            { from, before in (visit.time(from).text, "\(visit.time(from).text)–\(visit.time(before).text)", TodayLinks.due(from: from, before: before, courier: key.carrier)) }(
                Timestamp(milliseconds: start), Timestamp(milliseconds: start + Self.hour))
        }
        return TodayView.DueRow(
            hour: hour, hourFull: hourFull, isLate: key.when == .late, carrier: key.name.isEmpty ? visit.words("today.noCourier") : key.name, address: address,
            total: PageWords.grouped("\(sum.total)"), toApprove: .init(sum.toApprove), going: .init(sum.going), booked: .init(sum.booked))
    }

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
