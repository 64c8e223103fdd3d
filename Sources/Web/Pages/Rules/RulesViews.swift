import Domain
import Foundation
import Hub

/// One version as lists show it.
struct RulesVersionRow: Sendable {
    var number: Int, url: String, state: StateWord, by: String, at: PageTime, from: PageTime, remark: String?, withdrawURL: String, isScheduled: Bool, isPast: Bool

    init(_ version: RuleSetVersion, _ visit: Visit, _ channel: Channel) {
        number = version.version
        url = "/rules/\(channel.id)/versions/\(version.version)"
        let tone = switch version.standing { case .inForce: "good"; case .scheduled: "going"; case .past, .withdrawn: "off" }
        state = StateWord(word: visit.words("rules.standing.\(version.standing.rawValue)"), tone: tone)
        by = version.appliedBy
        at = visit.time(version.appliedAt)
        from = visit.time(version.effectiveFrom)
        let remarks = [version.note, version.withdrawnBy.map { visit.words("rules.versions.withdrawnBy", ["name": $0]) }].compactMap(\.self)
        remark = remarks.isEmpty ? nil : remarks.joined(separator: " · ")
        withdrawURL = url + "/withdraw"
        isScheduled = version.standing == .scheduled
        isPast = version.standing == .past || version.standing == .withdrawn
    }
}

/// A difference as a table of lines.
struct DifferenceView: Sendable {
    struct Line: Sendable { var mark: String, style: String, old: String, new: String, text: String, spoken: String }
    struct Hunk: Sendable { var lines: [Line] }
    static let maximumLines = 2000

    var hunks: [Hunk], isSame: Bool, summary: String, isCut: Bool

    init(_ difference: TextDifference, _ words: Words) {
        var rest = Self.maximumLines
        hunks = difference.hunks.map { hunk in
            let lines = hunk.prefix(rest).map { line in
                Line(mark: line.kind == .added ? "+" : line.kind == .removed ? "−" : "", style: line.kind.rawValue, old: line.old.map(String.init) ?? "", new: line.new.map(String.init) ?? "",
                     text: line.text, spoken: line.kind == .same ? "" : words("rules.difference.\(line.kind.rawValue)"))
            }
            rest -= lines.count
            return Hunk(lines: Array(lines))
        }
        isCut = rest <= 0
        isSame = difference.isEmpty
        summary = words("rules.difference.summary", ["added": "\(difference.added)", "removed": "\(difference.removed)"])
    }
}

/// Where a text of rules is wrong.
struct RuleFaultView: Sendable {
    var place: String, message: String, line: Int, column: Int, suggestions: String?

    init(_ error: RuleError, _ words: Words) {
        place = words("rules.fault.place", ["line": "\(error.line)", "column": "\(error.column)"])
        message = words.said(error.message)
        line = error.line
        column = error.column
        suggestions = error.suggestions.isEmpty ? nil : words("rules.fault.meant", ["names": error.suggestions.joined(separator: ", ")])
    }
}

/// The editor with its guide.
struct RulesEditorView: Sendable {
    struct Template: Sendable { var id: String, title: String, url: String, text: String }
    struct Group: Sendable { var title: String, fields: [Field] }
    struct Field: Sendable { var name: String, kind: String, help: String, operators: String }

    var id: String, name: String, text: String, basedOn: Int, fault: RuleFaultView?, isFaulty: Bool
    var standing: StateWord, current: String, scheduled: [RulesVersionRow], hasScheduled: Bool
    var canWrite: Bool, canReview: Bool
    var templates: [Template], groups: [Group], versions: [RulesVersionRow], hasVersions: Bool
    var rows: Int

    init(_ visit: Visit, _ channel: Channel, text: String, basedOn: Int, versions: [RuleSetVersion], fault: RuleError?) {
        let words = visit.words
        id = "\(channel.id)"
        name = channel.name
        self.text = text
        self.basedOn = basedOn
        self.fault = fault.map { RuleFaultView($0, words) }
        isFaulty = fault != nil
        let inForce = versions.first { $0.standing == .inForce }
        standing = inForce == nil ? StateWord(word: words("rules.list.none"), tone: "off") : StateWord(word: words("rules.version", ["version": "\(inForce?.version ?? 0)"]), tone: "good")
        current = inForce.map { words("rules.current", ["name": $0.appliedBy, "time": visit.time($0.effectiveFrom).full]) } ?? words("rules.noRules")
        scheduled = versions.filter { $0.standing == .scheduled }.sorted { $0.effectiveFrom < $1.effectiveFrom }.map { RulesVersionRow($0, visit, channel) }
        hasScheduled = !scheduled.isEmpty
        canWrite = visit.caller.may(.rulesWrite)
        canReview = visit.caller.may(.ordersRead)
        templates = RuleTemplate.allCases.map { Template(id: $0.rawValue, title: words("rules.templates.\($0.rawValue).title"), url: "/rules/\(channel.id)?add=\($0.rawValue)", text: $0.text(words)) }
        groups = Self.groups(words)
        self.versions = versions.map { RulesVersionRow($0, visit, channel) }
        hasVersions = !versions.isEmpty
        rows = min(max(text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count + 2, 18), 40)
    }

