import Documents
import Domain
import Foundation
import Hub

/// One import: what the file is, what its columns mean, what is wrong in it, what will become or became of its orders.
struct FilesImportView: Sendable {
    struct Part: Sendable { var standing: FilesStandingView }
    struct Tile: Sendable { var name: String, value: String, tone: String, link: String }
    struct Known: Sendable { var number: String, url: String }

    var id: String, name: String, channel: String, kind: String, state: StateWord, sent: String
    var standing: FilesStandingView?, failure: FileFaultView?, isInterrupted: Bool
    var needsMapping: Bool, missing: String, mapping: MappingView?
    var tiles: [Tile], hasResult: Bool
    var problems: ProblemsView?
    var known: [Known], hasKnown: Bool, knownSummary: String
    var canCommit: Bool, commitLabel: String, commitHint: String?, canDiscard: Bool, isCommitted: Bool, doneSummary: String, ordersURL: String, canGoOn: Bool, hasRejected: Bool, rejectedURL: String
    var canWrite: Bool, isGone: Bool, corrections: String?

    init(_ visit: Visit, _ report: ImportReport, look: FileLook?, options: ImportOptions, problems page: ProblemPage, chosen: ChosenProblems, seesCells: Bool) {
        let words = visit.words
        func count(_ value: Int) -> String { PageWords.grouped("\(value)") }
        id = report.id
        name = report.fileName
        channel = visit.hub.channels.directory.channel(report.channel)?.name ?? "\(report.channel)"
        kind = report.kind == "xlsx" ? words("files.kind.xlsx", ["sheet": report.sheet ?? ""]) : words("files.kind.csv", ["encoding": report.encoding ?? ""])
        state = FilesRow.state(report, words)
        sent = words("files.sent", ["name": report.sentBy ?? "–", "time": visit.time(report.createdAt).full])
        let isRunning = report.state == .running, isKept = report.isKept == true
        standing = isRunning ? FilesStandingView(visit, report) : nil
        failure = report.failure.map { FileFaultView(code: $0.code, message: $0.message, words) }
        isInterrupted = report.state == .interrupted
        canWrite = visit.caller.may(.filesWrite)
        isCommitted = report.state == .committed
        needsMapping = report.state == .needsMapping
        missing = report.missingColumns.map { words("files.columns.\($0.rawValue)") }.joined(separator: ", ")
        let isOpen = isKept && !isRunning && !isCommitted
        mapping = isOpen && report.failure == nil ? look.map { MappingView($0, report, options, words, seesCells: seesCells, canWrite: visit.caller.may(.filesWrite)) } : nil
        hasResult = report.state == .preview || isCommitted
        let new = report.good - report.duplicates.total, flagged = page.flags
        tiles = [
            Tile(name: words("files.tiles.orders"), value: count(report.orders), tone: "", link: "#result"), Tile(name: words("files.tiles.new"), value: count(new), tone: "", link: "#result"),
            Tile(name: words("files.tiles.changed"), value: count(report.duplicates.changed), tone: "", link: "#known"), Tile(name: words("files.tiles.same"), value: count(report.duplicates.same), tone: "", link: "#known"),
            Tile(name: words("files.tiles.rejected"), value: count(report.rejected), tone: report.rejected > 0 ? "bad" : "", link: "#problems"),
            Tile(name: words("files.tiles.flagged"), value: count(flagged), tone: flagged > 0 ? "warn" : "", link: "#problems"),
        ]
        problems = hasResult && !report.problemCounts.isEmpty ? ProblemsView(page, report, options, visit, chosen, seesCells: seesCells, canCorrect: isOpen && visit.caller.may(.filesWrite) && seesCells) : nil
        known = report.duplicates.numbers.map { Known(number: $0, url: "/orders?search=\($0.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")") }
        hasKnown = hasResult && !known.isEmpty
        knownSummary = words("files.known.summary", ["same": count(report.duplicates.same), "changed": count(report.duplicates.changed)])
        let toTake = new + report.duplicates.changed
        canCommit = isOpen && canWrite && (report.state == .preview && toTake > 0 || isInterrupted || (report.state == .failed && report.isCommit == true))
        commitLabel = report.state == .preview ? words.counted("files.commit.do", toTake) : words("files.commit.goOn")
        commitHint = report.state != .preview ? nil : toTake == 0 ? words(report.orders == report.duplicates.same ? "files.commit.allKnown" : "files.commit.none")
            : report.rejected > 0 ? words.counted("files.commit.leaves", report.rejected) : nil
        canDiscard = isOpen && canWrite
        doneSummary = isCommitted ? words.counted("files.done", report.taken, ["same": count(report.duplicates.same), "rejected": count(report.rejected), "name": report.committedBy ?? "–", "time": report.committedAt.map { visit.time($0).full } ?? ""]) : ""
        ordersURL = "/orders?channel=\(report.channel)"
        canGoOn = isCommitted && isKept && canWrite && report.rejected > 0
        hasRejected = hasResult && report.rejected > 0 && seesCells
        rejectedURL = "/api/v1/imports/\(report.id)/rejected"
        isGone = !isKept && !isRunning && !isCommitted
        corrections = report.corrections.map { words.counted("files.corrections", $0) }
    }
}

/// Each column of the file with its first cells and what it means.
struct MappingView: Sendable {
    struct Column: Sendable { var letter: String, header: String, samples: [String], guess: StateWord?, choices: [Group], isRead: Bool }
    struct Group: Sendable { var title: String, choices: [Choice] }
    struct Choice: Sendable { var value: String, label: String, isChosen: Bool }

