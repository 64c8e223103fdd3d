import Foundation
import SimulatorKit
import Testing
import ThailandPostSimulator

/// thailandpost.md §4.2, §6.1, §8.
@Suite(.timeLimit(.minutes(1))) struct BookingTests {
    @Test func `a booking is one consignment with its preload event`() async throws {
        try await withPost { bench async throws in
            let answer = try await bench.eParcel("POST", "addItem", PostBench.item(Numbers.ems))
            #expect(answer.status == 200)
            #expect(answer.post == [["errorCode": "000", "errorDetail": "Success", "status": true]])
            let known = try #require(bench.simulator.consignment(Numbers.ems))
            #expect(known.events.map(\.status) == ["101"])
            #expect(known.codSatang == nil)
            #expect(bench.simulator.consignmentsPerOrder() == ["ORD-\(Numbers.ems)": 1])
            #expect(bench.simulator.consignmentsPerInvoice() == ["INV-\(Numbers.ems)": 1])
            #expect(bench.simulator.consignmentsPerBarcode() == [Numbers.ems: 1])
            #expect(bench.simulator.callCounts()["C addItem"] == 1)
        }
    }

    /// Each row breaks one rule of an item that is good otherwise.
    private static let refusals: [(String, String, [String: PostJSON?])] = [
        ("002", Numbers.ems, ["cusName": nil]), ("002", Numbers.ems, ["orderId": ""]), ("002", Numbers.ems, ["cusTel": .null]),
        ("004", "RR100000025TH", [:]), ("004", "EB200000006TH", [:]), ("004", "EF300000009TH", [:]),
        ("016", Numbers.ems, ["productWeight": "20001"]), ("016", Numbers.registered, ["productWeight": 2_001]),
        ("017", "EF123456784TH", [:]), ("017", "EF12345678TH", [:]), ("017", Numbers.ems, ["cusZipcode": "5022"]), ("017", Numbers.ems, ["productInbox": ""]),
        ("019", Numbers.ems, ["productWeight": "0"]), ("019", Numbers.ems, ["productWeight": "heavy"]), ("019", Numbers.ems, ["productPrice": "1,250.00"]),
        ("028", Numbers.ems, ["merchantId": "M9", "merchantZipcode": "10240"]), ("030", Numbers.ems, ["orderType": "X"]),
        ("070", Numbers.ems, ["storeLocationNo": "S9"]), ("073", Numbers.ems, ["cusZipcode": "58150", "cusProv": "แม่ฮ่องสอน"]),
        ("078", Numbers.ems, ["manifestNo": "ABC20240231-0001"]), ("084", Numbers.ems, ["cusProv": "Narnia"]),
    ]

    @Test(arguments: refusals.indices)
    func `each refusal has its code and books nothing`(row: Int) async throws {
        let (code, barcode, changes) = Self.refusals[row]
        try await withPost { bench async throws in
            #expect(try await bench.book(barcode, changes) == code)
            #expect(bench.simulator.consignmentsPerBarcode().isEmpty)
        }
    }

    private static let edges: [(String, [String: PostJSON?])] = [
        (Numbers.ems, ["productWeight": 20_000]), (Numbers.registered, ["productWeight": "2000"]), (Numbers.ems, ["productPrice": "1250.5"]),
        (Numbers.ems, ["manifestNo": "ABC20240603-0001"]), (Numbers.ems, ["orderType": "W", "cusProv": "จังหวัดกำแพงเพชร"]),
        (Numbers.ems, ["cusProv": "ก\u{0E4D}\u{0E32}แพงเพชร"]), (Numbers.ems, ["shipperName": nil, "shipperZipcode": nil]),
    ]

    @Test(arguments: edges.indices)
    func `what is at the edge is taken`(row: Int) async throws {
        let (barcode, changes) = Self.edges[row]
        try await withPost { bench async throws in #expect(try await bench.book(barcode, changes) == "000") }
    }

    @Test(arguments: ["", "null", "[]", #"{"barc"#])
    func `a body that is no item is 077`(body: String) async throws {
        try await withPost { bench async throws in #expect(try await bench.eParcel("POST", "addItem", body).code == "077") }
    }

    @Test func `a second booking of a number is 018, of the same customer or the other`() async throws {
        try await withPost { bench async throws in
            #expect(try await bench.book(Numbers.ems) == "000")
            #expect(try await bench.book(Numbers.ems) == "018")
            #expect(try await bench.book(Numbers.ems, ["orderId": "OTHER"]) == "018")
            #expect(bench.simulator.refusedDuplicates() == [Numbers.ems: 2])
            #expect(bench.simulator.consignmentsPerBarcode() == [Numbers.ems: 1])
            #expect(bench.simulator.consignment(Numbers.ems)?.orderID == "ORD-\(Numbers.ems)")
        }
    }

    @Test func `a careless system stores a number twice and counts it`() async throws {
        try await withPost({ $0.refusesDuplicates = false }) { bench async throws in
            for _ in 0..<2 { #expect(try await bench.book(Numbers.ems) == "000") }
            #expect(bench.simulator.consignmentsPerBarcode() == [Numbers.ems: 2])
            #expect(bench.simulator.consignmentsPerOrder().values.max() == 2)
        }
    }

    @Test func `031 can come with the parcel stored, and without`() async throws {
        try await withPost { bench async throws in
            bench.simulator.forceBookingCodes([.createFailed], stores: true)
            bench.simulator.forceBookingCodes([.createFailed], stores: false)
            #expect(try await bench.book(Numbers.ems(0)) == "031")
            #expect(try await bench.book(Numbers.ems(1)) == "031")
            #expect(try await bench.eParcel("GET", "getOrderByBarcode?barcode=\(Numbers.ems(0))").post["invNo"]?.text == "INV-\(Numbers.ems(0))")
            #expect(try await bench.book(Numbers.ems(0)) == "018")
            #expect(try await bench.book(Numbers.ems(1)) == "000")
        }
    }

    @Test func `a lost answer has booked, and a drop has not`() async throws {
        try await withPost { bench async throws in
            bench.simulator.faults.force([.lostAnswer, .drop], at: .write)
            await #expect(throws: (any Error).self) { try await bench.book(Numbers.ems(0)) }
            await #expect(throws: (any Error).self) { try await bench.book(Numbers.ems(1)) }
            #expect(bench.simulator.consignmentsPerBarcode() == [Numbers.ems(0): 1])
        }
    }

    @Test func `COD is chosen by the account, and has its limit there`() async throws {
        try await withPost { bench async throws in
            #expect(try await bench.book(Numbers.ems, ["productPrice": "60000"]) == "000")
            #expect(try await bench.book(Numbers.cod(0), ["productPrice": "1250.5"], account: PostBench.cod) == "000")
            #expect(try await bench.book(Numbers.cod(1), ["productPrice": "0"], account: PostBench.cod) == "000")
            #expect(try await bench.book(Numbers.cod(2), ["productPrice": "50000.01"], account: PostBench.cod) == "029")
            #expect(try await bench.book(Numbers.ems(5), account: PostBench.cod) == "004")
            #expect(bench.simulator.consignment(Numbers.ems)?.codSatang == nil)
            #expect(bench.simulator.consignment(Numbers.cod(0))?.codSatang == 125_050)
            #expect(bench.simulator.consignment(Numbers.cod(1))?.codSatang == nil)
        }
    }

    // MARK: Lists

    private static let list = "[\(PostBench.item(Numbers.ems(0))),\(PostBench.item("EF123456784TH")),\(PostBench.item(Numbers.ems(2)))]"

    @Test(arguments: ThailandPostConfiguration.BookingReply.allCases)
    func `a list with one bad item books the others, whatever the reply looks like`(shape: ThailandPostConfiguration.BookingReply) async throws {
        try await withPost({ $0.bookingReply = shape }) { bench async throws in
            let reply = try await bench.eParcel("POST", "addItems", Self.list).post
            func codes(_ items: [PostJSON]?) -> [String?]? { items?.map { $0["errorCode"]?.text } }
            switch shape {
            case .onePerItem: #expect(codes(reply.items) == ["000", "017", "000"])
            case .messagesError:
                #expect(codes(reply.items) == ["017"])
                #expect(codes(reply.items?.first?["messagesError"]?.items) == ["000", "017", "000"])
            case .failuresOnly: #expect(codes(reply.items?.first?["messagesError"]?.items) == ["017"])
            case .bareObject: #expect(reply["errorCode"] == "017")
            }
            #expect(bench.simulator.consignmentsPerBarcode() == [Numbers.ems(0): 1, Numbers.ems(2): 1])
        }
    }

    @Test func `a reply can name the barcode, and a good list needs no messages`() async throws {
        try await withPost({ $0.bookingReply = .messagesError; $0.repliesNameBarcode = true }) { bench async throws in
            let reply = try await bench.eParcel("POST", "addItems", Self.list).post
            #expect(reply.items?.first?["messagesError"]?.items?.map { $0["barcode"]?.text } == [Numbers.ems(0), "EF123456784TH", Numbers.ems(2)])
            let good = try await bench.eParcel("POST", "addItems", "[\(PostBench.item(Numbers.ems(3)))]").post
            #expect(good == [["errorCode": "000", "errorDetail": "Success", "status": true]])
        }
    }

    // MARK: Before acceptance

    @Test func `a parcel can be changed and cancelled until it is accepted`() async throws {
        try await withPost { bench async throws in
            for index in 0...1 { try await bench.book(Numbers.ems(index)) }
            #expect(try await bench.eParcel("POST", "updateItem", PostBench.item(Numbers.ems(0), ["cusName": "คนใหม่"])).code == "000")
            #expect(try await bench.eParcel("GET", "getOrderByBarcode?barcode=\(Numbers.ems(0))").post["customerName"] == "คนใหม่")
            for _ in 0..<2 { #expect(try await bench.eParcel("POST", "cancelOrder", #"{"barcode":"\#(Numbers.ems(0))"}"#).code == "000") }
            #expect(!bench.simulator.advance(Numbers.ems(0)))
            #expect(try await bench.book(Numbers.ems(0)) == "018")
            bench.simulator.advance(Numbers.ems(1))
            #expect(try await bench.eParcel("POST", "cancelOrder", #"{"barcode":"\#(Numbers.ems(1))"}"#).code == "071")
            #expect(try await bench.eParcel("POST", "updateItem", PostBench.item(Numbers.ems(1))).code == "071")
            #expect(try await bench.eParcel("POST", "cancelOrder", #"{"barcode":"\#(Numbers.ems(2))"}"#).code == "019")
        }
    }

    // MARK: Who may call

    @Test(arguments: [true, false])
    func `bad credentials are 401 or 001`(are401: Bool) async throws {
        try await withPost({ $0.badCredentialsAre401 = are401 }) { bench async throws in
            let answer = try await bench.eParcel("POST", "addItem", PostBench.item(Numbers.ems), account: ("demo_user", "guess"))
            #expect((answer.status, answer.code) == (are401 ? (401, nil) : (200, "001")))
            #expect(bench.simulator.consignmentsPerBarcode().isEmpty)
        }
    }

    @Test func `the contract's vector is the plain account's header`() {
        #expect(PostBench.basic("demo_user", "demo_pass").value == "Basic ZGVtb191c2VyOmRlbW9fcGFzcw==")
    }

    @Test(arguments: [(ThailandPostConfiguration.Refusal.unauthorised, 401), (.forbidden, 403), (.timeOut, nil)] as [(ThailandPostConfiguration.Refusal, Int?)])
    func `an address that is not on the list looks like bad credentials or like nothing`(refusal: ThailandPostConfiguration.Refusal, status: Int?) async throws {
        try await withPost({ $0.allowedAddresses = ["203.0.113.9"]; $0.refusal = refusal; $0.hang = .milliseconds(20) }) { bench async throws in
            // No answer at all is an error of the client.
            #expect((try? await bench.eParcel("GET", "getStatus").status) == status)
            bench.simulator.adjust { $0.allowedAddresses = ["127.0.0.1"] }
            #expect(try await bench.eParcel("GET", "getStatus").status == 200)
        }
    }

    @Test func `numbers drawn from D are good in C, numbers not yet drawn are not`() async throws {
        try await withPost { bench async throws in
            let first = try #require(S10.number(prefix: "EF", serial: 30_000_000)), third = try #require(S10.number(prefix: "EF", serial: 30_000_002))
            #expect(try await bench.book(first) == "004")
            #expect(try await bench.draw(count: 2).status == 200)
            #expect(try await bench.book(first) == "000")
            #expect(try await bench.book(third) == "004")
        }
    }

    @Test func `a finished parcel makes room, and its number stays taken`() async throws {
        try await withPost({ $0.maximumConsignments = 1 }) { bench async throws in
            #expect(try await bench.book(Numbers.ems(0)) == "000")
            #expect(try await bench.book(Numbers.ems(1)) == "031")
            bench.simulator.advance(Numbers.ems(0), steps: 10)
            #expect(try await bench.book(Numbers.ems(1)) == "000")
            #expect(bench.simulator.consignment(Numbers.ems(0)) == nil)
            #expect(try await bench.book(Numbers.ems(0)) == "018")
        }
    }
}
