import Connect
import Domain
import Hub

/// Why a file was not taken: in the reader's language where the code is known, else in the hub's own words.
struct FileFaultView: Sendable {
    var what: String, fix: String?

    init(_ what: String, _ fix: String?) { self.what = what; self.fix = fix }

    init(code: String, message: String, _ words: Words) {
        guard words.has("files.codes.\(code).what") else { self.init(words.said(message), nil); return }
        self.init(words("files.codes.\(code).what"), words("files.codes.\(code).fix"))
    }
}

/// An import as lists show it.
struct FilesRow: Sendable {
    var name: String, url: String, channel: String, state: StateWord, by: String?, at: PageTime, orders: String, taken: String, rejected: String, hasRejected: Bool, rejectedURL: String

    init(_ report: ImportReport, _ visit: Visit) {
        name = report.fileName
        url = "/files/\(report.id)"
        channel = visit.hub.channels.directory.channel(report.channel)?.name ?? "\(report.channel)"
        state = Self.state(report, visit.words)
        by = report.committedBy ?? report.sentBy
        at = visit.time(report.committedAt ?? report.createdAt)
        orders = PageWords.grouped("\(report.orders)")
        taken = report.state == .committed ? PageWords.grouped("\(report.taken)") : ""
        rejected = report.rejected == 0 ? "" : PageWords.grouped("\(report.rejected)")
        hasRejected = report.rejected > 0 && report.state == .committed && visit.caller.may(.buyersRead)
        rejectedURL = "/api/v1/imports/\(report.id)/rejected"
    }

    static func state(_ report: ImportReport, _ words: Words) -> StateWord {
        let tone = switch report.state {
        case .committed: report.rejected > 0 ? "warn" : "good"
        case .running: "going"
        case .preview: "warn"
        case .needsMapping, .interrupted: "warn"
        case .failed: "bad"
        }
        return StateWord(word: words("files.state.\(report.state.rawValue)"), tone: tone)
    }
}

/// The page a file is sent from, with what was sent before.
struct FilesStartView: Sendable {
    struct Choice: Sendable { var id: String, name: String, isChosen: Bool }

    var channels: [Choice], hasChannels: Bool, canWrite: Bool, canMakeChannel: Bool, opensChannelForm: Bool, fault: FileFaultView?
    var history: [FilesRow], hasHistory: Bool, next: String?, isFirst: Bool, language: String, zone: String, currency: String, country: String

    init(_ visit: Visit, reports: [ImportReport], hasMore: Bool, isFirst: Bool, chosen: ChannelID?, fault: FileFaultView?) {
        let all = visit.hub.channels.directory.surroundings.channels.values.filter { $0.kind == .file && $0.state != .removed }.sorted { $0.name < $1.name }
        // Whoever sent a file lately most likely sends one for the same channel.
        let first = chosen ?? reports.first { report in all.contains { $0.id == report.channel } }?.channel ?? all.first?.id
        channels = all.map { Choice(id: "\($0.id)", name: $0.name, isChosen: $0.id == first) }
        hasChannels = !channels.isEmpty
        canWrite = visit.caller.may(.filesWrite)
        canMakeChannel = visit.caller.may(.channelsWrite)
        opensChannelForm = !hasChannels && canMakeChannel
        self.fault = fault
        history = reports.map { FilesRow($0, visit) }
        hasHistory = !history.isEmpty
        next = hasMore ? reports.last.map { "/files?before=\($0.id)" } : nil
        self.isFirst = isFirst
        language = visit.words.language.rawValue
        let isChilean = visit.caller.zone == "America/Santiago"
        zone = visit.caller.zone == "UTC" ? "Asia/Bangkok" : visit.caller.zone
        currency = isChilean ? "CLP" : "THB"
        country = isChilean ? "CL" : "TH"
    }
}

/// How far an import has come.
struct FilesStandingView: Sendable {
    var url: String, words: String, percent: Int, isCommit: Bool

    init(_ visit: Visit, _ report: ImportReport) {
        url = "/files/\(report.id)/standing"
        isCommit = report.isCommit == true
        let progress = report.progress
        percent = Int((progress?.fraction ?? 0) * 100)
        words = switch progress?.stage {
        case .taking: visit.words(isCommit ? "files.progress.taking" : "files.progress.checking", ["done": PageWords.grouped("\(progress?.rowsDone ?? 0)"), "total": PageWords.grouped("\(progress?.rowsTotal ?? 0)")])
        default: visit.words("files.progress.reading", ["done": PageWords.grouped("\(progress?.rowsRead ?? 0)")])
        }
    }
}
