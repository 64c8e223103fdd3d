import Connect
import Documents
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// Files of orders: sent, looked at, corrected, taken in; and what became of earlier ones.
struct FilesPages {
    let console: Console
    static let historyLimit = 20, problemsLimit = 50

    func add(to pages: RouterGroup<AppContext>) {
        pages.get("files", use: console.page(start))
        pages.post("files", use: console.page(upload))
        pages.post("files/channels", use: console.page(makeChannel))
        pages.get("files/:id", use: console.page(show))
        pages.get("files/:id/standing", use: console.page(standing))
        pages.post("files/:id/mapping", use: console.page(map))
        pages.post("files/:id/corrections", use: console.page(correct))
        pages.post("files/:id/commit", use: console.page(commit))
        pages.post("files/:id/again", use: console.page(again))
        pages.post("files/:id/discard", use: console.page(discard))
    }

    // MARK: sending

    @Sendable private func start(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        return try await start(visit, fault: nil)
    }

    private func start(_ visit: Visit, fault: FileFaultView?, channel: ChannelID? = nil, status: HTTPResponse.Status = .ok) async throws -> Response {
        let query = try visit.request.query
        let before = visit.request.method == .get ? query["before"].flatMap { APIRead.whole($0) } : nil, chosen = channel ?? query["channel"].flatMap { APIRead.whole($0) }.map { ChannelID($0) }
        let store = try FileImporter(hub: visit.hub).store, reports = try await store.history(of: nil, before: before, limit: Self.historyLimit + 1)
        let view = FilesStartView(visit, reports: Array(reports.prefix(Self.historyLimit)), hasMore: reports.count > Self.historyLimit, isFirst: before == nil, chosen: chosen, fault: fault)
        return try visit.page("files-start", title: visit.words("files.title"), at: .files, view, scripts: ["files.js"], styles: ["files.css"], status: status)
    }

    @Sendable private func upload(_ visit: Visit) async throws -> Response {
        try visit.require(.filesWrite)
        let importer = try FileImporter(hub: visit.hub)
        do {
            importer.store.sweep()
            guard let upload = try await FilesUpload(visit: visit).take() else {
                return try await start(visit, fault: FileFaultView(visit.words("files.faults.noFile"), nil), status: .unprocessableContent)
            }
            let place: ImportDesk.Place
            do { place = try ImportRoutes.enter(importer) } catch {
                try? FileManager.default.removeItem(atPath: upload.path)      // scrap; what stays behind is swept
                throw error
            }
            do {
                let report = try await importer.keep(upload.path, fileName: upload.fileName, channel: upload.channel, options: ImportOptions(), by: visit.caller.actor, place: place)
                return visit.redirect("/files/\(report.id)")
            } catch {
                visit.hub.imports.leave(place)
                try? FileManager.default.removeItem(atPath: upload.path)      // scrap; what stays behind is swept
                throw error
            }
        } catch is CancellationError { throw CancellationError() } catch {
            let problem = APIProblem(error)
            guard problem.status != .forbidden, problem.status.code < 500 || problem.status == .serviceUnavailable else { throw error }
            return try await start(visit, fault: FileFaultView(code: problem.code, message: problem.detail, visit.words), status: problem.status)
        }
    }

    /// A channel for files, on the spot.
    @Sendable private func makeChannel(_ visit: Visit) async throws -> Response {
        try visit.require(.channelsWrite)
        let form = try await visit.form()
        guard let platform = visit.hub.channels.registry.descriptors.first(where: { $0.kind == .file }) else { throw APIProblem(.unprocessableContent, "no_platform", visit.words("files.faults.noPlatform")) }
        var settings: [String: String] = [:]
        for key in ["currency", "country", "timeZone"] where platform.settings.contains(where: { $0.key == key }) { settings[key] = form.text(key)?.trimmingCharacters(in: .whitespaces) }
        do {
            let channel = try await visit.hub.channels.add(platform: platform.platform, name: form.text("name") ?? "", settings: settings, by: visit.caller.name, auditedBy: visit.caller.actor)
            return visit.redirect("/files?channel=\(channel.id)", notice: visit.words("files.channel.made", ["name": channel.name]))
        } catch let fault as ChannelFault {
            return try await start(visit, fault: FileFaultView(code: fault.code, message: fault.sentence, visit.words), status: .unprocessableContent)
        } catch let fault as ConnectorError {
            return try await start(visit, fault: FileFaultView(code: fault.code, message: fault.sentence, visit.words), status: .unprocessableContent)
        }
    }

    // MARK: one import

    private func id(_ visit: Visit) throws -> Int64 {
        guard let text = visit.context.parameters.get("id"), let id = APIRead.whole(text), id > 0 else { throw APIProblem(.notFound, "unknown_import", visit.words("files.faults.unknown")) }
        return id
    }

    private func report(_ id: Int64, _ visit: Visit) async throws -> ImportReport {
        do { return try await FileImporter(hub: visit.hub).store.report(id) } catch ImportFault.unknownImport { throw APIProblem(.notFound, "unknown_import", visit.words("files.faults.unknown")) }
    }