    private static let order = ["order", "buyer", "shipTo", "billTo", "totals", "payment", "shipping", "lines"]

    private static func groups(_ words: Words) -> [Group] {
        let grouped = Dictionary(grouping: RuleFields.all) { field in
            let parts = field.name.split(separator: ".")
            return parts.count > 1 ? String(parts[0]) : "order"
        }
        return order.map { name in
            Group(title: words("rules.groups.\(name)"), fields: (grouped[name] ?? []).map { field in
                let part = field.name.split(separator: ".").last.map(String.init) ?? field.name
                let path = name == "shipTo" || name == "billTo" ? "rules.fields.address.\(part)" : "rules.fields.\(name).\(part)"
                return Field(name: field.name, kind: words("rules.kinds.\(field.kind.rawValue)"), help: words(path), operators: RuleOperands.operators(of: field.kind).joined(separator: ", "))
            })
        }
    }
}

/// A draft beside what holds, with what it would change.
struct RulesReviewView: Sendable {
    struct Part: Sendable { var rehearsal: RehearsalView }
    struct Choice: Sendable { var value: Int, label: String, isChosen: Bool }

    var id: String, name: String, text: String, basedOn: Int, difference: DifferenceView, rehearsal: RehearsalView
    var choices: [Choice], note: String, from: String, earliest: String, isLater: Bool, fault: String?
    var canWrite: Bool, later: String?, isSame: Bool, zone: String

    init(_ visit: Visit, _ channel: Channel, _ draft: RulesDraft, difference: TextDifference, versions: [RuleSetVersion], rehearsal: Rehearsal, fault: String?) {
        id = "\(channel.id)"
        name = channel.name
        text = draft.text
        basedOn = draft.basedOn ?? 0
        self.difference = DifferenceView(difference, visit.words)
        self.rehearsal = RehearsalView(visit, rehearsal)
        let chosen = draft.last
        choices = [100, 500, 2000, 10_000, 100_000].map { Choice(value: $0, label: visit.words("rules.review.last", ["count": PageWords.grouped("\($0)")]), isChosen: $0 == chosen) }
        note = draft.note ?? ""
        from = draft.from
        earliest = visit.clock.field(visit.now + .seconds(60))
        isLater = draft.isScheduled
        self.fault = fault
        canWrite = visit.caller.may(.rulesWrite)
        let next = versions.filter { $0.standing == .scheduled }.min { $0.effectiveFrom < $1.effectiveFrom }
        later = next.map { visit.words("rules.review.later", ["version": "\($0.version)", "time": visit.time($0.effectiveFrom).full]) }
        isSame = difference.isEmpty
        zone = visit.caller.zone
    }
}

/// How a rehearsal stands or ended.
struct RehearsalView: Sendable {
    struct Move: Sendable { var from: StateWord, to: StateWord, count: String }
    struct Rule: Sendable { var name: String, count: String }
    struct Row: Sendable { var url: String, number: String, from: StateWord, fromMore: String?, to: StateWord, toMore: String?, rule: String?, matched: String? }
    static let shownRows = 200

    var url: String, isRunning: Bool, isFailed: Bool, isDone: Bool, examined: String, total: Int, done: Int, progress: String, summary: String
    var moves: [Move], rules: [Rule], hasRules: Bool, rows: [Row], hasRows: Bool, more: String?, isEmpty: Bool

