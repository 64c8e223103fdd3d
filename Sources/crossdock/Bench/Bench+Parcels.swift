import Connect
import CourierSimulator
import Documents
import Domain
import Foundation
import Hub
import ThailandPostSimulator

extension Bench {
    /// 9. Labels of so many parcels as one PDF, made and kept; then the same once more, from what was kept.
    func labels(_ count: Int = 500) async throws {
        let path = try freshFolder("labels"), shape = shape
        var configuration = CourierConfiguration()
        (configuration.keyID, configuration.secrets, configuration.callbackSecret) = ("k", ["s"], "c")
        configuration.requestsPerSecond = 100_000
        let courier = try await CourierSimulator.start(configuration)
        try await withHub(path, courierURL: courier.baseURL) { hub, _, _ in
            try await Self.take(count, of: shape, into: hub)
            let parcels = try await Self.parcels(count, of: hub)
            let wish = LabelDesk.Order(parcels: parcels, size: .label100x150, words: .english, actor: "bench", date: { String($0.description.prefix(10)) })
            var clock = ContinuousClock.now
            let first = try await hub.shipping.labels.print(wish)
            let made = (ContinuousClock.now - clock) / .seconds(1)
            clock = .now
            let second = try await hub.shipping.labels.print(wish)
            let again = (ContinuousClock.now - clock) / .seconds(1)
            Self.say("labels: \(first.labels) labels of 100 x 150 mm in one PDF of \(first.bytes.count / 1024) kB in \(Self.text(made, 2)) s (refused \(first.refused.count)); printed again, \(second.reprints) from what was kept, in \(Self.text(again, 2)) s")
        }
        await courier.stop()
        try FileManager.default.removeItem(atPath: path)
    }

    /// 10. So many parcels booked at a carrier within the calls that it allows: what share of the allowance was used.
    func bookings(_ count: Int = 1000) async throws {
        let path = try freshFolder("bookings"), shape = shape, own = ThailandPostConfiguration(), post = try await ThailandPostSimulator.start(own)
        func range(_ account: EParcelAccount) -> String { account.ranges.first.map { "\($0.prefix) \($0.first)-\($0.last)" } ?? "" }
        let settings = [
            "eparcelUser": own.accounts[0].user, "eparcelPassword": own.accounts[0].password, "codUser": own.accounts[1].user, "codPassword": own.accounts[1].password,
            "staticToken": own.staticToken, "emsRange": range(own.accounts[0]), "codEmsRange": range(own.accounts[1]), "trackingURL": post.trackURL, "webhookURL": post.webhookURL,
            "eparcelURL": post.eParcelURL, "postOneURL": post.postOneURL, "senderName": "ร้านตัวอย่าง", "senderPhone": "021234567", "senderAddress": "99/1 ซอยรามคำแหง 24 แขวงหัวหมาก",
            "senderDistrict": "บางกะปิ", "senderProvince": "กรุงเทพมหานคร", "senderPostcode": "10240",
        ]
        try await withHub(path) { hub, _, _ in
            let carrier = try await ensure("Thailand Post", "thailandpost", settings, hub)
            try await hub.channels.setState(.paused, reason: "bench", of: carrier.id)
            try await hub.channels.set([HubSetting.courier: carrier.name], of: try hub.channels.channel(named: "Bench shop").id)
            try await Self.take(count, of: shape, into: hub)
            guard let budget = hub.channels.directory.descriptor(of: carrier.id)?.budget else { return }
            for _ in 0..<6000 {
                if hub.ledger.queues.byDestination[carrier.id]?.ready ?? 0 >= count { break }
                try await Task.sleep(for: .milliseconds(10))
            }
            let begin = ContinuousClock.now
            try await hub.channels.setState(.active, reason: nil, of: carrier.id)
            hub.dispatcher.wakeAll()
            var booked = 0
            while booked < count, ContinuousClock.now - begin < .seconds(600) {
                try await Task.sleep(for: .milliseconds(20))
                booked = post.consignmentsPerInvoice().count
            }
            let seconds = (ContinuousClock.now - begin) / .seconds(1), twice = post.consignmentsPerInvoice().values.count { $0 > 1 }
            let allowed = Double(budget.burst) + budget.callsPerSecond * seconds
            Self.say("bookings: \(booked) of \(count) parcels at Thailand Post in \(Self.text(seconds)) s, \(twice) twice; the budget of \(Self.text(budget.callsPerSecond, 0)) a second and a burst of \(budget.burst) allowed \(Int(allowed)) calls: \(Self.text(Double(booked) / allowed * 100)) % of it")
        }
        await post.stop()
        try FileManager.default.removeItem(atPath: path)
    }

    /// So many orders of the bench's shop, accepted as its webhooks are.
    private static func take(_ count: Int, of shape: DeliveryShape, into hub: Hub) async throws {
        let shop = try hub.channels.channel(named: "Bench shop").id
        for start in stride(from: 0, to: count, by: 64) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for index in start..<min(start + 64, count) {
                    group.addTask { try await hub.intake.take(channel: shop, origin: .webhook, topic: "orders/create", key: "bench-\(index)", body: shape.body(of: index)) }
                }
                try await group.waitForAll()
            }
        }
    }

    /// Waits until so many parcels are booked.
    private static func parcels(_ count: Int, of hub: Hub) async throws -> [Int64] {
        for _ in 0..<6000 {
            let lines = try await hub.shipping.packing.parcels(in: .toPack, of: nil, limit: count)
            if lines.count >= count { return lines.map(\.parcel.id) }
            try await Task.sleep(for: .milliseconds(100))
        }
        return try await hub.shipping.packing.parcels(in: .toPack, of: nil, limit: count).map(\.parcel.id)
    }
}
