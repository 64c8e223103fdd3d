import Connect
import Domain
import Foundation
import SpreadsheetConnector
import Testing

@Suite struct SpreadsheetTests {
    private static func interpret(_ body: [UInt8]) throws(ConnectorError) -> [Interpretation] {
        let connector = try SpreadsheetConnector(DestinationBench.context(["currency": "CLP", "timeZone": "America/Santiago"]))
        return try connector.interpret(StoredDelivery(id: DeliveryID(1), channel: ChannelID(9), origin: .file, topic: "row", body: body, receivedAt: DestinationBench.now))
    }

    @Test func `an order in our own JSON is that order`() throws {
        let order = DestinationBench.event("k").order.snapshot
        #expect(try Self.interpret(Array(try JSONEncoder.crossdock.encode(order))) == [.order(order)])
    }

    @Test(arguments: ["", "{}", "[]", "null", #"{"externalID":"1"}"#, "\u{0}"])
    func `anything else is raised`(body: String) async {
        let error = await connectorError { () async throws(ConnectorError) in try Self.interpret(Array(body.utf8)) }
        #expect(error == .notUnderstood(field: "body", found: "not an order"))
    }

    @Test(arguments: [["currency": "BAHT"], ["currency": "12"], ["timeZone": "Mars/Olympus"]])
    func `settings that mean nothing are refused`(settings: [String: String]) {
        #expect(throws: ConnectorError.self) { try SpreadsheetConnector(DestinationBench.context(settings)) }
    }
}