    @Sendable private func show(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let id = try id(visit), report = try await report(id, visit), store = try FileImporter(hub: visit.hub).store, query = try visit.request.query
        let code = query["code"], page = max(1, query["page"].flatMap { APIRead.whole($0) }.flatMap { $0 < 1_000_000 ? Int($0) : nil } ?? 1)
        let seesCells = visit.caller.may(.buyersRead), isEnded = report.state != .running
        let kind = query["show"].flatMap { ProblemKind(rawValue: $0) } ?? (report.rejected > 0 && code == nil ? .rejections : .all)
        let problems = isEnded ? try await FileImporter.blocking { try store.problems(id, code: code, isRejection: kind.isRejection, from: (page - 1) * Self.problemsLimit, limit: Self.problemsLimit) } : .empty
        let look = isEnded && report.isKept == true ? try await FileImporter.blocking { try store.look(id) } : nil
        let options = try await store.options(id)
        let view = FilesImportView(visit, report, look: look, options: options, problems: problems, chosen: ChosenProblems(kind: kind, code: code, page: page), seesCells: seesCells)
        return try visit.page("files-import", title: report.fileName, at: .files, view, scripts: ["files.js"], styles: ["files.css"])
    }

    /// How an import stands; the page asks again until it has ended, and then for itself.
    @Sendable private func standing(_ visit: Visit) async throws -> Response {
        try visit.require(.ordersRead)
        let report = try await report(try id(visit), visit)
        guard report.state == .running else {
            var response = Response(status: .noContent)
            response.headers[.init("HX-Refresh")!] = "true"      // a literal: a valid name
            return response
        }
        return try visit.fragment("files-standing", FilesImportView.Part(standing: FilesStandingView(visit, report)))
    }

    private func act(_ visit: Visit, _ work: (Int64, FileImporter) async throws -> ImportReport) async throws -> Response {
        try visit.require(.filesWrite)
        let id = try id(visit)
        do {
            let report = try await work(id, FileImporter(hub: visit.hub))
            return visit.redirect("/files/\(report.id)")
        } catch ImportFault.unknownImport { throw APIProblem(.notFound, "unknown_import", visit.words("files.faults.unknown")) } catch let fault as ImportFault {
            let view = FileFaultView(code: fault.code, message: fault.sentence, visit.words)
            return visit.redirect("/files/\(id)", notice: [view.what, view.fix].compactMap(\.self).joined(separator: " "), tone: .bad)
        }
    }

    /// Every column of the file with its meaning, as the form's selects say; what is not chosen is not read.
    @Sendable private func map(_ visit: Visit) async throws -> Response {
        let form = try await visit.form()
        return try await act(visit) { id, importer in
            try await importer.check(id, changing: { options in
                var mapping: [OrderColumn: String?] = [:]
                let isOtherSheet = form["sheet"].map { !$0.isEmpty && $0 != form["wasSheet"] } ?? false, isOtherText = form["encoding"] != form["wasEncoding"] || form["delimiter"] != form["wasDelimiter"]
                if let sheet = form.text("sheet"), sheet.unicodeScalars.count <= ImportRoutes.maximumSheetName { options.sheet = sheet }
                if let word = form.text("encoding") { options.encoding = TextEncoding(rawValue: word) }
                if let word = form.text("delimiter") { options.delimiter = CSVFormat.Delimiter.allCases.first { $0.title == word } }
                // Another table has other columns: they are guessed anew, and cells of the old one mean nothing.
                if isOtherSheet || isOtherText {
                    options.mapping = [:]
                    options.corrections = [:]
                    return
                }
                for column in OrderColumn.allCases { mapping[column] = .some(nil) }
                for name in form.names where name.hasPrefix("column-") {
                    guard let word = form[name], let column = OrderColumn(rawValue: word) else { continue }
                    mapping[column] = .some("$" + name.dropFirst("column-".count))
                }
                options.mapping = mapping
            }, by: visit.caller.actor)
        }
    }

    @Sendable private func correct(_ visit: Visit) async throws -> Response {
        try visit.require(.buyersRead)
        let form = try await visit.form()
        return try await act(visit) { id, importer in
            try await importer.check(id, changing: { options in
                for name in form.names where name.hasPrefix("cell-") {
                    let cell = String(name.dropFirst("cell-".count)), text = form[name] ?? ""
                    if text != form["was-" + cell] { try options.correct(cell, to: text) }
                }
                if form["reset"] != nil { options.corrections = [:] }
            }, by: visit.caller.actor)
        }
    }

    @Sendable private func commit(_ visit: Visit) async throws -> Response {
        _ = try await visit.form()
        return try await act(visit) { id, importer in try await importer.commit(id, by: visit.caller.actor) }
    }

    @Sendable private func again(_ visit: Visit) async throws -> Response {
        _ = try await visit.form()
        return try await act(visit) { id, importer in try await importer.again(id, by: visit.caller.actor) }
    }

    @Sendable private func discard(_ visit: Visit) async throws -> Response {
        _ = try await visit.form()
        try visit.require(.filesWrite)
        let id = try id(visit)
        do { try await FileImporter(hub: visit.hub).discard(id) } catch let fault as ImportFault {
            return visit.redirect("/files/\(id)", notice: FileFaultView(code: fault.code, message: fault.sentence, visit.words).what, tone: .bad)
        }
        return visit.redirect("/files", notice: visit.words("files.discarded"))
    }
}
