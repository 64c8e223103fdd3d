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
                return Self.response(HookAnswer(status: 404, code: "unknown_hook", body: #"{"code":"unknown_hook"}"#))
            }
            let body: ByteBuffer
            do { body = try await request.body.collect(upTo: limit) } catch let error as HTTPError where error.status == .contentTooLarge {
                return Self.response(HookAnswer(status: 413, code: "too_large", body: #"{"code":"too_large"}"#))
            }
            let delivery = IncomingDelivery(headers: request.headers, body: Array(body.readableBytesView), receivedAt: now())
            return Self.response(await intake.receive(delivery, on: channel))
        }
    }

    static func response(_ answer: HookAnswer) -> Response {
        var headers: HTTPFields = answer.body.isEmpty ? [:] : [.contentType: answer.contentType]
        if let seconds = answer.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
        return Response(status: .init(code: answer.status), headers: headers, body: answer.body.isEmpty ? .init() : .init(byteBuffer: ByteBuffer(string: answer.body)))
    }
}
