package import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import HTTPTypes

/// How long a request may take to arrive, and how much its head may hold.
package struct RequestLimits: Sendable {
    /// From the first byte of its head to the last of its body.
    package var whole: TimeAmount = .seconds(10)
    /// A file of orders has as long as it keeps moving: no longer silence than this, …
    package var uploadIdle: TimeAmount = .seconds(15)
    /// … at least so many bytes a second on average once the grace is over, …
    package var uploadBytesPerSecond = 1024
    package var uploadGrace: TimeAmount = .seconds(30)
    /// … and so long in all.
    package var uploadWhole: TimeAmount = .minutes(15)
    /// After an answer that came before the whole of the request: what still arrives is thrown away for so long, so that the answer is not lost with it.
    package var linger: TimeAmount = .seconds(2)
    package var headBytes = 48 << 10, addressBytes = 8 << 10
    package init() {}
}

/// Watches what comes in on one connection: a request that does not arrive in time is answered 408, one that cannot be read 400, 414 or 431,
/// and a connection whose request was answered before it was whole is closed. No handler is held by a client that drips.
final class RequestDeadline: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private enum Phase { case quiet, head, body, whole, closing }

    private let limits: RequestLimits
    private var phase = Phase.quiet
    private var upload: UploadPace?
    /// Requests whose heads came and whose answers did not end yet.
    private var unanswered = 0
    private var isAnswering = false
    private var timer: Scheduled<Void>?

    private var headBytes = 0, hasFirstLine = false

    init(limits: RequestLimits) { self.limits = limits }

    private static let addressTooLong = APIProblem(.uriTooLong, "uri_too_long", "The address of the request is too long.")
    private static let headTooLarge = APIProblem(.requestHeaderFieldsTooLarge, "head_too_large", "The head of the request is too large.")

    func handlerAdded(context: ChannelHandlerContext) {
        let bytes = HeadBytes(before: { [weak self] in self?.bytesCome(context) ?? false }, after: { [weak self] in self?.bytesCame($0, context) })
        do { try context.pipeline.syncOperations.addHandler(bytes, position: .first) } catch { context.close(promise: nil) }      // a connection that cannot be watched is none
    }

    func handlerRemoved(context: ChannelHandlerContext) { stop() }

    func channelInactive(context: ChannelHandlerContext) {
        stop()
        context.fireChannelInactive()
    }

    // MARK: what comes in

    private func bytesCome(_ context: ChannelHandlerContext) -> Bool {
        if phase == .quiet { begin(context) }
        return phase != .closing
    }

    /// The parser bounds header fields, not the first line: a head that is not whole after so many bytes is refused here.
    private func bytesCame(_ bytes: ByteBuffer, _ context: ChannelHandlerContext) {
        guard phase == .head else { return }
        headBytes += bytes.readableBytes
        hasFirstLine = hasFirstLine || bytes.readableBytesView.contains(UInt8(ascii: "\n"))
        guard headBytes > limits.headBytes else { return }
        refuse(hasFirstLine ? Self.headTooLarge : Self.addressTooLong, context)
    }

    private func begin(_ context: ChannelHandlerContext) {
        phase = .head
        headBytes = 0
        hasFirstLine = false
        schedule(context, in: limits.whole) { $0.expire($1) }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard phase != .closing else { return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            if phase != .head { begin(context) }
            phase = .body
            unanswered += 1
            guard head.path?.utf8.count ?? 0 <= limits.addressBytes else { return refuse(Self.addressTooLong, context) }
            if ImportRoutes.isUpload(head) {
                upload = UploadPace(limits, now: .now())
                pace(context)
            }
            if head.headerFields[.expect]?.lowercased() == "100-continue" { context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil) }
        case .body(let bytes): upload?.took(bytes.readableBytes, now: .now())
        case .end:
            stop()
            upload = nil
            guard unanswered > 0 else { return close(context) }      // answered already: the rest was only waited for
            phase = .whole
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // What the network did is no fault of the request; what cannot be answered in turn is left to who reads the requests.
        let isRequest = !(error is IOError || error is ChannelError)
        guard isRequest, !isAnswering, unanswered == (phase == .body ? 1 : 0) else { return context.fireErrorCaught(error) }
        refuse(error as? HTTPParserError == .headerOverflow ? Self.headTooLarge : APIProblem(.badRequest, "bad_request", "This is no request of HTTP/1.1."), context)
    }

    // MARK: what goes out

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard phase != .closing else { promise?.fail(ChannelError.ioOnClosedChannel); return }
        switch unwrapOutboundIn(data) {
        case .head(var head):
            isAnswering = head.status.kind != .informational
            guard phase == .body, unanswered == 1, isAnswering else { return context.write(data, promise: promise) }
            head.headerFields[.connection] = "close"
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            isAnswering = false
            unanswered -= 1
            context.write(data, promise: promise)
            guard unanswered == 0 else { return }
            if phase == .body { linger(context) } else { phase = .quiet }
        }
    }

    // MARK: time

    private func schedule(_ context: ChannelHandlerContext, in time: TimeAmount, _ body: @escaping @Sendable (RequestDeadline, ChannelHandlerContext) -> Void) {
        stop()
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        timer = context.eventLoop.scheduleTask(in: time) {
            let (handler, context) = bound.value
            body(handler, context)
        }
    }

    private func stop() {
        timer?.cancel()
        timer = nil
    }

    private func pace(_ context: ChannelHandlerContext) {
        schedule(context, in: UploadPace.look(limits)) { handler, context in
            if handler.upload?.isTooSlow(now: .now()) == true { handler.expire(context) } else { handler.pace(context) }
        }
    }

    private func expire(_ context: ChannelHandlerContext) {
        refuse(APIProblem(.requestTimeout, "request_timeout", upload == nil ? "The request did not arrive in time." : "The file came too slowly, or not at all any more."), context)
    }

    /// Answers and closes; where another answer is under way or due first, only closes.
    private func refuse(_ problem: APIProblem, _ context: ChannelHandlerContext) {
        guard phase != .closing else { return }
        guard !isAnswering, unanswered == (phase == .body ? 1 : 0) else { return close(context) }
        phase = .closing
        let document = problem.document
        var fields = problem.fields
        fields[.connection] = "close"
        fields[.contentLength] = String(document.count)
        context.write(wrapOutboundOut(.head(HTTPResponse(status: problem.status, headerFields: fields))), promise: nil)
        context.write(wrapOutboundOut(.body(ByteBuffer(bytes: document))), promise: nil)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            let (handler, context) = bound.value
            context.close(mode: .output, promise: nil)
            handler.linger(context)
        }
    }

    /// Reads on for a moment, so that closing does not reset the connection under the answer.
    private func linger(_ context: ChannelHandlerContext) {
        schedule(context, in: limits.linger) { $0.close($1) }
    }

    private func close(_ context: ChannelHandlerContext) {
        phase = .closing
        stop()
        context.close(promise: nil)
    }
}

/// Whether an upload keeps moving.
struct UploadPace {
    private let limits: RequestLimits, started: NIODeadline
    private var last: NIODeadline, bytes = 0

    init(_ limits: RequestLimits, now: NIODeadline) { self.limits = limits; started = now; last = now }

    /// Between two looks.
    static func look(_ limits: RequestLimits) -> TimeAmount { .nanoseconds(max(1, min(limits.uploadIdle.nanoseconds, TimeAmount.seconds(4).nanoseconds) / 4)) }

    mutating func took(_ count: Int, now: NIODeadline) {
        bytes += count
        last = now
    }

    func isTooSlow(now: NIODeadline) -> Bool {
        let age = now - started
        if now - last > limits.uploadIdle || age > limits.uploadWhole { return true }
        return age > limits.uploadGrace && Double(bytes) < Double(limits.uploadBytesPerSecond) * Double(age.nanoseconds) / 1e9
    }
}
