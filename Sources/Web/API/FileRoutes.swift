import Documents
import Domain
import Foundation
import HTTPTypes
import Hub
import Hummingbird
import NIOCore

/// Templates of files of orders, and orders pushed one by one.
struct FileRoutes {
    let hub: Hub

    func add(to api: RouterGroup<AppContext>) {
        api.get("files/template.csv") { request, context in try await template(.csv, request, context) }
        api.get("files/template.xlsx") { request, context in try await template(.xlsx, request, context) }
        api.post("channels/:id/orders", use: push)
    }

    private enum Form { case csv, xlsx }

    private func template(_ form: Form, _ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        let word = try request.query["language"] ?? HeaderLanguage.english.rawValue
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
        case .csv: Self.file(data, "text/csv; charset=utf-8", name: "orders.csv")
        case .xlsx: Self.file(data, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", name: "orders.xlsx")
        }
    }

    static func file(_ data: Data, _ type: String, name: String) -> Response {
        Response(status: .ok, headers: [.contentType: type, .contentDisposition: "attachment; filename=\"\(name)\"", .cacheControl: "no-store"], body: .init(byteBuffer: ByteBuffer(bytes: data)))
    }

    private func channel(_ context: AppContext) throws -> Hub.OneChannel {
        try hub.channels.channel(named: try APIRead.part(context, what: "channel"))
    }

    struct Pushed: Encodable { var deliveryID: DeliveryID }

    @Sendable private func push(_ request: Request, _ context: AppContext) async throws -> Response {
        let caller = try context.require(.ordersWrite)
        let channel = try channel(context)
        let order = try await APIRead.body(PushedOrder.self, request)
        do {
            let delivery = try await hub.push(order, to: channel.id)
            try await hub.audit.record(AuditChange(caller.actor, "order.push", "channel:\(channel.id)", after: ["delivery": "\(delivery)"]))
            return try APIWrite.json(Pushed(deliveryID: delivery), status: .accepted)
        } catch let fault as PushFault { throw APIProblem(.unprocessableContent, fault.code, fault.sentence, pointer: fault.pointer) }
    }
}