    init(_ visit: Visit, _ found: Rehearsal) {
        let words = visit.words, report = found.report
        func count(_ number: Int) -> String { PageWords.grouped("\(number)") }
        func outcome(_ outcome: RuleDecision.Outcome) -> StateWord {
            let tone = switch outcome { case .approved: "good"; case .held: "warn"; case .excluded: "bad"; case .undecided: "off" }
            return StateWord(word: words("rules.outcome.\(outcome.rawValue)"), tone: tone)
        }
        url = "/rules/\(found.channel)/rehearsals/\(found.id)"
        isRunning = found.state == .running
        isFailed = found.state == .failed
        isDone = found.state == .done
        examined = count(report.examined)
        total = max(1, found.orders)
        done = report.examined
        progress = words("rules.review.progress", ["done": count(report.examined), "total": count(found.orders)])
        isEmpty = isDone && report.examined == 0
        summary = words.counted("rules.review.summary", report.changed, ["unchanged": count(report.examined - report.changed), "examined": count(report.examined)])
        moves = report.moves.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.compactMap { key, number in
            let ends = key.components(separatedBy: " → ").compactMap(RuleDecision.Outcome.init)
            return ends.count == 2 ? Move(from: outcome(ends[0]), to: outcome(ends[1]), count: count(number)) : nil
        }
        rules = report.decidedBy.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(50).map { Rule(name: $0.key, count: count($0.value)) }
        hasRules = !rules.isEmpty
        rows = report.changes.prefix(Self.shownRows).map { change in
            let (from, to) = Self.differences(change.from, change.to, words)
            return Row(url: "/orders/\(change.id)", number: change.number, from: outcome(change.from.outcome), fromMore: from, to: outcome(change.to.outcome), toMore: to, rule: change.rule,
                       matched: change.matched.isEmpty ? nil : change.matched.map { "\($0.field) = \($0.value)" }.joined(separator: "; "))
        }
        hasRows = !rows.isEmpty
        more = report.changed > rows.count ? words("rules.review.more", ["count": count(report.changed - rows.count)]) : nil
    }

    /// Beside the outcome, what is not the same on both sides.
    private static func differences(_ a: RuleDecision, _ b: RuleDecision, _ words: Words) -> (String?, String?) {
        var from: [String] = [], to: [String] = []
        func note(_ what: String, _ one: String, _ other: String) {
            guard one != other else { return }
            from.append("\(words("rules.what.\(what)")): \(one.isEmpty ? "–" : one)")
            to.append("\(words("rules.what.\(what)")): \(other.isEmpty ? "–" : other)")
        }
        note("reason", a.reason ?? "", b.reason ?? "")
        note("tags", a.tags.joined(separator: ", "), b.tags.joined(separator: ", "))
        note("courier", a.courier ?? "", b.courier ?? "")
        note("service", a.service ?? "", b.service ?? "")
        note("priority", a.priority == 0 ? "" : "\(a.priority)", b.priority == 0 ? "" : "\(b.priority)")
        if a.packages != b.packages { note("packages", "\(max(1, a.packages.count))", "\(max(1, b.packages.count))") }
        return from.isEmpty ? (nil, nil) : (from.joined(separator: " · "), to.joined(separator: " · "))
    }
}

/// Somebody else wrote another version meanwhile.
struct RulesConflictView: Sendable {
    var id: String, name: String, text: String, newest: Int, message: String, theirs: DifferenceView, mine: DifferenceView, theirsURL: String, note: String
    var when: String, from: String

    init(_ visit: Visit, _ channel: Channel, _ draft: RulesDraft, theirs version: RuleSetVersion, before: String) {
        id = "\(channel.id)"
        name = channel.name
        text = draft.text
        newest = version.version
        message = visit.words("rules.conflict.message", ["name": version.appliedBy, "version": "\(version.version)", "time": visit.time(version.appliedAt).full])
        theirs = DifferenceView(TextDifference(from: before, to: version.text), visit.words)
        mine = DifferenceView(TextDifference(from: version.text, to: draft.text), visit.words)
        theirsURL = "/rules/\(channel.id)/versions/\(version.version)"
        note = draft.note ?? ""
        when = draft.isScheduled ? "later" : "now"
        from = draft.from
    }
}

/// One version and how it differs from another.
struct RulesVersionView: Sendable {
    struct Choice: Sendable { var value: Int, label: String, isChosen: Bool }
    var id: String, name: String, row: RulesVersionRow, text: String, difference: DifferenceView, choices: [Choice], canWrite: Bool, isHolding: Bool, canRollBack: Bool
    var basedOn: Int, note: String, heading: String

    init(_ visit: Visit, _ channel: Channel, _ version: RuleSetVersion, with: Int, difference: TextDifference, versions: [RuleSetVersion]) {
        let words = visit.words
        id = "\(channel.id)"
        name = channel.name
        row = RulesVersionRow(version, visit, channel)
        text = version.text
        self.difference = DifferenceView(difference, words)
        choices = [Choice(value: 0, label: words("rules.versions.nothing"), isChosen: with == 0)]
            + versions.filter { $0.version != version.version }.map { Choice(value: $0.version, label: words("rules.version", ["version": "\($0.version)"]), isChosen: $0.version == with) }
        canWrite = visit.caller.may(.rulesWrite)
        isHolding = version.standing == .inForce
        canRollBack = canWrite && !isHolding && version.standing != .scheduled
        basedOn = versions.first?.version ?? 0
        note = words("rules.versions.backNote", ["version": "\(version.version)"])
        heading = words("rules.version", ["version": "\(version.version)"])
    }
}
