import Foundation
import Shopat24Simulator
import SimulatorKit
import Testing
import Waiting

@Suite(.timeLimit(.minutes(1))) struct StatusTests {
    @Test(arguments: [
        (Shopat24Status.new, "NEW", "รอดำเนินการ", "unfulfilled"), (.waitPay, "WAIT_PAY", "รอชำระเงิน", "unfulfilled"),
        (.confirmed, "CONFIRMED", "ยืนยันแล้ว", "unfulfilled"), (.packing, "PACKING", "กำลังจัดเตรียม", "packed"), (.ready, "READY", "พร้อมส่ง", "readyToShip"),
        (.shipped, "SHIPPED", "จัดส่งแล้ว", "inTransit"), (.atStore, "AT_STORE", "ถึงร้านแล้ว", "outForDelivery"),
        (.delivered, "DELIVERED", "รับสินค้าแล้ว", "delivered"), (.notCollected, "NOT_COLLECTED", "ไม่มารับ", "returning"),
        (.returned, "RETURNED", "คืนสินค้า", "returned"), (.cancelled, "CANCELLED", "ยกเลิก", nil), (.lost, "LOST", "สูญหาย", "lost"),
    ] as [(Shopat24Status, String, String, String?)])
    func `each word of the dossier has its Thai word and its place on the fulfilment axis`(status: Shopat24Status, english: String, thai: String, fulfilment: String?) {
        #expect(status.rawValue == english && status.thai == thai && status.fulfilment == fulfilment)
    }

    @Test func `words only move forward, cancelled only before delivered, lost only on the way`() {
        let forward: [Shopat24Status] = [.waitPay, .new, .confirmed, .packing, .ready, .shipped, .atStore, .delivered, .notCollected, .returned]
        for (index, status) in forward.enumerated() {
            for (other, next) in forward.enumerated() { #expect(status.canMove(to: next) == (other > index)) }
            #expect(status.canMove(to: .cancelled) == (index < 7))
            #expect(status.canMove(to: .lost) == (status == .shipped || status == .atStore))
        }
        for status in Shopat24Status.allCases { #expect(!Shopat24Status.cancelled.canMove(to: status) && !Shopat24Status.lost.canMove(to: status)) }
    }

    @Test func `a store order is received invoice by invoice and handed over invoice by invoice`() async throws {
        try await withChannel({ $0.notCollectedShare = 0 }) { bench in
            let channel = bench.channel, orderNo = channel.placeOrder(.store)
            var several = orderNo
            while channel.order(several)?.invoices.count != 2 || channel.order(several)?.store == nil { several = channel.placeOrder(.store) }
            #expect(!channel.receiveAtStore(several))
            channel.shipOrder(several, trackingNumber: "T1")
            var seen: [String] = []
            func note() { seen.append(channel.order(several).map { "\($0.status.rawValue) \($0.fulfilment)" } ?? "") }
            note()
            while channel.advance(several) { note() }
            #expect(seen == ["SHIPPED inTransit", "SHIPPED inTransit", "AT_STORE outForDelivery", "AT_STORE outForDelivery", "DELIVERED delivered"])
            #expect(channel.order(several)?.invoices.allSatisfy { $0.key == .handedOver } == true)
        }
    }

    @Test func `the key of one invoice can be given by name, and an invoice that was handed over early shows`() async throws {
        try await withChannel { bench in
            let channel = bench.channel
            var orderNo = ""
            repeat { orderNo = channel.placeOrder(.store) } while channel.order(orderNo)?.invoices.count != 2
            let invoices = channel.order(orderNo)?.invoices.map(\.invoiceNo) ?? []
            channel.shipOrder(orderNo, trackingNumber: "T1")
            #expect(!channel.handOver(orderNo, invoiceNo: invoices[1]))
            #expect(channel.receiveAtStore(orderNo, invoiceNo: invoices[1]) && channel.handOver(orderNo, invoiceNo: invoices[1]))
            #expect(channel.order(orderNo)?.fulfilment == "outForDelivery")
            #expect(channel.order(orderNo)?.invoices.map(\.key) == [nil, .handedOver])
        }
    }

    @Test func `what nobody collects goes back`() async throws {
        try await withChannel({ $0.notCollectedShare = 1 }) { bench in
            let channel = bench.channel, orderNo = channel.placeOrder(.store)
            channel.shipOrder(orderNo, trackingNumber: "T1")
            var seen: [Shopat24Status] = []
            while channel.advance(orderNo) { if let status = channel.order(orderNo)?.status, status != seen.last { seen.append(status) } }
            #expect(seen.suffix(3) == [.atStore, .notCollected, .returned])
            #expect(channel.orderStates().first { $0.number == orderNo }?.fulfilment == "returned")
        }
    }

    @Test func `a home order is paid at the door where it is cash on delivery`() async throws {
        try await withChannel({ $0.storeShare = 0 }) { bench in
            let channel = bench.channel, orderNo = channel.placeOrder(.cashOnDelivery)
            #expect(channel.order(orderNo)?.isPaid == false && channel.order(orderNo)?.isCashOnDelivery == true)
            channel.shipOrder(orderNo, trackingNumber: "T1")
            #expect(channel.advance(orderNo) && channel.order(orderNo)?.status == .delivered && channel.order(orderNo)?.isPaid == true)
            let unpaid = channel.placeOrder(.unpaid)
            #expect(channel.payOrder(unpaid) && channel.order(unpaid)?.isPaid == true)
        }
    }

    @Test func `after a shipment the walk goes on by itself where it is asked to`() async throws {
        try await withChannel {
            $0.walkPause = .seconds(1)
            $0.notCollectedShare = 0
        } _: { bench in
            let orderNo = bench.channel.placeOrder(.store)
            bench.channel.shipOrder(orderNo, trackingNumber: "T1")
            #expect(await eventually { bench.channel.order(orderNo)?.status == .delivered })
        }
    }

    @Test func `a cancelled order keeps its fulfilment, and nothing moves it again`() async throws {
        try await withChannel { bench in
            let channel = bench.channel, orderNo = channel.placeOrder(.home)
            #expect(channel.move(orderNo, to: .packing) && channel.cancelOrder(orderNo))
            #expect(channel.orderStates().first?.isCancelled == true && channel.orderStates().first?.fulfilment == "packed")
            #expect(!channel.editOrder(orderNo) && !channel.advance(orderNo) && !channel.cancelOrder(orderNo))
        }
    }

    @Test func `the same seed draws the same orders`() async throws {
        var drawn: [[Int64]] = []
        for _ in 0..<2 {
            try await withChannel({ $0.seed = 7 }) { bench in
                for _ in 0..<20 { try await bench.channel.placeOrder() }
                drawn.append(bench.channel.orderStates().map(\.grandMinor))
                #expect(bench.channel.orderStates().allSatisfy { $0.externalID == "store-01:\($0.number)" && $0.number.count == 12 })
            }
        }
        #expect(drawn[0] == drawn[1] && Set(drawn[0]).count > 10)
    }

    @Test func `traffic places orders until it is stopped`() async throws {
        try await withChannel { bench in
            bench.channel.startTraffic(ordersPerSecond: 500)
            #expect(await eventually { bench.channel.orderStates().count >= 20 })
            await bench.channel.stopTraffic()
            let count = bench.channel.orderStates().count
            await bench.channel.idle()
            #expect(bench.channel.orderStates().count == count)
        }
    }
}
