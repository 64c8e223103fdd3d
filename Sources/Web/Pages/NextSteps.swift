import Connect
import Domain
import Hub

/// What a person should do next, most urgent first, each with the command that does it.
struct NextSteps {
    let overview: Overview
    /// Orders that a platform has and the hub has not.
    let missing: [ChannelID: Int]
    static let most = 6

    var steps: [ConsolePage.Step] { Array((troubles + beginnings + usual).prefix(Self.most)) }

    private var troubles: [ConsolePage.Step] {
        var steps: [ConsolePage.Step] = []
        for line in overview.channels where line.broken != nil || line.channel.state == .parked {
            steps.append(.init(sentence: "\(line.channel.name) does not work. Ask its platform why:", command: "crossdock channel check \(PageWords.shell(line.channel.name))"))
        }
        let dead = overview.destinations.map(\.dead).reduce(0, +)
        if dead > 0 { steps.append(.init(sentence: "\(Self.count(dead, "dead letter")): see their causes, mend, send them again:", command: "crossdock dead-letters groups")) }
        for line in overview.channels {
            guard let gap = missing[line.channel.id], gap > 0 else { continue }
            steps.append(.init(sentence: "\(line.channel.name) has \(Self.count(gap, "order")) that are not here. Take them in:", command: "crossdock channel sync \(PageWords.shell(line.channel.name))"))
        }
        if !overview.problems.isEmpty { steps.append(.init(sentence: "Close a problem that is dealt with:", command: "crossdock problems resolve ID")) }
        let waiting = overview.workflow[Workflow.awaitingConfirmation.rawValue] ?? 0
        if waiting > 0 {
            steps.append(.init(sentence: "\(Self.count(waiting, "order")) to confirm. List, then approve:", command: "crossdock orders list --workflow awaitingConfirmation"))
        }
        return steps
    }

    private var beginnings: [ConsolePage.Step] {
        var steps: [ConsolePage.Step] = []
        if !overview.channels.contains(where: { $0.channel.kind == .shop }) {
            steps.append(.init(sentence: "Connect a shop. What a platform needs to be told:", command: "crossdock channel settings shopify"))
            steps.append(.init(sentence: "Then:", command: "crossdock channel add shopify 'My store' --set shop=…"))
        }
        if !overview.channels.contains(where: { $0.channel.kind == .courier }) {
            steps.append(.init(sentence: "Connect a courier, so that approved orders are booked:", command: "crossdock channel add courier Courier --set url=…"))
        }
        return steps
    }

    private var usual: [ConsolePage.Step] {
        let files = overview.channels.first { $0.channel.kind == .file }?.channel.name
        let file: ConsolePage.Step = if let files {
            .init(sentence: "Take in a file of orders:", command: "crossdock import orders FILE.xlsx --channel \(PageWords.shell(files)) --dry-run")
        } else {
            .init(sentence: "Take orders from Excel and CSV files:", command: "crossdock channel add file 'Excel orders'")
        }
        return [file, .init(sentence: "Check everything:", command: "crossdock doctor")]
    }

    private static func count(_ count: Int, _ thing: String) -> String { "\(PageWords.grouped("\(count)")) \(thing)\(count == 1 ? "" : "s")" }
}
