import CourierSimulator
import Connect
import Domain
import Foundation
import Hub
import SimulatorKit

extension LawHub {
    /// A courier channel on a simulated courier that calls back to this hub.
    func addCourier(_ courier: CourierSimulator, name: String = "Courier") async throws -> ChannelID {
        let configuration = courier.configuration
        let channel = try await hub.channels.add(platform: "courier", name: name, settings: [
            "url": courier.baseURL, "keyID": configuration.keyID, "secret": configuration.secrets[0], "callbackSecret": configuration.callbackSecret], by: "test")
        courier.setCallback(url: hook(of: channel.id))
        return channel.id
    }

    /// A signed-webhook destination that is sent these events.
    func addListener(_ url: String, name: String, events: [EventType], delays: [Int] = RetryPolicy.standard.delaysSeconds) async throws -> ChannelID {
        let channel = try await hub.channels.add(platform: "webhook", name: name, settings: ["url": url, "secret": Self.listenerSecret], by: "test")
        let route = Route(id: hub.newRouteID(), name: "to \(name)", events: events, destination: .channel(channel.id), retry: RetryPolicy(delaysSeconds: delays, jitter: 0))
        try await hub.channels.save(route, position: 10)
        return channel.id
    }
    static let listenerSecret = "whsec_AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA="

    func jobs(at destination: ChannelID? = nil, of order: OrderID? = nil) async throws -> [QueuedJob] { try await hub.ledger.jobs(destination: destination, order: order, after: nil, limit: 500) }
    func letters() async throws -> [DeadLetter] { try await hub.ledger.deadLetters(after: nil, limit: 500) }
    func problems() async throws -> [Overview.ProblemLine] { try await hub.problems(limit: 200) }
}

extension CourierSimulator {
    /// Quick, and it books the same reference twice when it is asked twice.
    static func careless(faults: FaultPlan = FaultPlan(level: .none, seed: 1), cancelMode: CourierConfiguration.CancelMode = .immediate, clock: LawClock = LawClock()) async throws -> CourierSimulator {
        var configuration = CourierConfiguration()
        configuration.requestsPerSecond = 100_000
        configuration.enforcesUniqueRef = false
        configuration.callbackTimeScale = 0.001
        configuration.cancelMode = cancelMode
        configuration.now = { Date(timeIntervalSince1970: Double(clock.now.milliseconds) / 1000) }
        configuration.faults = faults
        return try await start(configuration)
    }
}

extension CaughtWebhook {
    /// The CloudEvent in the body.
    var event: [String: Any] { (try? JSONSerialization.jsonObject(with: body)) as? [String: Any] ?? [:] }      // nothing where it is none: the expectation says so
    var orderJSON: [String: Any] { event["data"] as? [String: Any] ?? [:] }
    var externalID: String { orderJSON["externalID"] as? String ?? "" }
    var sequence: Int64 { (event["sequence"] as? String).flatMap(Int64.init) ?? 0 }
}
