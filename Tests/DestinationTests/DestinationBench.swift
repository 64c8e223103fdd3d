import Connect
import Domain
import Foundation
import HTTPTypes
import Logging

/// Events and contexts for connectors that only receive.
enum DestinationBench {
    static let now = Timestamp(seconds: 1_772_442_131)

    static func context(_ settings: [String: String], http: ChannelHTTP = answering(200), outputFolder: String? = nil) -> ChannelContext {
        ChannelContext(channel: ChannelID(9), name: "destination", settings: ChannelSettings(settings), http: http, now: { now }, logger: Logger(label: "test"), outputFolder: outputFolder)
    }

    static func answering(_ status: Int, headers: HTTPFields = [:]) -> ChannelHTTP {
        ChannelHTTP { (_) async throws(ConnectorError) -> PlatformAnswer in PlatformAnswer(status: status, headers: headers) }
    }

    static func event(_ key: String, type: String = "order.created", at: Timestamp = now, recipient: String = "คุณตัวอย่าง", channelName: String = "shop") -> OutgoingEvent {
        let snapshot = OrderSnapshot(
            externalID: "1001", externalNumber: "#1001", placedAt: now, revision: Revision(updatedAt: now), shipTo: Address(name: recipient, province: "เชียงใหม่", postcode: "50220"),
            currency: .thb, totals: Totals(items: 100, grand: 100), payment: Payment(state: .paid),
            lines: [OrderLine(externalLineID: "1", title: "ชา", quantity: 1, unitPrice: 100, lineTotal: 100)], platformStatus: "open")
        return OutgoingEvent(idempotencyKey: key, type: type, at: at, order: OrderForAction(id: OrderID(42), channel: ChannelID(1), channelName: channelName, snapshot: snapshot),
                             orderJSON: Array(#"{"id":"42","note":"โทรก่อนส่ง"}"#.utf8), sequence: 7, traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")
    }
}

/// The error of a call that has to fail; nil when it did not.
func connectorError<T>(_ body: () async throws(ConnectorError) -> T) async -> ConnectorError? {
    do { _ = try await body(); return nil } catch { return error }
}

/// A folder of its own for one test, removed afterwards.
func withFolder(_ body: (String) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    do { try await body(folder) } catch {
        try? FileManager.default.removeItem(atPath: folder)      // the test's own error matters more
        throw error
    }
    try FileManager.default.removeItem(atPath: folder)
}
