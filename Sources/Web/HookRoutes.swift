import Hub
import Connect
import Domain
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// `POST /hooks/{key}`: the door for platforms. No middleware stands before it.
struct HookRoutes {
    let intake: Intake
    let now: @Sendable () -> Timestamp

    func add(to router: Router<AppContext>) {
        router.post("hooks/:key") { request, context -> Response in
            guard let key = context.parameters.get("key"), let (channel, limit) = intake.channel(hookKey: key) else {
                return Self.response(HookAnswer(status: 404, code: "unknown_hook"))
            }
            guard let body = try await APIRead.bytes(of: request, upTo: limit) else { return Self.response(HookAnswer(status: 413, code: "too_large")) }
            let delivery = IncomingDelivery(headers: request.headers, body: Array(body.readableBytesView), receivedAt: now())
            return Self.response(await intake.receive(delivery, on: channel))
        }
    }

    /// A connector's own words go out as they are; a refusal without words is a problem document.
    static func response(_ answer: HookAnswer) -> Response {
        if answer.status >= 400, answer.body.isEmpty {
            return APIProblem(statuses.first { $0.code == answer.status } ?? .init(code: answer.status), answer.code, sentence(answer.code), retryAfterSeconds: answer.retryAfterSeconds).response()
        }
        var headers: HTTPFields = answer.body.isEmpty ? [:] : [.contentType: answer.contentType]
        if let seconds = answer.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
        return Response(status: .init(code: answer.status), headers: headers, body: answer.body.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(string: answer.body)))
    }

    /// With their words.
    private static let statuses: [HTTPResponse.Status] = [.badRequest, .unauthorized, .forbidden, .notFound, .conflict, .gone, .contentTooLarge, .unprocessableContent, .tooManyRequests, .serviceUnavailable]

    private static func sentence(_ code: String) -> String {
        switch code {
        case "unknown_hook": "No channel has this hook."
        case "too_large": "The delivery is larger than this channel takes."
        case "takes_no_deliveries": "This channel takes no deliveries."
        case "shutting_down": "The hub is shutting down. Send the delivery again."
        default: "The delivery was not taken."
        }
    }
}
