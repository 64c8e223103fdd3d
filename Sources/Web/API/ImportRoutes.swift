import Crypto
import Documents
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import NIOCore

/// Imports of files of orders: the upload, how far it has come, what became of it, and its rejected rows.
struct ImportRoutes {
    static let maximumFileBytes = 64 << 20
    /// Characters of a sheet's name, which spreadsheets hold to 31.
    static let maximumSheetName = 100
    static let maximumNameBytes = 600

    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.post("channels/:id/imports", use: upload)
        api.get("channels/:id/imports", use: history)
        api.get("imports/:id", use: one)
        api.get("imports/:id/rejected", use: rejected)
        KeptImportRoutes(hub: hub).add(to: api)
    }

    /// Whether this is the call whose body is a file and may take its time.
    static func isUpload(_ head: HTTPRequest) -> Bool {
        guard head.method == .post, let path = head.path?.split(separator: "?", maxSplits: 1).first else { return false }
        if path == FilesUpload.path || path == RemittancePages.path { return true }
        let parts = path.split(separator: "/")
        return parts.count == 5 && parts[0] == "api" && parts[1] == "v1" && parts[2] == "channels" && (parts[4] == "imports" || parts[4] == "remittances")
    }

    private func channel(_ context: AppContext) throws -> Hub.OneChannel {
        try hub.channels.channel(named: try APIRead.part(context, what: "channel"))
    }

    @Sendable private func upload(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.filesWrite)
        let channel = try channel(context), isCommit = try APIRead.flag(request, "commit") ?? false, isAwaited = try APIRead.flag(request, "wait") ?? true
        // A file is kept to be looked at first: with `commit` there is nothing to keep it for.
        let isKept = try APIRead.flag(request, "keep") == true && !isCommit
        let options = try options(request), name = try fileName(request), importer = try FileImporter(hub: hub)
        try checkType(request)
        guard !APIRead.isDeclaredLarger(request, than: Self.maximumFileBytes) else { throw Self.tooLarge }
        let place = try Self.enter(importer), path: String, digest: SHA256Digest
        do {
            importer.store.sweep()
            path = try importer.store.folder() + "/upload-" + UUID().uuidString
            digest = try await keep(request, at: path)
        } catch {
            hub.imports.leave(place)
            throw error
        }
        return try await context.once(request, in: hub, digest: Array(digest), unless: {
            hub.imports.leave(place)
            try? FileManager.default.removeItem(atPath: path)      // scrap; what stays behind is swept at a later import
        }) {
            let hub = hub
            if isKept || !isAwaited {
                let report: ImportReport
                do {
                    report = isKept
                        ? try await importer.keep(path, fileName: name, channel: channel.id, options: options, by: caller.actor, place: place)
                        : try await importer.start(path, fileName: name, channel: channel.id, options: options, isDry: !isCommit, place: place, by: caller.actor)
                } catch {
                    hub.imports.leave(place)
                    throw error
                }
                var response = try APIWrite.json(report, status: .accepted)
                response.headers[.location] = "/api/v1/imports/\(report.id)"
                return response
            }
            defer {
                hub.imports.leave(place)
                try? FileManager.default.removeItem(atPath: path)      // scrap; what stays behind is swept at a later import
            }
            let report = try await importer.run(path, fileName: name, channel: channel.id, options: options, isDry: !isCommit, id: place.id, by: caller.actor)
            return try APIWrite.json(report, status: isCommit ? .created : .ok)
        }
    }

    /// - Throws: 503 when as many files as may be are taken in already.
    static func enter(_ importer: FileImporter) throws(APIProblem) -> ImportDesk.Place {
        if let place = importer.enter() { return place }
        throw APIProblem(.serviceUnavailable, "too_many_imports", "\(ImportDesk.maximumRunning) files are being taken in already. Send this one when one of them has ended.", retryAfterSeconds: 15)
    }

    static let tooLarge = APIProblem(.contentTooLarge, "too_large", "A file has at most \(maximumFileBytes >> 20) MB. Split the orders into several files.")

    private static let types: Set<String> = [
        "text/csv", "text/plain", "text/tab-separated-values", "application/csv", "application/octet-stream", "application/vnd.ms-excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]

    func checkType(_ request: Request) throws {
        guard let type = request.headers[.contentType]?.split(separator: ";").first?.trimmingCharacters(in: .whitespaces).lowercased() else { return }
        guard Self.types.contains(type) else {
            throw APIProblem(.unsupportedMediaType, "unsupported_media_type", "Send the file itself as the body, as text/csv or as an .xlsx workbook; a form or JSON is not read.")
        }
    }

    /// The body, piece by piece, never whole in memory.
    /// - Returns: the SHA-256 of the file.
    func keep(_ request: Request, at path: String) async throws -> SHA256Digest {
        let sink = try UploadSink(path)
        for try await chunk in request.body { try await sink.write(chunk) }
        return sink.finish()
    }

    /// `X-File-Name`: visible ASCII, and percent escapes for everything else; only its last part is kept.
    func fileName(_ request: Request) throws -> String {
        guard let raw = HTTPField.Name("X-File-Name").flatMap({ request.headers[$0] }) else { return "orders" }
        let bytes = Array(raw.utf8)
        guard (1...Self.maximumNameBytes).contains(bytes.count), bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), Self.hasWholeEscapes(bytes) else {
            throw APIProblem(.badRequest, "invalid_file_name", "X-File-Name is a name of visible ASCII, with percent escapes for everything else, of at most \(Self.maximumNameBytes) bytes.", pointer: "X-File-Name")
        }
        return Self.lastPart(raw.removingPercentEncoding ?? raw)
    }

    /// A file's own name, without the folders it came from.
    static func lastPart(_ path: String) -> String {
        let name = path.split(whereSeparator: { "/\\".contains($0) }).last.map(String.init) ?? "orders"
        return String(name.filter { !$0.isNewline && $0 != "\0" }.prefix(200))
    }

    private static func hasWholeEscapes(_ bytes: [UInt8]) -> Bool {
        bytes.indices.allSatisfy { at in
            bytes[at] != UInt8(ascii: "%") || at + 2 < bytes.count && Character(UnicodeScalar(bytes[at + 1])).isHexDigit && Character(UnicodeScalar(bytes[at + 2])).isHexDigit
        }
    }

    private func options(_ request: Request) throws -> ImportOptions {
        let query = try request.query
        var options = ImportOptions(sheet: try APIRead.text(request, "sheet", maximum: Self.maximumSheetName))
        options.encoding = try query["encoding"].map(Self.encoding)
        options.delimiter = try query["delimiter"].map(Self.delimiter)
        let header = HTTPField.Name("X-Mapping").flatMap { request.headers[$0] }
        guard let text = header ?? query["mapping"] else { return options }
        guard let words = try? JSONDecoder().decode([String: String?].self, from: Data(text.utf8)) else {      // what is wrong is said here
            throw APIProblem(.badRequest, "invalid_mapping", "The mapping must be a JSON object of column names and headers, for instance {\"sku\":\"Item code\"}.", pointer: "X-Mapping")
        }
        options.mapping = try Self.mapping(words)
        return options
    }

    static func encoding(_ word: String) throws -> TextEncoding {
        guard let encoding = TextEncoding(rawValue: word) else { throw APIRead.invalid("encoding", "one of: " + TextEncoding.allCases.map(\.rawValue).joined(separator: ", ")) }
        return encoding
    }

    static func delimiter(_ word: String) throws -> CSVFormat.Delimiter {
        guard let delimiter = CSVFormat.Delimiter.allCases.first(where: { $0.title == word || $0.rawValue == word }) else {
            throw APIRead.invalid("delimiter", "one of: " + CSVFormat.Delimiter.allCases.map(\.title).joined(separator: ", "))
        }
        return delimiter
    }

    static func mapping(_ words: [String: String?]) throws -> [OrderColumn: String?] {
        var mapping: [OrderColumn: String?] = [:]
        for (word, header) in words {
            guard let column = OrderColumn(rawValue: word) else {
                throw APIProblem(.badRequest, "invalid_mapping", "There is no column \(word). Known are: \(OrderColumn.allCases.map(\.rawValue).joined(separator: ", ")).", pointer: "/\(word)")
            }
            mapping[column] = .some(header)
        }
        return mapping
    }

    @Sendable private func history(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        return try await Self.page(request, of: try channel(context).id, hub, isMasked: !context.maySeeBuyers)
    }

    /// Imports of a channel, or of all.
    static func page(_ request: Request, of channel: ChannelID?, _ hub: Hub, isMasked: Bool) async throws -> Response {
        let limit = try APIRead.limit(request)
        var before: Int64?
        if let text = try request.query["cursor"] {
            guard let id = APIRead.whole(text), id > 0 else { throw APIRead.invalid("cursor", "a cursor from an earlier answer") }
            before = id
        }
        let reports = try await FileImporter(hub: hub).store.history(of: channel, before: before, limit: limit + 1)
        return try APIWrite.json(APIWrite.Page(data: reports.prefix(limit).map { $0.shown(isMasked: isMasked) }, nextCursor: reports.count > limit ? reports[limit - 1].id : nil))
    }

    private func report(_ id: Int64) async throws -> ImportReport {
        do { return try await FileImporter(hub: hub).store.report(id) } catch ImportFault.unknownImport { throw APIProblem.notFound("import") }
    }

    @Sendable private func one(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        return try APIWrite.json(try await report(try KeptImportRoutes.id(context)).shown(isMasked: !context.maySeeBuyers))
    }

    /// The rows hold buyer data: the scope that shows it is needed too.
    @Sendable private func rejected(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        _ = try context.require(.buyersRead)
        let id = try KeptImportRoutes.id(context)
        _ = try await report(id)
        let path = try FileImporter(hub: hub).store.rejectedPath(id)
        guard FileManager.default.fileExists(atPath: path) else { throw APIProblem(.notFound, "nothing_rejected", "No row of this import was rejected.") }
        let data = try await FileImporter.blocking { try Data(contentsOf: URL(filePath: path), options: .mappedIfSafe) }
        return FileRoutes.file(data, "text/csv; charset=utf-8", name: "rejected-\(id).csv")
    }
}
