import NIOCore

/// The first handler of a connection: shows the raw bytes to who watches the connection, before and after something is made of them.
final class HeadBytes: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// - Returns: false: the bytes go no further.
    private let before: () -> Bool
    private let after: (ByteBuffer) -> Void

    init(before: @escaping () -> Bool, after: @escaping (ByteBuffer) -> Void) { self.before = before; self.after = after }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard before() else { return }
        context.fireChannelRead(data)
        after(unwrapInboundIn(data))
    }
}
