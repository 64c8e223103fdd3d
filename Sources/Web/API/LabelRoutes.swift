import Connect
import Domain
import HTTPTypes
import Hub
import Hummingbird

/// The courier's own label of an order's parcel, fetched when it is asked for: it is the buyer's address on paper and is kept nowhere.
struct LabelRoutes {
    enum Format: String, CaseIterable {
        case pdf, zpl, png

        var contentType: String {
            switch self {
            case .pdf: "application/pdf"
            case .png: "image/png"
            case .zpl: "application/octet-stream"
            }
        }

        /// By its first bytes: an error page is not printed.
        func isSeen(in bytes: [UInt8]) -> Bool {
            switch self {
            case .pdf: bytes.starts(with: Array("%PDF".utf8))
            case .png: bytes.starts(with: [0x89] + Array("PNG".utf8))
            case .zpl: String(decoding: bytes.prefix(1024), as: UTF8.self).contains("^XA")
            }
        }
    }
    enum Size: String, CaseIterable { case label100x150 = "100x150", label100x75 = "100x75", a5 = "A5", a4 = "A4" }

    let hub: Hub

    func add(to api: RouterGroup<AppContext>) { api.get("orders/:id/label", use: label) }

    @Sendable private func label(_ request: Request, _ context: AppContext) async throws -> Response {
        _ = try context.require(.ordersRead)
        _ = try context.require(.buyersRead)
        let format: Format = try Self.choice("format", request) ?? .pdf, size: Size = try Self.choice("size", request) ?? .label100x150
        let id = try APIRead.id(OrderID.self, context, what: "order")
        guard try await hub.ledger.order(id) != nil else { throw APIProblem.notFound("order") }
        guard let shipment = try await hub.ledger.shipments(of: id).last(where: { !$0.isVoid }) else { throw APIProblem.notFound("booked parcel of this order") }
        guard let courier = hub.channels.directory.connector(of: shipment.channel) as? any FetchesLabels, let reference = shipment.externalID else {
            throw APIProblem(.conflict, "no_labels", "This courier gives no labels. Print one from the tracking number.")
        }
        let bytes = try await fetch(reference, format, size, from: courier)
        if let caller = context.caller { hub.readings.note(caller.actor, "label.read", "order:\(id)") }
        return Response(status: .ok, headers: [
            .contentType: format.contentType, .cacheControl: "no-store", .contentDisposition: "inline; filename=\"label-\(id).\(format.rawValue)\"",
            // What a courier sends is shown, never run.
            .contentSecurityPolicy: "sandbox", .xContentTypeOptions: "nosniff",
        ], body: .init(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private func fetch(_ reference: ExternalID, _ format: Format, _ size: Size, from courier: any FetchesLabels) async throws -> [UInt8] {
        let bytes: [UInt8]
        do { bytes = try await courier.fetchLabel(externalID: reference, format: format.rawValue, size: size.rawValue).bytes } catch {
            let pause: Int? = switch error.failureClass {
            case .throttled(let until): max(1, Int((until - hub.now()) / .seconds(1)))
            case .transient: Self.retrySeconds
            case .unauthorised, .rejected, .alreadyDone: nil
            }
            throw APIProblem(pause == nil ? .unprocessableContent : .serviceUnavailable, error.code, error.sentence, retryAfterSeconds: pause)
        }
        guard format.isSeen(in: bytes) else { throw APIProblem(.unprocessableContent, "no_label", "The courier answered with something that is no \(format.rawValue) label.") }
        return bytes
    }

    private static let retrySeconds = 10

    private static func choice<Choice: RawRepresentable<String> & CaseIterable>(_ name: String, _ request: Request) throws -> Choice? {
        guard let text = try request.query[name] else { return nil }
        guard let choice = Choice(rawValue: text) else { throw APIRead.invalid(name, Choice.allCases.map(\.rawValue).joined(separator: ", ")) }
        return choice
    }
}
