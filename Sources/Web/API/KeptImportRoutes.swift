import Documents
import Foundation
import HTTPTypes
import Hub
import Hummingbird

/// Files that stay with the hub while a person looks at them: the top of the file, the problems by the page, corrections, the taking of the orders.
struct KeptImportRoutes {
    static let maximumProblems = 200

    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("imports", use: history)
        api.patch("imports/:id", use: change)
        api.delete("imports/:id", use: discard)
        api.post("imports/:id/commit", use: commit)
        api.post("imports/:id/again", use: again)
        api.get("imports/:id/look", use: look)
        api.get("imports/:id/problems", use: problems)
    }

    static func id(_ context: AppContext) throws -> Int64 {
        guard let id = APIRead.whole(try APIRead.part(context, what: "import")), id > 0 else { throw APIProblem.notFound("import") }
        return id
    }

    private var importer: FileImporter { get throws { try FileImporter(hub: hub) } }

    static func problem(_ fault: ImportFault) -> APIProblem {
        switch fault {
        case .unknownImport: APIProblem.notFound("import")
        case .running: APIProblem(.conflict, fault.code, fault.sentence, retryAfterSeconds: 1)
        case .committed, .notKept: APIProblem(.conflict, fault.code, fault.sentence)
        case .tooManyRunning: APIProblem(.serviceUnavailable, fault.code, fault.sentence, retryAfterSeconds: 15)
        default: APIProblem(fault)
        }
    }

    private func answer(_ status: HTTPResponse.Status = .accepted, _ work: () async throws -> ImportReport) async throws -> Response {
        do {
            let report = try await work()
            var response = try APIWrite.json(report, status: report.state == .running ? status : .ok)
            response.headers[.location] = "/api/v1/imports/\(report.id)"
            return response
        } catch let fault as ImportFault { throw Self.problem(fault) }
    }

    @Sendable private func history(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        return try await ImportRoutes.page(request, of: nil, hub, isMasked: !context.maySeeBuyers)
    }

    /// Each member is left as it is when it is not given; null takes back what was said.
    struct Change: Decodable {
        var sheet: String??, encoding: String??, delimiter: String??, mapping: [String: String?]?, corrections: [String: String?]?

        init(from decoder: any Decoder) throws {
            let c = try decoder.container(keyedBy: Key.self)
            func said(_ key: Key) throws -> String?? { c.contains(key) ? .some(try c.decodeIfPresent(String.self, forKey: key)) : nil }
            sheet = try said(.sheet)
            encoding = try said(.encoding)
            delimiter = try said(.delimiter)
            mapping = try c.decodeIfPresent([String: String?].self, forKey: .mapping)
            corrections = try c.decodeIfPresent([String: String?].self, forKey: .corrections)
        }
        private enum Key: CodingKey { case sheet, encoding, delimiter, mapping, corrections }

        func apply(to options: inout ImportOptions) throws {
            if let sheet {
                guard sheet?.unicodeScalars.count ?? 0 <= ImportRoutes.maximumSheetName else { throw APIRead.invalid("sheet", "a text of at most \(ImportRoutes.maximumSheetName) characters") }
                options.sheet = sheet
            }
            if let encoding { options.encoding = try encoding.map(ImportRoutes.encoding) }
            if let delimiter { options.delimiter = try delimiter.map(ImportRoutes.delimiter) }
            if let mapping { options.mapping = try ImportRoutes.mapping(mapping) }
            for (cell, text) in corrections ?? [:] { try options.correct(cell, to: text) }
        }
    }

    @Sendable private func change(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.filesWrite)
        let id = try Self.id(context), change = try await APIRead.body(Change.self, request), importer = try importer
        return try await answer { try await importer.check(id, changing: { try change.apply(to: &$0) }, by: caller.actor) }
    }

    @Sendable private func commit(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.filesWrite)
        let id = try Self.id(context), importer = try importer
        return try await answer { try await importer.commit(id, by: caller.actor) }
    }

    @Sendable private func again(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.filesWrite)
        let id = try Self.id(context), importer = try importer
        return try await answer { try await importer.again(id, by: caller.actor) }
    }

    @Sendable private func discard(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.filesWrite)
        do { try await importer.discard(try Self.id(context)) } catch let fault as ImportFault { throw Self.problem(fault) }
        return Response(status: .noContent)
    }

    /// Cells hold buyer data: the scope that shows it is needed too.
    private func seen(_ context: AppContext) async throws -> Int64 {
        _ = try context.require(.ordersRead)
        _ = try context.require(.buyersRead)
        let id = try Self.id(context)
        do { _ = try await importer.store.report(id) } catch let fault as ImportFault { throw Self.problem(fault) }
        return id
    }

    @Sendable private func look(_ request: Request, _ context: AppContext) async throws -> Response {
        let id = try await seen(context), store = try importer.store
        guard let look = try await FileImporter.blocking({ try store.look(id) }) else { throw APIProblem(.notFound, "file_not_kept", ImportFault.notKept.sentence) }
        return try APIWrite.json(look)
    }

    struct Problems: Encodable { var data: [Problem], total: Int, codes: [String: Int], nextCursor: String? }
    struct Problem: Encodable { var row: Int, cell: String?, column: String?, order: String?, value: String?, code: String, message: String, remedy: String, isRejection: Bool }

    @Sendable private func problems(_ request: Request, _ context: AppContext) async throws -> Response {
        let id = try await seen(context), store = try importer.store, limit = try APIRead.limit(request)
        let code = try APIRead.text(request, "code", maximum: 100)
        var start = 0
        if let text = try request.query["cursor"] {
            guard let value = APIRead.whole(text), value >= 0, value < Int64(Int32.max) else { throw APIRead.invalid("cursor", "a cursor from an earlier answer") }
            start = Int(value)
        }
        let from = start, page = try await FileImporter.blocking { try store.problems(id, code: code, from: from, limit: limit) }
        let data = page.problems.map { listed in
            let problem = listed.problem
            return Problem(row: problem.row, cell: problem.cell, column: problem.column?.rawValue, order: problem.order, value: listed.value, code: problem.code, message: problem.message,
                           remedy: problem.remedy, isRejection: problem.isRejection)
        }
        return try APIWrite.json(Problems(data: data, total: page.total, codes: page.codes, nextCursor: from + data.count < page.total && !data.isEmpty ? "\(from + data.count)" : nil))
    }
}
