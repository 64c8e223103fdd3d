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
    }

    /// Whether this is the call whose body is a file and may take its time.
    static func isUpload(_ head: HTTPRequest) -> Bool {
        guard head.method == .post, let path = head.path?.split(separator: "?", maxSplits: 1).first else { return false }
        let parts = path.split(separator: "/")
        return parts.count == 5 && parts[0] == "api" && parts[1] == "v1" && parts[2] == "channels" && parts[4] == "imports"
    }

    private func channel(_ context: AppContext) throws -> Hub.OneChannel {
        try hub.channels.channel(named: try APIRead.part(context, what: "channel"))
    }

    @Sendable private func upload(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.filesWrite)
        let channel = try channel(context), isCommit = try APIRead.flag(request, "commit") ?? false, isAwaited = try APIRead.flag(request, "wait") ?? true
        let options = try options(request), name = try fileName(request), importer = try FileImporter(hub: hub), store = importer.store
        try checkType(request)
        guard !APIRead.isDeclaredLarger(request, than: Self.maximumFileBytes) else { throw Self.tooLarge }
        guard let place = hub.imports.enter(importer.newID()) else {
            throw APIProblem(.serviceUnavailable, "too_many_imports", "\(ImportDesk.maximumRunning) files are being taken in already. Send this one when one of them has ended.", retryAfterSeconds: 15)
        }
        let path: String, digest: SHA256Digest
        do {
            store.sweep()
            path = try store.folder() + "/upload-" + UUID().uuidString
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
            let note: @Sendable (ImportReport) async throws -> Void = { report in
                guard isCommit else { return }
                try await hub.audit.record(AuditChange(caller.actor, "import.commit", "import:\(report.id)", after: [
                    "channel": "\(channel.id)", "orders": "\(report.orders)", "taken": "\(report.taken)", "rejected": "\(report.rejected)"]))
            }
            if !isAwaited {
                let report: ImportReport
                do { report = try await importer.start(path, fileName: name, channel: channel.id, options: options, isDry: !isCommit, place: place, whenDone: note) } catch {
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
            let report = try await importer.run(path, fileName: name, channel: channel.id, options: options, isDry: !isCommit, id: place.id)
            try await note(report)
            return try APIWrite.json(report, status: isCommit ? .created : .ok)
        }
    }

    private static let tooLarge = APIProblem(.contentTooLarge, "too_large", "A file has at most \(maximumFileBytes >> 20) MB. Split the orders into several files.")

    private static let types: Set<String> = [
        "text/csv", "text/plain", "text/tab-separated-values", "application/csv", "application/octet-stream", "application/vnd.ms-excel",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ]

    private func checkType(_ request: Request) throws {
        guard let type = request.headers[.contentType]?.split(separator: ";").first?.trimmingCharacters(in: .whitespaces).lowercased() else { return }
        guard Self.types.contains(type) else {
            throw APIProblem(.unsupportedMediaType, "unsupported_media_type", "Send the file itself as the body, as text/csv or as an .xlsx workbook; a form or JSON is not read.")
        }
    }

    /// The body, piece by piece, never whole in memory.
    /// - Returns: the SHA-256 of the file.
    private func keep(_ request: Request, at path: String) async throws -> SHA256Digest {
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]), let handle = FileHandle(forWritingAtPath: path) else {
            throw APIProblem(.serviceUnavailable, "not_kept", "The file could not be put aside. Check the free space.", retryAfterSeconds: 5)
        }
        // Whoever reads the file opens it anew.
        defer { try? handle.close() }
        var total = 0, hash = SHA256(), isWhole = false
        // Half a file is none.
        defer { if !isWhole { try? FileManager.default.removeItem(atPath: path) } }
        for try await chunk in request.body {
            total += chunk.readableBytes
            guard total <= Self.maximumFileBytes else { throw Self.tooLarge }
            let data = Data(chunk.readableBytesView)
            hash.update(data: data)
            do { try await FileImporter.blocking { try handle.write(contentsOf: data) } } catch {
                throw APIProblem(.serviceUnavailable, "not_kept", "The file could not be put aside. Check the free space.", retryAfterSeconds: 5)
            }
        }
        isWhole = true
        return hash.finalize()
    }

    /// `X-File-Name`: visible ASCII, and percent escapes for everything else; only its last part is kept.
    private func fileName(_ request: Request) throws -> String {
        guard let raw = HTTPField.Name("X-File-Name").flatMap({ request.headers[$0] }) else { return "orders" }
        let bytes = Array(raw.utf8)
        guard (1...Self.maximumNameBytes).contains(bytes.count), bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), Self.hasWholeEscapes(bytes) else {
            throw APIProblem(.badRequest, "invalid_file_name", "X-File-Name is a name of visible ASCII, with percent escapes for everything else, of at most \(Self.maximumNameBytes) bytes.", pointer: "X-File-Name")
        }
        let name = (raw.removingPercentEncoding ?? raw).split(whereSeparator: { "/\\".contains($0) }).last.map(String.init) ?? "orders"
        return String(name.filter { !$0.isNewline }.prefix(200))
    }

    private static func hasWholeEscapes(_ bytes: [UInt8]) -> Bool {
        bytes.indices.allSatisfy { at in
            bytes[at] != UInt8(ascii: "%") || at + 2 < bytes.count && Character(UnicodeScalar(bytes[at + 1])).isHexDigit && Character(UnicodeScalar(bytes[at + 2])).isHexDigit
        }
    }

    private func options(_ request: Request) throws -> ImportOptions {
        let query = try request.query
        var options = ImportOptions(sheet: try APIRead.text(request, "sheet", maximum: Self.maximumSheetName))
        if let word = query["encoding"] {
            guard let encoding = TextEncoding(rawValue: word) else { throw APIRead.invalid("encoding", "one of: " + TextEncoding.allCases.map(\.rawValue).joined(separator: ", ")) }
            options.encoding = encoding
        }
        if let word = query["delimiter"] {
            guard let delimiter = CSVFormat.Delimiter.allCases.first(where: { $0.title == word || $0.rawValue == word }) else {
                throw APIRead.invalid("delimiter", "one of: " + CSVFormat.Delimiter.allCases.map(\.title).joined(separator: ", "))
            }
            options.delimiter = delimiter
        }
        let header = HTTPField.Name("X-Mapping").flatMap { request.headers[$0] }
        guard let text = header ?? query["mapping"] else { return options }
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
        if let text = try request.query["cursor"] {
            guard let id = APIRead.whole(text), id > 0 else { throw APIRead.invalid("cursor", "a cursor from an earlier answer") }
            before = id
        }
        let reports = try await FileImporter(hub: hub).store.history(of: channel.id, before: before, limit: limit + 1)
        return try APIWrite.json(APIWrite.Page(data: Array(reports.prefix(limit)), nextCursor: reports.count > limit ? reports[limit - 1].id : nil))
    }

    private func importID(_ context: AppContext) throws -> Int64 {
        guard let id = APIRead.whole(try APIRead.part(context, what: "import")), id > 0 else { throw APIProblem.notFound("import") }
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
        return FileRoutes.file(data, "text/csv; charset=utf-8", name: "rejected-\(id).csv")
    }
}
