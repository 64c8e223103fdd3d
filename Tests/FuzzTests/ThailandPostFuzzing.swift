import Connect
import Domain
import HTTPTypes
@testable import ThailandPostConnector

/// Tracking answers and pushes, bookings and their answers (platforms/thailandpost.md §3, §4).
enum ThailandPostFuzzing {
    static let settings = [
        "eparcelUser": "demo_user", "eparcelPassword": "demo_pass", "codUser": "cod_user", "codPassword": "cod_pass", "staticToken": "T!k$n&;+=:/#^%", "webhookBearer": "bearer-of-ours",
        "emsRange": "EF 12345678-12345779", "codEmsRange": "EB 00000001-00000999", "senderName": "ร้านตัวอย่าง", "senderPhone": "02-123-4567", "senderAddress": "99/1 ถนนรามคำแหง", "senderDistrict": "บางกะปิ",
        "senderProvince": "กรุงเทพมหานคร", "senderPostcode": "10240",
    ]
    private static let event = ##"{"barcode":"EF123456785TH","status":"301","status_description":"อยู่ระหว่างการนำจ่าย","status_date":"04/06/2567 08:41:10+07:00","location":"ดอยสะเก็ด","postcode":"50220","##
        + ##""delivery_status":null,"delivery_description":null,"delivery_datetime":null,"receiver_name":null,"signature":null,"delivery_officer_name":null,"call_center_tel":"1545"}"##
    private static let delivered = ##"{"barcode":"EF123456785TH","status":"501","status_description":"นำจ่ายสำเร็จ","status_date":"29/02/2567 11:02:41+07:00","location":"ดอยสะเก็ด","postcode":"50220","delivery_status":"S","##
        + ##""delivery_description":"x","delivery_datetime":"04/06/2567 11:02:41+07:00","receiver_name":"ปิ่น/ผู้รับรับเอง","signature":"https://trackimage.thailandpost.co.th/f/signature/AAAA"}"##
    private static let bodies = [
        ##"{"items":[\##(event),\##(delivered)],"track_datetime":"04/06/2567 08:52+07:00"}"##,
        ##"{"response":{"items":{"EF123456785TH":[\##(event),\##(delivered)],"RR473124829TH":[]},"track_count":{"track_date":"04/06/2567","count_number":48,"track_count_limit":1500}},"message":"successful","status":true}"##,
    ]
    private static let answers = bodies + [
        ##"[{"errorCode":"000","errorDetail":"Success","status":true}]"##, ##"[{"messagesError":[{"errorCode":"018","errorDetail":"duplicate barcode"}]}]"##,
        ##"{"barcode":"EF123456785TH","invNo":"CD-1-1","customerName":"คุณตัวอย่าง","customerZipcode":"50220","productWeight":"850","status":"4","statusDescription":"นำจ่ายสำเร็จ","deliverdDate":"2024-06-04"}"##,
        ##"{"response":{"items":[{"barcode":"EF123456785TH","status":true},{"barcode":"RR473124829TH","status":false}],"track_count":{"track_date":"03/06/2567","count_number":2,"track_count_limit":1000}},"message":"successful","status":true}"##,
        ##"{"expire":"2024-07-03 09:15:20+07:00","token":"eyJ0"}"##,
    ]
    private static let address = Address(name: "คุณตัวอย่าง", phone: "+66 81-234-5678", line1: "123/45 หมู่ 6", subdistrict: "ป่าเมี่ยง", district: "ดอยสะเก็ด", province: "เชียงใหม่", postcode: "50220", countryCode: "TH")

    static func target() throws -> FuzzTarget {
        let limit = ThailandPostConnector.descriptor.maximumBodyBytes, tracked = try JSONMutator(bodies, maximumBytes: limit), answered = try JSONMutator(answers, maximumBytes: limit)
        return FuzzTarget(name: "thailandpost") { random in
            if random.once(in: 3) {
                let choice = random.below(4), answer = FuzzBench.answer(answered.body(&random), &random)
                return { await verdict(of: answer, choice) }
            }
            let body = tracked.body(&random), origin: DeliveryOrigin = random.once(in: 2) ? .webhook : .poll
            let incoming = IncomingDelivery(headers: [.authorization: random.pick(["Bearer bearer-of-ours", "Bearer ", HostileValues.longText(&random)]) ?? ""], body: body, receivedAt: FuzzBench.now)
            return {
                do throws(ConnectorError) {
                    let connector = try connector()
                    var verdict = FuzzBench.verdict(connector, FuzzBench.delivery(body, topic: "tracking", origin: origin))
                    if case .accept(let receipt) = connector.verify(incoming), receipt.key.isEmpty || receipt.key.utf8.count > 200 { verdict.complaints.append("a key of \(receipt.key.utf8.count) bytes") }
                    return verdict
                } catch { return FuzzVerdict(complaints: ["no connector: \(error)"]) }
            }
        }
    }

    private static func connector(_ answer: PlatformAnswer? = nil) throws(ConnectorError) -> ThailandPostConnector { try ThailandPostConnector(FuzzBench.context(settings, answer: answer, account: "post")) }

    private static func verdict(of answer: PlatformAnswer, _ choice: Int) async -> FuzzVerdict {
        await FuzzBench.verdict { () async throws(ConnectorError) in
            let connector = try connector(answer)
            switch choice {
            case 0:
                var verdict = FuzzVerdict(isRead: true)
                for body in try await connector.track(["EF123456785TH", "RR473124829TH"]) { verdict.add(FuzzBench.verdict(connector, FuzzBench.delivery(body.body, topic: body.topic, origin: .poll))) }
                return verdict
            case 1:
                let request = BookingRequest(externalRef: "CD-1", order: FuzzBench.order, recipient: address, parcels: [Parcel(ref: "1", weightGrams: 850, trackingNumber: "EF123456785TH")])
                let booking = try await connector.book(request, idempotencyKey: "k")
                return FuzzVerdict(isRead: true, complaints: Expectations.idComplaints("booking", booking.externalID))
            case 2: _ = try await connector.findBooking(externalRef: "CD-1")
            default: _ = try await connector.cancelBooking(externalRef: "CD-1", externalID: "EF123456785TH", reason: "r", idempotencyKey: "k")
            }
            return FuzzVerdict(isRead: true)
        }
    }
}
