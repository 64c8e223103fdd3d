import Foundation
import Shopat24Simulator
import SimulatorKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct WebhookTests {
    private static func webhook(_ template: Shopat24Webhook.Template, _ encoding: Shopat24Webhook.Encoding) -> Shopat24Webhook {
        var webhook = Shopat24Webhook()
        (webhook.template, webhook.encoding, webhook.prefix) = (template, encoding, "v=")
        (webhook.timestampHeader, webhook.deliveryIDHeader) = ("X-S24-Timestamp", "X-S24-Delivery")
        return webhook
    }

    @Test(arguments: Shopat24Webhook.Template.allCases, Shopat24Webhook.Encoding.allCases)
    func `every template reaches the hub rightly signed`(template: Shopat24Webhook.Template, encoding: Shopat24Webhook.Encoding) async throws {
        let webhook = Self.webhook(template, encoding)
        try await withChannel({ $0.webhook = webhook }) { bench in
            let orderNo = bench.channel.placeOrder(.home)
            await bench.channel.idle()
            let call = try #require(bench.catcher.all.first)
            #expect(String(decoding: call.body, as: UTF8.self) == #"{"orderNo":"\#(orderNo)","status":"NEW","updatedAt":"2025-10-21T11:40:00+07:00"}"#)
            #expect(call.headers["x-s24-signature"] == webhook.signature(of: call.body, timestamp: 1_761_021_600, url: bench.catcher.url))
            #expect(call.headers["x-s24-timestamp"] == "1761021600" && call.headers["x-s24-delivery"]?.isEmpty == false)
        }
    }

    @Test func `a failed call is repeated with the same bytes and the same delivery ID`() async throws {
        try await withChannel({ $0.webhook = Self.webhook(.body, .hex) }, answer: { _, before in .init(status: before < 2 ? 500 : 204) }) { bench in
            bench.channel.placeOrder(.home)
            await bench.channel.idle()
            let calls = bench.catcher.all
            #expect(calls.count == 3 && Set(calls.map(\.body)).count == 1 && Set(calls.map { $0.headers["x-s24-delivery"] }).count == 1)
            #expect(bench.channel.counters.acknowledged == 1)
        }
    }

    @Test func `duplicates carry one delivery ID, and what is out of order carries two`() async throws {
        try await withChannel({ $0.webhook = Self.webhook(.body, .hex) }) { bench in
            let orderNo = bench.channel.placeOrder(.home)
            bench.channel.announceTwice(orderNo)
            await bench.channel.idle()
            #expect(bench.catcher.count == 3 && Set(bench.catcher.all.map { $0.headers["x-s24-delivery"] }).count == 2)
            _ = try await bench.channel.editOutOfOrder(orderNo)
            let times = bench.catcher.all.suffix(2).map { String(decoding: $0.body, as: UTF8.self).suffix(27) }
            #expect(times[0] > times[1])
            #expect(Set(bench.catcher.all.map { $0.headers["x-s24-delivery"] }).count == 4)
        }
    }

    @Test func `forced faults give a wrong signature, half a body, or nothing`() async throws {
        let webhook = Self.webhook(.body, .hex)
        try await withChannel({ $0.webhook = webhook }) { bench in
            bench.channel.faults.force([.badSignature, .malform, .drop], at: .webhook)
            for _ in 0..<3 {
                bench.channel.placeOrder(.home)
                await bench.channel.idle()
            }
            let calls = bench.catcher.all
            #expect(calls.count == 2)
            func isSigned(_ call: CaughtWebhook) -> Bool { call.headers["x-s24-signature"] == webhook.signature(of: call.body, timestamp: 0, url: "") }
            #expect(!isSigned(calls[0]) && isSigned(calls[1]))
            #expect((try? JSONSerialization.jsonObject(with: calls[1].body)) == nil)
        }
    }

    @Test func `a call can be signed at another time`() async throws {
        try await withChannel({ $0.webhook = Self.webhook(.timestampBody, .hex) }) { bench in
            _ = try await bench.channel.post(Data("{}".utf8), skewSeconds: -301)
            #expect(bench.catcher.all.first?.headers["x-s24-timestamp"] == "1761021299")
        }
    }

    @Test func `nothing is sent without a hook`() async throws {
        try await withChannel({ $0.webhook = Self.webhook(.body, .hex) }) { bench in
            bench.channel.setHook(url: nil)
            bench.channel.placeOrder(.home)
            await bench.channel.idle()
            #expect(bench.catcher.count == 0)
        }
    }
}
