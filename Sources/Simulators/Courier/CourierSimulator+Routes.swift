import Foundation
import HTTPTypes
import Hummingbird
import SimulatorKit
import Synchronization

/// The four calls of the contract and their companions (generic-courier.md §1, §4, §6).
extension CourierSimulator {
    /// The largest page of `GET /orders`.
    private static let maximumPage = 200

    func addRoutes(to router: Router<BasicSimulatorContext>) {
        let api = router.group("v1")
        api.post("orders") { request, _ in await self.answer(request, self.postOrder) }
        api.get("orders") { request, _ in await self.answer(request, self.listOrders) }
        api.get("orders/{id}") { request, context in
            let id = try context.parameters.require("id")
            return await self.answer(request) { call throws(CourierProblem) in try self.getOrder(id, call) }
        }
        api.post("orders/{id}/cancel") { request, context in
            let id = try context.parameters.require("id")
            return await self.answer(request) { call throws(CourierProblem) in try self.postCancel(id, call) }
        }
        api.get("orders/{id}/label") { request, context in
            let id = try context.parameters.require("id")
            return await self.answer(request) { call throws(CourierProblem) in try self.getLabel(id, call) }
        }
        api.get("tracking/{number}") { request, context in
            let number = try context.parameters.require("number")
            return await self.answer(request) { call throws(CourierProblem) in try self.getTracking(number, call) }
        }
        api.put("callback") { request, _ in await self.answer(request, self.putCallback) }
        addExtras(to: api)
    }

    /// Waits, checks who calls and how often, and turns a problem into its envelope.
    func answer(_ request: Request, _ work: @Sendable (CourierCall) throws(CourierProblem) -> CourierReply) async -> Response {
        // Cancelled while waiting: the server is stopping, and nobody reads the answer.
        if configuration.latency > .zero { try? await Task.sleep(for: configuration.latency) }
        var remaining = 0
        var reply: CourierReply
        do throws(CourierProblem) {
            let call = try await read(request)
            try authorise(call)
            remaining = try takeTurn()
            count("requests")
            reply = try work(call)
        } catch {
            count("refused \(error.code.rawValue)")
            reply = error.reply
        }
        reply.headers += [
            (.rateLimitLimit, "\(configuration.requestsPerSecond)"), (.rateLimitRemaining, "\(remaining)"), (.rateLimitReset, "1"),
        ]
        return reply.response
    }

    private func read(_ request: Request) async throws(CourierProblem) -> CourierCall {
        do { return try await CourierCall(request, limit: SimulatorServer.maximumBodyBytes) }
        catch { throw CourierProblem(.invalidJSON, "The body could not be read.") }
    }

    private func authorise(_ call: CourierCall) throws(CourierProblem) {
        if let bearer = configuration.bearerKey, let given = call.headers[.authorization] {
            let isKnown = SimulatorSignature.isEqual(Data("Bearer \(bearer)".utf8), Data(given.utf8))
            if !isKnown { throw .init(.unknownKey, "This key is not known.") }
            return
        }
        let refusal = CourierSigning.refusal(
            key: call.headers[.courierKey], timestamp: call.headers[.courierTimestamp], signature: call.headers[.courierSignature],
            method: call.method, target: call.target, body: call.body, configuration: configuration, now: configuration.now())
        if let refusal { throw refusal }
    }

    private func takeTurn() throws(CourierProblem) -> Int {
        guard let remaining = state.withLock({ $0.rate.take(at: configuration.now()) }) else {
            throw .init(.rateLimited, "At most \(configuration.requestsPerSecond) requests a second.", retryAfterSeconds: 1)
        }
        return remaining
    }

    /// Runs a POST's effect once per `Idempotency-Key`, which every POST must carry.
    func once(
        _ call: CourierCall, reference: String? = nil, _ work: (inout CourierBook) throws(CourierProblem) -> CourierReply
    ) throws(CourierProblem) -> CourierReply {
        guard let key = call.headers[.idempotencyKey], !key.isEmpty else {
            throw .init(.missingField, "Every POST needs an Idempotency-Key.", field: "Idempotency-Key")
        }
        let fingerprint = SimulatorSignature.sha256(Data("\(call.target)\n".utf8) + call.body)
        return try state.withLock { state throws(CourierProblem) in
            try state.book.once(key: key, fingerprint: fingerprint, reference: reference, work: work)
        }
    }

    // MARK: Orders

    private func postOrder(_ call: CourierCall) throws(CourierProblem) -> CourierReply {
        let request = try CourierOrderRequest.parse(call.body)
        var booked: CourierOrder?
        let reply = try once(call, reference: request.externalRef) { book throws(CourierProblem) in
            let order = try book.book(request)
            booked = order
            return .json(order.view(withEvents: false), status: 201)
        }
        if let booked { begin(booked) }
        return reply
    }

