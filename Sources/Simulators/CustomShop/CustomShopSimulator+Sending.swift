package import Foundation
package import SimulatorKit
import Synchronization

/// The outbox and everything a sender can do right or wrong (companion-webhook.md §7, §13).
extension CustomShopSimulator {
    /// Queues the event of a change; a change whose order has an unsent row merges into it.
    func announce(_ externalID: String, as type: String = "order.upserted", merging: Bool = true) {
        let type = configuration.payload == .thin ? "order.changed" : type
        guard let event = state.withLock({ $0.book.enqueue(type, of: externalID, merging: merging) }) else { return }
        queue(event.id, type: type)
    }

    private func queue(_ id: String, type: String) {
        let isTaken = sender?.enqueue(WebhookDelivery(
            id: id, subscription: "events", onDropped: { [weak self] in self?.state.withLock { $0.book.lose(id) } },
            make: { [weak self] attempt in self?.request(for: id, attempt: attempt) }))
        if isTaken != true { state.withLock { $0.book.lose(id) } }
    }

    private func request(for id: String, attempt: WebhookAttempt) -> WebhookRequest? {
        let (body, url) = state.withLock { state -> (Data?, String?) in
            guard !state.isDisabled, let url = state.hookURL else {
                state.book.abandon(id)
                return (nil, nil)
            }
            return (state.book.body(of: id), url)
        }
        guard var body, let url else { return nil }
        if attempt.wantsMalformedBody { body = Data(body.prefix(body.count / 2)) }
        var headers = self.headers(id: id, body: body, attempt: attempt.number)
        if attempt.wantsBadSignature {
            headers["webhook-signature"] = CustomShopSigning.signature(
                .bodyAlone, id: id, timestamp: stamp(), body: body, secret: configuration.secret)
        }
        return WebhookRequest(url: url, headers: headers.map { ($0.key, $0.value) }, body: body)
    }

    /// Seconds on the shop's own clock, which may be wrong.
    private func stamp() -> Int { Int(configuration.now().timeIntervalSince1970) + state.withLock { $0.clockSkewSeconds } }

    /// The headers of one attempt, signed now (companion-webhook.md §3).
    package func headers(id: String, body: Data, attempt: Int = 1) -> [String: String] {
        let (timestamp, style) = (stamp(), state.withLock { $0.style })
        return [
            "content-type": "application/json; charset=utf-8", "webhook-id": id, "webhook-timestamp": "\(timestamp)",
            "webhook-signature": CustomShopSigning.header(
                style, id: id, timestamp: timestamp, body: body, current: configuration.secret, previous: configuration.previousSecret),
            "user-agent": "Crossdock-CustomShop-Simulator/1", "webhook-attempt": "\(attempt)",
        ]
    }

    /// What an answer means for the endpoint: 410 switches it off, ten refusals in a row leave only pings.
    func take(_ outcome: WebhookOutcome) {
        let mustPause = state.withLock { state -> Bool in
            state.book.note(outcome.deliveryID, status: outcome.status, isAcknowledged: outcome.isAcknowledged)
            if outcome.status == 410 { state.isDisabled = true }
            if outcome.isAcknowledged { state.refusedInARow = 0 }
            let isDead = !outcome.willRetry && !outcome.isAcknowledged && ![400, 409, 413, 415, 422].contains(outcome.status)
            if outcome.status == 401 || outcome.status == 404 || isDead { state.refusedInARow += 1 }
            guard state.refusedInARow >= Self.refusalsBeforePause, !state.isPaused else { return false }
            state.isPaused = true
            return true
        }
        guard mustPause else { return }
        sender?.pause()
        setPingAlarm()
    }

    func pingAndResume() async {
        // No answer is an answer: the next alarm tries again.
        let answer = try? await ping()
        guard let answer, (200..<300).contains(answer.status) else { return setPingAlarm() }
        state.withLock { state in
            state.isPaused = false
            state.refusedInARow = 0
        }
        sender?.resume()
    }

    // MARK: By hand

