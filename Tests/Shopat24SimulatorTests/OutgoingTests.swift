import Foundation
import Shopat24Simulator
import SimulatorKit
import Testing
import Waiting

@Suite(.timeLimit(.minutes(1))) struct OutgoingTests {
    private static let name = "CD_shipment_20251021_114000_1.csv"

    private func ack(_ bench: Bench, _ name: String) throws -> [[String]] {
        rows(String(decoding: try bench.read(name + ".ack.csv").dropFirst(3), as: UTF8.self))
    }
    private func withFiles(_ body: (Bench) async throws -> Void) async throws {
        try await withChannel(filesToo: true, { ($0.ordersPerFile, $0.storeShare) = (1_000, 0) }, body)
    }

    @Test func `confirm, shipment and cancel request have their effect and a truthful answer`() async throws {
        try await withFiles { bench in
            let channel = bench.channel, (one, two) = (channel.placeOrder(.home), channel.placeOrder(.home))
            let invoice = try #require(channel.order(one)).invoices[0].invoiceNo
            try bench.send("CD_confirm_20251021_113900_1.csv", "\u{FEFF}order_no,invoice_no,confirmed_at\r\n\(one),,2025-10-21T11:39:00+07:00\r\n251,,\r\n")
            try bench.send(
                Self.name, "\u{FEFF}order_no,invoice_no,carrier,tracking_no,shipped_at,parcels\r\n\(one),\(invoice),THP,EX000000001TH,2025-10-21T11:39:30+07:00,1\r\n")
            try bench.send("CD_cancel_request_20251021_114000_2.csv", "order_no,line_no,reason,requested_at\r\n\(two),,OUT_OF_STOCK,\r\n\(two),,OTHER,\r\n\(one),x,OTHER,\r\n")
            let read = try channel.readOutgoing()
            #expect(read.map(\.kind) == ["cancel_request", "confirm", "shipment"])
            #expect(channel.order(two)?.status == .cancelled && channel.order(one)?.trackingNumbers == ["EX000000001TH"])
            #expect(channel.order(one)?.invoices[0].shippedAt == Date(timeIntervalSince1970: 1_761_021_570))
            #expect(channel.shippedCounts == ["\(one)/\(invoice)": 1])
            #expect(try ack(bench, "CD_confirm_20251021_113900_1.csv") == [
                ["row", "result", "code", "message"], ["1", "ok", "0000", "OK"], ["2", "error", "4001", "Order 251 is not known."],
            ])
            #expect(try ack(bench, "CD_cancel_request_20251021_114000_2.csv").map { $0.prefix(3) } == [
                ["row", "result", "code"], ["1", "ok", "0000"], ["2", "ok", "4009"], ["3", "error", "4000"],
            ])
            #expect(try bench.names().contains(Self.name + ".ack.csv.ok"))
        }
    }

    @Test func `the shipment file of the dossier is taken byte for byte`() async throws {
        let text = "\u{FEFF}order_no,tracking_no\r\n250000000123,EX000000001TH\r\n"
        #expect(SimulatorSignature.sha256(Data(text.utf8)).hex == "9f26eca79401105cedfb0286c373282d7a3c22337563132fc380aeb069ad00ab")
        try await withFiles { bench in
            let orderNo = bench.channel.placeOrder(.home)
            try bench.send(Self.name, text.replacing("250000000123", with: orderNo))
            #expect(try bench.channel.readOutgoing().first?.rows.map(\.code) == ["0000"])
            #expect(bench.channel.order(orderNo)?.status == .shipped)
        }
    }

    @Test func `a file counts once, waits for its ok, and strangers are left alone`() async throws {
        try await withFiles { bench in
            let orderNo = bench.channel.placeOrder(.home), text = "order_no,tracking_no\r\n\(orderNo),T1\r\n"
            try bench.send(Self.name, text, withOK: false)
            try bench.send("CD_shipment_20251021_114000_2.csv.part", text)
            try bench.send("notes.csv", text)
            #expect(try bench.channel.readOutgoing().isEmpty)
            try bench.send(Self.name, text)
            #expect(try bench.channel.readOutgoing().count == 1 && bench.channel.readOutgoing().isEmpty)
            try bench.send("CD_shipment_20251021_114500_3.csv", text)
            #expect(try bench.channel.readOutgoing().first?.rows.map(\.code) == ["4009"])
            #expect(bench.channel.shippedCounts == [orderNo: 1] && bench.channel.toldCounts == [orderNo: 2])
        }
    }

    @Test func `quotes, guarded values and split files are understood, and bad rows are named`() async throws {
        try await withFiles { bench in
            let orders = (0..<2).map { _ in bench.channel.placeOrder(.home) }
            try bench.send(
                "CD_shipment_20251021_114000_1_2.csv",
                "tracking_no,carrier,order_no\r\n\"'-T1\",\"A, \"\"quoted\"\"\r\ncarrier\",\(orders[0])\r\n\(orders[1]),\r\n,THP,\(orders[1])\r\n")
            #expect(try bench.channel.readOutgoing().first?.rows.map(\.code) == ["0000", "4000", "4000"])
            #expect(bench.channel.order(orders[0])?.invoices[0].carrier == "A, \"quoted\"\r\ncarrier" && bench.channel.order(orders[0])?.trackingNumbers == ["-T1"])
        }
    }

    @Test(arguments: ["", "order_no,tracking_no\r\n\"open", "nonsense"])
    func `a file that cannot be read has no effect and an honest answer`(text: String) async throws {
        try await withFiles { bench in
            try bench.send(Self.name, text)
            let rows = try #require(try bench.channel.readOutgoing().first).rows
            #expect(rows.allSatisfy { $0.code == "4000" })
            #expect(try bench.names().contains(Self.name + ".ack.csv"))
        }
    }

    @Test func `each way of answering can be asked for`() async throws {
        try await withFiles { bench in
            let channel = bench.channel
            channel.answerFiles([.refusing(rows: 1), .cutAfter(rows: 1), .missing, .late, .unknownName])
            func send(_ number: Int) throws -> (name: String, orders: [String]) {
                let (name, orders) = ("CD_confirm_20251021_114000_\(number).csv", (0..<2).map { _ in channel.placeOrder(.home) })
                try bench.send(name, "order_no\r\n" + orders.map { $0 + "\r\n" }.joined())
                _ = try channel.readOutgoing()
                return (name, orders)
            }
            func states(_ orders: [String]) -> [Shopat24Status?] { orders.map { channel.order($0)?.status } }
            let refused = try send(1)
            #expect(try states(refused.orders) == [.new, .confirmed] && ack(bench, refused.name).map { $0[2] } == ["code", "4002", "0000"])
            let cut = try send(2)
            #expect(try states(cut.orders) == [.confirmed, .confirmed] && ack(bench, cut.name).count == 2)
            let missing = try send(3), late = try send(4)
            #expect(try states(missing.orders + late.orders) == Array(repeating: .confirmed, count: 4) && bench.names().count == 4)
            try channel.releaseLateAcks()
            #expect(try ack(bench, late.name).count == 3)
            let unknown = try send(5)
            #expect(try !bench.names().contains(unknown.name + ".ack.csv") && bench.names().contains("CD_confirm_19990101_000000_1.csv.ack.csv"))
        }
    }

    @Test func `stock, price and product sheets are taken`() async throws {
        try await withFiles { bench in
            try bench.send("CD_stock_20251021_020000_1.csv", "sku,available,as_of\r\nCUP-CEL,0,\r\nCUP-CEL,few,\r\nnothing,1,\r\n")
            try bench.send("CD_price_20251021_020000_2.csv", "sku,price,special_price,special_from,special_to\r\nCUP-CEL,500.00,449.50,,\r\nCUP-CEL,500.00,500.00,,\r\n")
            try bench.send("CD_product_20251021_020000_3.csv", "sku,barcode,name_th,name_en,price\r\nNEW-1,,ของใหม่,New,10.00\r\nCUP-CEL,,ถ้วย,Cup,450.00\r\n")
            try bench.send("CD_poem_20251021_020000_4.csv", "sku\r\nCUP-CEL\r\n")
            let read = Dictionary(uniqueKeysWithValues: try bench.channel.readOutgoing().map { ($0.kind, $0.rows) })
            #expect(read["stock"]?.map(\.code) == ["0000", "4000", "4001"] && read["price"]?.map(\.code) == ["0000", "4000"] && read["poem"]?.map(\.code) == ["4000"])
            #expect(read["product"]?.map(\.message) == ["885000000024", "885000000003"])
            let products = Dictionary(uniqueKeysWithValues: bench.channel.products().map { ($0.vendorSKU, $0) })
            #expect(products["CUP-CEL"]?.available == 0 && products["CUP-CEL"]?.name == "ถ้วย" && products["CUP-CEL"]?.specialPriceMinor == 44_950)
            #expect(products["NEW-1"]?.review == .submitted && products["NEW-1"]?.houseCode == "885000000024")
        }
    }

    @Test func `the channel can look into the folder by itself`() async throws {
        try await withChannel(filesToo: true, { ($0.ordersPerFile, $0.outgoingPause) = (1_000, .milliseconds(2)) }) { bench in
            let orderNo = bench.channel.placeOrder(.home)
            try bench.send("CD_confirm_20251021_114000_1.csv", "order_no\r\n\(orderNo)\r\n")
            #expect(await eventually { bench.channel.order(orderNo)?.status == .confirmed })
        }
    }
}