    private func getOrder(_ id: String, _ call: CourierCall) throws(CourierProblem) -> CourierReply {
        let order = try state.withLock { state throws(CourierProblem) in try state.book.order(id) }
        return .json(order.view(withEvents: true))
    }

    private func getTracking(_ number: String, _ call: CourierCall) throws(CourierProblem) -> CourierReply {
        let order = try state.withLock { state throws(CourierProblem) in try state.book.order(trackingNumber: number) }
        return .json(order.view(withEvents: true))
    }

    /// By reference, or by change with a cursor.
    private func listOrders(_ call: CourierCall) throws(CourierProblem) -> CourierReply {
        struct Page: Encodable { var data: [CourierOrderView], nextCursor: Nullable<String> }
        if let reference = call[query: "externalRef"] {
            let found = state.withLock { $0.book.order(reference: reference) }
            return .json(Page(data: found.map { [$0.view(withEvents: true)] } ?? [], nextCursor: Nullable(nil)))
        }
        guard let limit = Int(call[query: "limit"] ?? "100"), (1...Self.maximumPage).contains(limit) else {
            throw .init(.invalidField, "limit is 1 to \(Self.maximumPage).", field: "limit")
        }
        var since = Date.distantPast
        if let text = call[query: "updatedSince"] {
            guard let date = CourierTime.parse(text) else { throw .init(.invalidField, "updatedSince is not a time.", field: "updatedSince") }
            since = date
        }
        let after = try call[query: "cursor"].map { text throws(CourierProblem) in try Self.place(ofCursor: text) }
        let found = state.withLock { $0.book.changed(since: since, after: after, limit: limit + 1) }
        let page = found.prefix(limit)
        let next = found.count > limit ? page.last.map(Self.cursor(after:)) : nil
        return .json(Page(data: page.map { $0.view(withEvents: false) }, nextCursor: Nullable(next)))
    }

    /// The last order of a page, as opaque text that needs no escaping in a query.
    private static func cursor(after order: CourierOrder) -> String { "\(Int(order.updatedAt.timeIntervalSince1970))-\(order.orderID)" }

    private static func place(ofCursor text: String) throws(CourierProblem) -> (Date, String) {
        let parts = text.split(separator: "-", maxSplits: 1)
        guard parts.count == 2, let seconds = Double(parts[0]) else { throw .init(.invalidField, "The cursor is not one of ours.", field: "cursor") }
        return (Date(timeIntervalSince1970: seconds), String(parts[1]))
    }

    private func postCancel(_ id: String, _ call: CourierCall) throws(CourierProblem) -> CourierReply {
        var fact: CourierFact?
        var confirmAfter: Duration?
        let reply = try once(call) { book throws(CourierProblem) in
            let order = try book.order(id)
            if order.status == .cancelled { return .json(order.view(withEvents: false)) }
            guard order.status.isBeforePickup else { throw .init(.tooLate, "The parcel was picked up already.", orderID: id) }
            switch configuration.cancelMode {
            case .immediate:
                fact = try book.change(id, kind: .cancelled, to: .cancelled)
                return .json(try book.order(id).view(withEvents: false))
            case .confirmedByCallback(let pause):
                if !order.isCancelRequested { confirmAfter = pause }
                book.update(id) { $0.isCancelRequested = true }
                return .json(order.view(withEvents: false), status: 202)
            }
        }
        if let fact {
            send(fact)
            count("parcels cancelled")
        }
        if let confirmAfter { schedule(.confirmCancel(id), after: confirmAfter) }
        return reply
    }

    private func getLabel(_ id: String, _ call: CourierCall) throws(CourierProblem) -> CourierReply {
        let order = try state.withLock { state throws(CourierProblem) in try state.book.order(id) }
        let format = CourierConfiguration.LabelFormat(rawValue: call[query: "format"] ?? "pdf")
        guard let format, configuration.labelFormats.contains(format) else {
            throw .init(.notAcceptable, "This label format is not offered.", field: "format")
        }
        guard order.isLabelReady, order.status != .cancelled else {
            throw .init(.labelNotReady, "The label is not ready.", retryAfterSeconds: max(1, Int(configuration.labelDelay.components.seconds)))
        }
        let label = try CourierLabel.make(format, size: call[query: "size"] ?? order.request.label?.size ?? "100x150", of: order)
        count("labels")
        let tag = SimulatorSignature.sha256(label.body).hex.prefix(16)
        return CourierReply(status: 200, headers: [(.eTag, "\"\(tag)\"")], contentType: label.contentType, body: label.body)
    }

    // MARK: Callback

    private func putCallback(_ call: CourierCall) throws(CourierProblem) -> CourierReply {
        struct Body: Codable { var url: String; var secret: String? }
        let body = try call.decode(Body.self)
        guard let url = URL(string: body.url), ["http", "https"].contains(url.scheme) else { throw .init(.invalidField, "Not a URL.", field: "url") }
        setCallback(url: body.url, secret: body.secret)
        return .json(Body(url: body.url, secret: nil))
    }
}
