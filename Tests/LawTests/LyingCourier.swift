import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import SimulatorKit
import Synchronization
import Waiting

/// A courier that answers bookings with whatever a test says, and tells the truth when it is asked for a reference.
final class LyingCourier: Sendable {
    struct State { var bookings: [String: Int] = [:], lies: [@Sendable (_ externalRef: String) -> String] = [], asked = 0, begun = 0, isHeld = false }
    let state = Mutex(State())
    private let server: SimulatorServer
    var url: String { server.baseURL }

    /// Each lie is told once, in the place of the answer to a booking; afterwards it is honest.
    static func start(lies: [@Sendable (_ externalRef: String) -> String] = []) async throws -> LyingCourier {
        let box = Mutex<LyingCourier?>(nil)
        let server = SimulatorServer(name: "liar") { router in
            router.post("v1/orders") { request, _ -> Response in
                let body = try await request.body.collect(upTo: 1 << 20)
                struct Wanted: Decodable { var externalRef: String }
                let ref = try JSONDecoder().decode(Wanted.self, from: Data(body.readableBytesView)).externalRef
                let courier = box.withLock { $0 }
                // Whoever sent it may be gone meanwhile: it is booked all the same.
                return await Task.detached { Self.json(await courier?.desk(ref) ?? "{}") }.value
            }
            router.get("v1/orders") { request, _ -> Response in
                let ref = request.uri.queryParameters.get("externalRef").map { String($0) } ?? ""
                return Self.json(box.withLock { $0 }?.find(ref) ?? "{}")
            }
        }
        let courier = LyingCourier(server)
        courier.state.withLock { $0.lies = lies }
        box.withLock { $0 = courier }
        try await server.start()
        return courier
    }

    private init(_ server: SimulatorServer) { self.server = server }
    func stop() async { await server.stop() }

    private static func order(_ ref: String) -> String { #"{"orderId":"co_\#(ref)","externalRef":"\#(ref)","status":"created","trackingNumber":"TRK\#(ref)","parcels":[]}"# }
    private static func json(_ text: String) -> Response { Response(status: .ok, headers: [.contentType: "application/json"], body: .init(byteBuffer: ByteBuffer(string: text))) }

    /// Bookings lie on the desk until they are let go.
    func hold() { state.withLock { $0.isHeld = true } }
    func letGo() { state.withLock { $0.isHeld = false } }
    private func desk(_ ref: String) async -> String {
        state.withLock { $0.begun += 1 }
        _ = await eventually(within: .seconds(60)) { state.withLock { !$0.isHeld } }      // what is held too long is the test's to miss
        return book(ref)
    }

    private func book(_ ref: String) -> String {
        state.withLock { state in
            state.bookings[ref, default: 0] += 1
            return state.lies.isEmpty ? Self.order(ref) : state.lies.removeFirst()(ref)
        }
    }
    private func find(_ ref: String) -> String {
        state.withLock { state in
            state.asked += 1
            return state.bookings[ref] == nil ? #"{"data":[],"nextCursor":null}"# : #"{"data":[\#(Self.order(ref))],"nextCursor":null}"#
        }
    }
}