    var columns: [Column], sheets: [Choice], hasSheets: Bool, encodings: [Choice], delimiters: [Choice], isText: Bool, sheet: String, encoding: String, delimiter: String, isRemembered: Bool, isOpen: Bool
    var canWrite: Bool

    init(_ look: FileLook, _ report: ImportReport, _ options: ImportOptions, _ words: Words, seesCells: Bool, canWrite: Bool) {
        let byLetter = Dictionary(report.mapping.map { ($0.letter, $0) }, uniquingKeysWith: { first, _ in first })
        columns = look.headers.enumerated().map { index, header in
            let own = byLetter[header.letter]
            let samples = look.rows.compactMap { index < $0.count && !$0[index].isEmpty ? $0[index] : nil }.prefix(3).map { seesCells ? $0 : "•••" }
            let guess: StateWord? = own.flatMap { $0.confidence == "exact" ? nil : StateWord(word: words("files.mapping.\($0.confidence)"), tone: "warn") }
            return Column(letter: header.letter, header: header.text, samples: samples, guess: guess, choices: Self.groups(own?.column, words), isRead: own != nil)
        }
        self.canWrite = canWrite
        sheet = report.sheet ?? ""
        encoding = report.encoding ?? ""
        delimiter = report.delimiter.flatMap { CSVFormat.Delimiter(rawValue: $0) }?.title ?? ""
        let (sheet, encoding, delimiter) = (sheet, encoding, delimiter)
        sheets = look.sheets.map { Choice(value: $0, label: $0, isChosen: $0 == sheet) }
        hasSheets = sheets.count > 1
        isText = report.kind == "csv"
        encodings = TextEncoding.allCases.map { Choice(value: $0.rawValue, label: $0.title, isChosen: $0.rawValue == encoding) }
        delimiters = CSVFormat.Delimiter.allCases.map { Choice(value: $0.title, label: words("files.delimiters.\($0.title)"), isChosen: $0.title == delimiter) }
        isRemembered = report.isMappingRemembered
        isOpen = report.state == .needsMapping || columns.contains { $0.guess != nil }
    }

    private static let sections: [(name: String, columns: [OrderColumn])] = [
        ("order", [.orderNumber, .placedAt, .note, .tags, .shipBy, .externalLineID]),
        ("recipient", [.shipToName, .shipToSurname, .shipToCompany, .shipToPhone, .shipToLine1, .shipToLine2, .shipToSubdistrict, .shipToDistrict, .shipToCity, .shipToProvince, .shipToPostcode, .shipToCountry]),
        ("goods", [.sku, .title, .variant, .quantity, .unitPrice, .lineDiscount, .lineTotal, .weightGrams, .weightKilograms]),
        ("money", [.grandTotal, .shippingFee, .orderDiscount, .tax, .currency, .paymentMethod, .paymentState, .codAmount, .shippingMethod, .courier]),
        ("buyer", [.buyerName, .buyerEmail, .buyerPhone]),
        ("invoice", [.billToName, .billToCompany, .billToTaxID, .billToPhone, .billToLine1, .billToLine2, .billToCity, .billToProvince, .billToPostcode, .billToCountry]),
    ]

