import Connect
import Domain
import Hub

/// What a person should do next, most urgent first, each with the place where it is done.
struct TodaySteps {
    let board: TodayBoard, silent: [SilentChannel], lapsing: [LapsingConnection], visit: Visit
    static let most = 6

    private var words: Words { visit.words }

    var steps: [TodayView.Step] { Array((troubles + work + beginnings).prefix(Self.most)) }

    private func step(_ key: String, _ values: [String: String], _ address: String, _ tone: Tone) -> TodayView.Step {
        TodayView.Step(sentence: words("today.steps.\(key).sentence", values), address: address, action: words("today.steps.\(key).action"), tone: tone.rawValue)
    }
    private func counted(_ key: String, _ count: Int, _ address: String, _ tone: Tone) -> TodayView.Step {
        TodayView.Step(sentence: words.counted("today.steps.\(key).sentence", count), address: address, action: words("today.steps.\(key).action"), tone: tone.rawValue)
    }

    private var troubles: [TodayView.Step] {
        var steps: [TodayView.Step] = []
        if board.lateOrders > 0 { steps.append(counted("late", board.lateOrders, TodayLinks.late, .bad)) }
        for one in lapsing {
            let name = ["channel": one.channel.name]
            switch one.trouble {
            case .broken, .parked: steps.append(step("mend", name, TodayLinks.channel(one.channel.id), .bad))
            case .expires: steps.append(step("renew", name, TodayLinks.channel(one.channel.id), .warn))
            case .resting: steps.append(step("resting", name, TodayLinks.flows, .bad))
            case .paused: break
            }
        }
        if board.openLetters > 0 { steps.append(counted("letters", board.openLetters, TodayLinks.deadLetters, .bad)) }
        for one in board.completeness where one.missing > 0 {
            steps.append(step("missing", ["channel": name(one.channel), "count": PageWords.grouped("\(one.missing)")], TodayLinks.channel(one.channel), .bad))
        }
        for one in silent { steps.append(step("silent", ["channel": name(one.channel)], TodayLinks.channel(one.channel), .warn)) }
        return steps
    }

    private var work: [TodayView.Step] {
        let waiting = (board.workflow[.awaitingConfirmation] ?? 0) + (board.workflow[.edited] ?? 0)
        var steps: [TodayView.Step] = []
        if waiting > 0 { steps.append(counted("approve", waiting, TodayLinks.toApprove, .warn)) }
        if board.problemCount > 0 { steps.append(counted("problems", board.problemCount, "#problems", .warn)) }
        return steps
    }

    private var beginnings: [TodayView.Step] {
        let channels = visit.hub.channels.directory.surroundings.channels.values.filter { $0.state != .removed }
        var steps: [TodayView.Step] = []
        if !channels.contains(where: { $0.kind == .shop }) { steps.append(step("shop", [:], TodayLinks.newChannel, .going)) }
        if !channels.contains(where: { $0.kind == .courier }) { steps.append(step("courier", [:], TodayLinks.newChannel, .going)) }
        return steps
    }

    private func name(_ id: ChannelID) -> String { visit.hub.channels.directory.channel(id)?.name ?? "\(id)" }
}

/// The first day: three ways to begin.
struct TodayBeginning {
    let visit: Visit

    var list: [TodayView.Beginning] {
        [("store", TodayLinks.newChannel), ("file", TodayLinks.files), ("people", TodayLinks.people)].map { key, address in
            .init(heading: visit.words("today.begin.\(key).heading"), sentence: visit.words("today.begin.\(key).sentence"), address: address, action: visit.words("today.begin.\(key).action"), isDone: false)
        }
    }
}
