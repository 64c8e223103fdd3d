import Connect
import Domain
@testable import ShopifyConnector
import Testing

@Suite struct ConnectorCancellingTests {
    private func order() throws -> OrderForAction {
        OrderForAction(id: OrderID(1), channel: ChannelID(7), channelName: "test shop", snapshot: try #require(try Bench.order(OrderBody.changed())))
    }
    private func seen(_ cancelledAt: String) -> PlatformAnswer { Bench.data(#"{"order":{"id":"gid://shopify/Order/6100000000001","cancelledAt":\#(cancelledAt)}}"#) }
    private let stands = "null", ended = #""2026-11-06T03:00:00Z""#
    private func job(_ done: Bool) -> PlatformAnswer { Bench.data(#"{"job":{"id":"gid://shopify/Job/1","done":\#(done)}}"#) }
    private func asked(done: Bool = false, errors: String = "[]", code: String? = nil) -> PlatformAnswer {
        let job = errors == "[]" && code == nil ? #"{"id":"gid://shopify/Job/1","done":\#(done)}"# : "null"
        let coded = code.map { #"[{"field":["orderId"],"message":"no","code":"\#($0)"}]"# } ?? "[]"
        return Bench.data(#"{"orderCancel":{"job":\#(job),"orderCancelUserErrors":\#(coded),"userErrors":\#(errors)}}"#)
    }
    private func cancel(_ answers: PlatformAnswer...) async throws -> (CancelAnswer, ScriptedPlatform) {
        let platform = ScriptedPlatform(answers)
        return (try await Bench.connector(platform).cancelOrder(try order(), reason: "inventory", idempotencyKey: "k"), platform)
    }

    @Test func `a cancel job is waited for and the order is looked at`() async throws {
        let (answer, platform) = try await cancel(seen(stands), asked(), job(false), job(true), seen(ended))
        #expect(answer == .cancelled)
        #expect(platform.operations == ["orderCancelled", "orderCancel", "job", "job", "orderCancelled"])
        let variables = platform.variables(1)
        #expect(variables["reason"] as? String == "INVENTORY" && variables["restock"] as? Bool == true && variables["notifyCustomer"] as? Bool == false)
        #expect(variables["refundMethod"] as? [String: Bool] == ["originalPaymentMethodsRefund": false])
    }

    @Test func `an order that is cancelled or gone is not cancelled again`() async throws {
        let (already, first) = try await cancel(seen(ended))
        #expect(already == .cancelled && first.requests.count == 1)
        let (gone, second) = try await cancel(Bench.data(#"{"order":null}"#))
        #expect(gone == .unknown && second.requests.count == 1)
    }

    @Test func `a job that goes on answers pending, and one without effect is too late`() async throws {
        let platform = ScriptedPlatform([seen(stands), asked()] + Array(repeating: job(false), count: ShopifyConnector.jobLooks))
        #expect(try await Bench.connector(platform).cancelOrder(try order(), reason: "staff", idempotencyKey: "k") == .pending)
        #expect(platform.requests.count == 2 + ShopifyConnector.jobLooks)
        let (answer, _) = try await cancel(seen(stands), asked(done: true), seen(stands))
        #expect(answer == .tooLate(platformMessage: "Shopify ended the cancellation without cancelling the order"))
    }

    @Test func `refusals are too late, unless it was cancelled meanwhile`() async throws {
        let (late, _) = try await cancel(seen(stands), asked(errors: #"[{"field":null,"message":"Cannot cancel a fulfilled order"}]"#), seen(stands))
        #expect(late == .tooLate(platformMessage: "Cannot cancel a fulfilled order"))
        let (raced, _) = try await cancel(seen(stands), asked(code: "INVALID"), seen(ended))
        #expect(raced == .cancelled)
        let (unknown, _) = try await cancel(seen(stands), asked(code: "NOT_FOUND"))
        #expect(unknown == .unknown)
        let failed = await #expect(throws: ConnectorError.self) { _ = try await cancel(seen(stands), asked(code: "INTERNAL_ERROR")) }
        #expect(failed?.failureClass == .transient)
        let forbidden = await #expect(throws: ConnectorError.self) { _ = try await cancel(seen(stands), asked(code: "NO_REFUND_PERMISSION")) }
        #expect(forbidden?.failureClass == .unauthorised)
    }

    @Test func `a reason of our own is the staff note`() throws {
        let variables = try Bench.connector().cancelVariables("gid://shopify/Order/1", reason: "buyer called")
        #expect(variables["reason"] == "OTHER" && variables["staffNote"] == "buyer called")
    }
}