    private static func groups(_ chosen: OrderColumn?, _ words: Words) -> [Group] {
        sections.map { section in
            Group(title: words("files.sections.\(section.name)"), choices: section.columns.map { Choice(value: $0.rawValue, label: words("files.columns.\($0.rawValue)"), isChosen: $0 == chosen) })
        }
    }
}

/// Which of an import's problems are looked at.
enum ProblemKind: String, CaseIterable, Sendable {
    case rejections, flags, all
    var isRejection: Bool? { switch self { case .rejections: true; case .flags: false; case .all: nil } }
}

struct ChosenProblems: Sendable { var kind: ProblemKind, code: String?, page: Int }

/// A page of problems in place, with fields to correct them.
struct ProblemsView: Sendable {
    struct Row: Sendable {
        var row: String, order: String?, cell: String?, column: String?, value: String, isEditable: Bool, what: String, fix: String?, detail: String?, state: StateWord, isCorrected: Bool, label: String
    }
    struct Filter: Sendable { var label: String, count: String, url: String, isChosen: Bool }
    /// Their sentences carry numbers or rows that no other words can stand for.
    private static let telling: Set<String> = ["order_values_disagree", "total_mismatch", "line_total_mismatch", "price_not_divisible", "cod_exceeds_total", "cod_contradicts", "order_too_many_lines"]

    var kinds: [Filter], rows: [Row], filters: [Filter], hasFilters: Bool, summary: String, previous: String?, next: String?, place: String, canCorrect: Bool, hidesCells: Bool, isCut: Bool

    init(_ page: ProblemPage, _ report: ImportReport, _ options: ImportOptions, _ visit: Visit, _ chosen: ChosenProblems, seesCells: Bool, canCorrect: Bool) {
        let words = visit.words, path = "/files/\(report.id)"
        func url(_ kind: ProblemKind, _ code: String?, _ page: Int) -> String {
            let parts = ["show=\(kind.rawValue)", code.map { "code=\($0)" }, page > 1 ? "page=\(page)" : nil].compactMap(\.self)
            return path + "?" + parts.joined(separator: "&") + "#problems"
        }
        let counts: [ProblemKind: Int] = [.rejections: page.rejections, .flags: page.flags, .all: page.rejections + page.flags]
        kinds = page.rejections == 0 || page.flags == 0 ? [] : ProblemKind.allCases.map { kind in
            Filter(label: words("files.problems.kinds.\(kind.rawValue)"), count: PageWords.grouped("\(counts[kind] ?? 0)"), url: url(kind, nil, 1), isChosen: kind == chosen.kind && chosen.code == nil)
        }
        var seen: Set<String> = []
        rows = page.problems.map { listed in
            let problem = listed.problem, said = Flag(code: problem.code, message: problem.message).shown(isMasked: !seesCells), fault = FileFaultView(code: said.code, message: said.message, words)
            // A cell with two problems is corrected once.
            let isFirst = problem.cell.map { seen.insert($0).inserted } ?? false
            return Row(
                row: "\(problem.row)", order: problem.order, cell: problem.cell, column: problem.column.map { words("files.columns.\($0.rawValue)") },
                value: seesCells ? listed.value ?? "" : listed.value == nil ? "" : "•••", isEditable: canCorrect && isFirst, what: fault.what, fix: fault.fix ?? problem.remedy,
                detail: Self.telling.contains(problem.code) && seesCells ? problem.message : nil,
                state: problem.isRejection ? StateWord(word: words("files.problems.rejects"), tone: "bad") : StateWord(word: words("files.problems.flags"), tone: "warn"),
                isCorrected: problem.cell.map { options.corrections[$0] != nil } ?? false, label: words("files.problems.cellLabel", ["cell": problem.cell ?? "", "what": fault.what]))
        }
        filters = report.problemCounts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { key, value in
            Filter(label: FileFaultView(code: key, message: key, words).what, count: PageWords.grouped("\(value)"), url: url(.all, key, 1), isChosen: key == chosen.code)
        }
        hasFilters = filters.count > 1
        let pages = max(1, (page.total + FilesPages.problemsLimit - 1) / FilesPages.problemsLimit)
        summary = words.counted("files.problems.summary", report.problemCounts.values.reduce(0, +))
        previous = chosen.page > 1 ? url(chosen.kind, chosen.code, min(chosen.page, pages + 1) - 1) : nil
        next = chosen.page < pages ? url(chosen.kind, chosen.code, chosen.page + 1) : nil
        place = words("files.problems.page", ["page": "\(min(chosen.page, pages))", "pages": PageWords.grouped("\(pages)")])
        self.canCorrect = canCorrect && rows.contains(where: \.isEditable)
        hidesCells = !seesCells
        isCut = page.rejections + page.flags == 0
    }
}