    /// Sends one `ping` at once, beside the queue.
    package func ping() async throws -> PlainAnswer {
        let body = state.withLock { state in
            let sequence = state.book.nextSequence()
            return state.book.makeBody("ping", of: nil, sequence: sequence)
        }
        return try await post(body ?? Data())
    }

    /// Sends any bytes at once, rightly signed over exactly these bytes; `extraHeaders` replace or join the usual ones.
    package func post(_ body: Data, id: String? = nil, extraHeaders: [String: String] = [:]) async throws -> PlainAnswer {
        let id = id ?? newEventID()
        let headers = headers(id: id, body: body).merging(extraHeaders) { $1 }
        return try await PlainHTTP.send("POST", hookURL(), headers: headers.map { ($0.key, $0.value) }, body: body, limit: .seconds(15))
    }

    /// Sends an event as a careless sender would (companion-webhook.md §12).
    package func post(_ body: Data, mistake: CustomShopSigning.Mistake, id: String? = nil) async throws -> PlainAnswer {
        let timestamp = stamp()
        var id = id ?? newEventID()
        var signature = CustomShopSigning.signature(mistake, id: id, timestamp: timestamp, body: body, secret: configuration.secret)
        // One signature in four has neither + nor /, so its URL-safe form is right by accident.
        while mistake == .urlSafeBase64, !signature.contains(where: { "-_".contains($0) }) {
            id = newEventID()
            signature = CustomShopSigning.signature(mistake, id: id, timestamp: timestamp, body: body, secret: configuration.secret)
        }
        var headers = ["webhook-timestamp": "\(mistake == .otherTimestamp ? timestamp + 1 : timestamp)", "webhook-signature": signature]
        headers["webhook-id"] = id
        return try await post(mistake == .trailingNewline ? body + Data("\n".utf8) : body, id: id, extraHeaders: headers)
    }

    /// Sends one of the odd bodies at once.
    package func post(_ odd: OddBody) async throws -> PlainAnswer {
        let valid = state.withLock { state in
            let order = state.book.newestOrder ?? state.book.place().externalID
            let sequence = state.book.nextSequence()
            return state.book.makeBody("order.upserted", of: order, sequence: sequence)
        } ?? Data()
        return try await post(odd.body(from: valid), extraHeaders: odd.headers)
    }

    /// "Send again": the same id and body, a new timestamp. False when the row is gone or was never attempted.
    @discardableResult
    package func resend(_ eventID: String) -> Bool {
        guard let event = state.withLock({ $0.book.events[eventID] }), event.body != nil else { return false }
        queue(eventID, type: event.type)
        return true
    }

    /// The same change under two ids.
    package func announceTwice(_ externalID: String) {
        announce(externalID, merging: false)
        announce(externalID, merging: false)
    }

    /// Two edits whose events arrive the wrong way round: the newer is answered before the older is sent.
    package func editOutOfOrder(_ externalID: String) async throws -> [PlainAnswer] {
        var bodies: [Data] = []
        for _ in 0..<2 {
            let body = state.withLock { state -> Data? in
                guard state.book.edit(externalID) != nil else { return nil }
                let sequence = state.book.nextSequence()
                return state.book.makeBody("order.upserted", of: externalID, sequence: sequence)
            }
            bodies += [body].compactMap(\.self)
        }
        var answers: [PlainAnswer] = []
        for body in bodies.reversed() { answers.append(try await post(body)) }
        return answers
    }

    /// An event that is never sent although its number is used up: a gap in `sequence`.
    package func editSilently(_ externalID: String) {
        state.withLock { state in
            if state.book.edit(externalID) != nil { _ = state.book.nextSequence() }
        }
    }

    /// An order the hub hears nothing of until it pulls.
    package func unannouncedOrder() async throws -> String { state.withLock { $0.book.place() }.externalID }

    private func newEventID() -> String { CustomShopEnvelope.newID(at: configuration.now()) }

    private func hookURL() throws -> String {
        guard let url = state.withLock({ $0.hookURL }) else { throw SimulatorError.didNotStart(name: "customshop", reason: "no hook URL is set") }
        return url
    }
}
