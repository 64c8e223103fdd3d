import Documents
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import NIOCore

/// Files of orders and orders pushed one by one: templates, imports, their reports and their rejected rows.
struct FileRoutes {
    static let maximumFileBytes = 64 << 20

    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("files/template.csv") { request, context in try await template(.csv, request, context) }
        api.get("files/template.xlsx") { request, context in try await template(.xlsx, request, context) }
        api.post("channels/:id/imports", use: upload)
        api.get("channels/:id/imports", use: history)
        api.get("imports/:id", use: one)
        api.get("imports/:id/rejected", use: rejected)
        api.post("channels/:id/orders", use: push)
    }

    private enum Form { case csv, xlsx }

    private func template(_ form: Form, _ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        let word = request.uri.queryParameters.get("language") ?? HeaderLanguage.english.rawValue
        guard let language = HeaderLanguage(rawValue: word) else { throw APIRead.invalid("language", "one of: " + HeaderLanguage.allCases.map(\.rawValue).joined(separator: ", ")) }
        let path = try FileImporter(hub: hub).store.folder() + "/upload-" + UUID().uuidString
        // Scrap; what stays behind is swept at a later import.
        defer { try? FileManager.default.removeItem(atPath: path) }
        let data = try await FileImporter.blocking {
            switch form {
            case .csv: try OrderTemplate.writeCSV(to: path, language: language)
            case .xlsx: try OrderTemplate.writeWorkbook(to: path, language: language)
            }
            return try Data(contentsOf: URL(filePath: path))
        }
        return switch form {
        case .csv: file(data, "text/csv; charset=utf-8", name: "orders.csv")
        case .xlsx: file(data, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name: "orders.xlsx")
        }
    }

    private func file(_ data: Data, _ type: String, name: String) -> Response {
        Response(status: .ok, headers: [.contentType: type, .contentDisposition: "attachment; filename=\"\(name)\"", .cacheControl: "no-store"], body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }

    private func channel(_ context: AppContext) throws -> Hub.OneChannel {
        guard let text = context.parameters.get("id") else { throw APIProblem.notFound("channel") }
        return try hub.channels.channel(named: text)
    }

    @Sendable private func upload(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.filesWrite)
        let channel = try channel(context), isCommit = try APIRead.flag(request, "commit") ?? false
        let options = try options(request), importer = try FileImporter(hub: hub), store = importer.store
        store.sweep()
        let path = try store.folder() + "/upload-" + UUID().uuidString
        // Scrap; what stays behind is swept at a later import.
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await keep(request, at: path)
        let report = try await importer.run(path, fileName: fileName(request), channel: channel.id, options: options, isDry: !isCommit)
        return try APIWrite.json(report, status: isCommit ? .created : .ok)
    }

    /// The body, piece by piece, never whole in memory.
    private func keep(_ request: Request, at path: String) async throws {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]), let handle = FileHandle(forWritingAtPath: path) else {
            throw APIProblem(.serviceUnavailable, "not_kept", "The file could not be put aside. Check the free space.", retryAfterSeconds: 5)
        }
        // Whoever reads the file opens it anew.
        defer { try? handle.close() }
        var total = 0
        for try await chunk in request.body {
            total += chunk.readableBytes
            guard total <= Self.maximumFileBytes else { throw APIProblem(.contentTooLarge, "too_large", "A file has at most \(Self.maximumFileBytes >> 20) MB. Split the orders into several files.") }
            let data = Data(chunk.readableBytesView)
            do { try await FileImporter.blocking { try handle.write(contentsOf: data) } } catch {
                throw APIProblem(.serviceUnavailable, "not_kept", "The file could not be put aside. Check the free space.", retryAfterSeconds: 5)
            }
        }
    }

    /// `X-File-Name`, percent-encoded where it is not ASCII; only its last part.
    private func fileName(_ request: Request) -> String {
        let raw = HTTPField.Name("X-File-Name").flatMap { request.headers[$0] } ?? "orders"
        let name = (raw.removingPercentEncoding ?? raw).split(whereSeparator: { "/\\".contains($0) }).last.map(String.init) ?? "orders"
        return String(name.filter { !$0.isNewline }.prefix(200))
    }

    private func options(_ request: Request) throws -> ImportOptions {
        let query = request.uri.queryParameters
        var options = ImportOptions(sheet: query.get("sheet").map { String($0) })
        if let word = query.get("encoding") {
            guard let encoding = TextEncoding(rawValue: String(word)) else { throw APIRead.invalid("encoding", "one of: " + TextEncoding.allCases.map(\.rawValue).joined(separator: ", ")) }
            options.encoding = encoding
        }
        if let word = query.get("delimiter") {
            guard let delimiter = CSVFormat.Delimiter.allCases.first(where: { $0.title == word || $0.rawValue == word }) else {
                throw APIRead.invalid("delimiter", "one of: " + CSVFormat.Delimiter.allCases.map(\.title).joined(separator: ", "))
            }
            options.delimiter = delimiter
        }
        let header = HTTPField.Name("X-Mapping").flatMap { request.headers[$0] }
        guard let text = header ?? query.get("mapping").map({ String($0) }) else { return options }
        guard let words = try? JSONDecoder().decode([String: String?].self, from: Data(text.utf8)) else {      // what is wrong is said here
            throw APIProblem(.badRequest, "invalid_mapping", "The mapping must be a JSON object of column names and headers, for instance {\"sku\":\"Item code\"}.", pointer: "X-Mapping")
        }
        for (word, header) in words {
            guard let column = OrderColumn(rawValue: word) else {
                throw APIProblem(.badRequest, "invalid_mapping", "There is no column \(word). Known are: \(OrderColumn.allCases.map(\.rawValue).joined(separator: ", ")).", pointer: "/\(word)")
            }
            options.mapping[column] = .some(header)
        }
        return options
    }

    @Sendable private func history(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        let channel = try channel(context), limit = try APIRead.limit(request)
        var before: Int64?
        if let text = request.uri.queryParameters.get("cursor") {
            guard let id = Int64(text) else { throw APIRead.invalid("cursor", "a cursor from an earlier answer") }
            before = id
        }
        let reports = try await FileImporter(hub: hub).store.history(of: channel.id, before: before, limit: limit + 1)
        return try APIWrite.json(APIWrite.Page(data: Array(reports.prefix(limit)), nextCursor: reports.count > limit ? reports[limit - 1].id : nil))
    }

    private func importID(_ context: AppContext) throws -> Int64 {
        guard let id = context.parameters.get("id").flatMap({ Int64($0) }), id > 0 else { throw APIProblem.notFound("import") }
        return id
    }

    private func report(_ id: Int64) async throws -> ImportReport {
        do { return try await FileImporter(hub: hub).store.report(id) } catch ImportFault.unknownImport { throw APIProblem.notFound("import") }
    }

    @Sendable private func one(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        return try APIWrite.json(try await report(try importID(context)))
    }

    /// The rows hold buyer data: the scope that shows it is needed too.
    @Sendable private func rejected(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        _ = try context.require(.buyersRead)
        let id = try importID(context)
        _ = try await report(id)
        let path = try FileImporter(hub: hub).store.rejectedPath(id)
        guard FileManager.default.fileExists(atPath: path) else { throw APIProblem(.notFound, "nothing_rejected", "No row of this import was rejected.") }
        let data = try await FileImporter.blocking { try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) }
        return file(data, "text/csv; charset=utf-8", name: "rejected-\(id).csv")
    }

    struct Pushed: Encodable { var deliveryID: DeliveryID }

    @Sendable private func push(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersWrite)
        let channel = try channel(context)
        let order = try await APIRead.body(PushedOrder.self, request)
        do {
            return try APIWrite.json(Pushed(deliveryID: try await hub.push(order, to: channel.id)), status: .accepted)
        } catch let fault as PushFault { throw APIProblem(.unprocessableContent, fault.code, fault.sentence, pointer: fault.pointer) }
    }
}
