import Connect
import Domain
import HTTPTypes
import Testing
@testable import ThailandPostConnector

/// Announcing, finding and cancelling consignments (platforms/thailandpost.md §4.2, §4.3, §6.1).
@Suite struct ConnectorBookingTests {
    private static let number = PostBench.numbers[0]
    private static let silent = ["webhookBearer": ""]

    @Test func `one parcel is one addItem with every field of the contract`() async throws {
        let post = FakePost { _ in .done }
        let booking = try await post.connector(Self.silent).book(PostBench.request(), idempotencyKey: "k")
        #expect(booking.externalRef == "CD-1" && booking.externalID == Self.number && booking.trackingNumber == Self.number && booking.carrier == "thailandpost")
        #expect(booking.parcelTrackingNumbers == ["1": Self.number])
        let request = try #require(post.requests.first)
        #expect(post.requests.count == 1)
        #expect(request.url == "https://r_dservice.thailandpost.com/webservice/addItem")
        #expect(request.headers[.authorization] == "Basic ZGVtb191c2VyOmRlbW9fcGFzcw==")
        #expect(request.json == [
            "orderId": "CD-1", "invNo": "CD-1-1", "barcode": "EF123456785TH",
            "shipperName": "ร้านตัวอย่าง", "shipperAddress": "99/1 ถนนรามคำแหง", "shipperDistrict": "บางกะปิ", "shipperProvince": "กรุงเทพมหานคร", "shipperZipcode": "10240", "shipperMobile": "021234567",
            "cusName": "คุณตัวอย่าง", "cusAdd": "123/45 หมู่ 6 ต.ป่าเมี่ยง", "cusAmp": "ดอยสะเก็ด", "cusProv": "เชียงใหม่", "cusZipcode": "50220", "cusTel": "0812345678",
            "productPrice": "0", "productInbox": "-", "productWeight": "850", "orderType": "D",
        ])
        #expect(!String(decoding: request.body, as: UTF8.self).contains("ความลับของผู้ซื้อ"))
    }

    @Test func `COD chooses the account and carries baht with two decimals`() async throws {
        let post = FakePost { _ in .done }
        _ = try await post.connector(Self.silent).book(PostBench.request(numbers: [PostBench.codNumber], codMinor: 125_050), idempotencyKey: "k")
        #expect(post.requests[0].headers[.authorization] == PostAccount(user: "cod_user", password: "cod_pass").authorization)
        #expect(post.requests[0].json["productPrice"] == "1250.50")
    }

    @Test func `COD without a second account is a setting to fill in`() async throws {
        let post = FakePost { _ in .done }
        let error = await connectorError { () async throws(ConnectorError) in
            try await post.connector(["codUser": "", "codPassword": ""]).book(PostBench.request(codMinor: 100), idempotencyKey: "k")
        }
        guard case .misconfigured(setting: "codUser", _) = error else { Issue.record("\(String(describing: error))"); return }
        #expect(post.requests.isEmpty)
    }

    @Test(arguments: [
        (125_000, 1, ["1250.00"]), (100_001, 2, ["500.01", "500.00"]), (100, 3, ["0.34", "0.33", "0.33"]), (5, 1, ["0.05"]), (123_456_789, 1, ["1234567.89"]),
    ] as [(Int64, Int, [String])])
    func `what is collected is shared out to the satang`(minor: Int64, parcels: Int, prices: [String]) throws {
        #expect(try Consignment.prices(Money(minor: minor, .thb), parcels: parcels) == prices)
    }

    @Test func `several parcels go in one addItems, told apart by their references`() async throws {
        let post = FakePost { _ in .json(##"[{"errorCode":"000"},{"errorCode":"000"},{"errorCode":"000"}]"##) }
        let booking = try await post.connector(["merchantId": "M1", "merchantZipcode": "10240", "storeLocationNo": "7", "orderType": "w", "contents": "เสื้อผ้า", "webhookBearer": ""])
            .book(PostBench.request(numbers: PostBench.numbers), idempotencyKey: "k")
        #expect(booking.externalID == PostBench.numbers.joined(separator: ","))
        #expect(booking.parcelTrackingNumbers.count == 3)
        let items = post.requests[0].jsonList
        #expect(post.requests[0].url.hasSuffix("/addItems") && post.requests.count == 1)
        #expect(items.map { $0["invNo"] } == ["CD-1-1", "CD-1-2", "CD-1-3"] && Set(items.map { $0["orderId"] }) == ["CD-1"])
        #expect(items.allSatisfy { $0["merchantId"] == "M1" && $0["storeLocationNo"] == "7" && $0["orderType"] == "W" && $0["productInbox"] == "เสื้อผ้า" })
    }

    @Test func `a duplicate that is ours is a success`() async throws {
        let post = FakePost { request in request.method == .post ? .code("018", "duplicate barcode") : PostBench.stored(Self.number) }
        let booking = try await post.connector(Self.silent).book(PostBench.request(), idempotencyKey: "k")
        #expect(booking.externalID == Self.number)
        #expect(post.requests.map(\.method) == [.post, .get])
        #expect(post.requests[1].url.hasSuffix("getOrderByBarcode?barcode=EF123456785TH"))
    }

    @Test(arguments: [
        PostBench.stored(PostBench.numbers[0], invoice: "CD-2-1"), PostBench.stored(PostBench.numbers[0], invoice: nil, name: "คนอื่น"), PostBench.stored(PostBench.numbers[0], invoice: nil, postcode: "10110"),
        PostBench.stored("RR473124829TH"), PostBench.stored(PostBench.numbers[0], words: "ยกเลิกการรับฝาก"), .code("002", "not found"), .json("[]"), .json("{}"), .json("null"),
    ]) func `a duplicate that is another's, or was cancelled, is refused by its number`(stored: PlatformAnswer) async throws {
        let post = FakePost { request in request.method == .post ? .code("018", "duplicate") : stored }
        let error = await connectorError { () async throws(ConnectorError) in try await post.connector().book(PostBench.request(), idempotencyKey: "k") }
        guard case .refused("018", let words)? = error else { Issue.record("\(String(describing: error))"); return }
        #expect(words.contains(Self.number))
    }

    @Test func `an answer that repeats no reference is compared by its receiver, sara am in either form`() async throws {
        var recipient = PostBench.address()
        recipient.name = "คุณ น\u{0E49}\u{0E33}ฝน"
        let post = FakePost { request in request.method == .post ? .code("018") : PostBench.stored(Self.number, invoice: nil, name: "คุณ  น\u{0E49}\u{0E4D}\u{0E32}ฝน") }
        _ = try await post.connector(Self.silent).book(PostBench.request(recipient: recipient), idempotencyKey: "k")
        #expect(post.requests.count == 2)
    }

    @Test func `ours of an earlier try is brought up to date, as long as it was not accepted`() async throws {
        let post = FakePost { request in
            if request.url.hasSuffix("addItem") { return .code("018") }
            return request.url.hasSuffix("updateItem") ? .done : PostBench.stored(Self.number, postcode: "50200")
        }
        _ = try await post.connector(Self.silent).book(PostBench.request(), idempotencyKey: "k")
        #expect(post.requests.map { $0.url.split(separator: "/").last.map(String.init) } == ["addItem", "getOrderByBarcode?barcode=EF123456785TH", "updateItem"])
        #expect(post.requests[2].json["cusZipcode"] == "50220")

        let accepted = FakePost { request in
            if request.url.hasSuffix("addItem") { return .code("018") }
            return request.url.hasSuffix("updateItem") ? .code("071", "accepted") : PostBench.stored(Self.number, postcode: "50200")
        }
        let error = await connectorError { () async throws(ConnectorError) in try await accepted.connector().book(PostBench.request(), idempotencyKey: "k") }
        #expect(error?.code == "071")

        let heavier = FakePost { request in
            if request.url.hasSuffix("addItem") { return .code("018") }
            return request.url.hasSuffix("updateItem") ? .code("071", "accepted") : PostBench.stored(Self.number, weight: "900")
        }
        #expect(try await heavier.connector(Self.silent).book(PostBench.request(), idempotencyKey: "k").externalID == Self.number)
    }

    @Test func `031 may have been stored: it is asked about before it is repeated`() async throws {
        let post = FakePost { request in request.method == .post ? .code("031", "create failed") : PostBench.stored(Self.number) }
        let connector = try post.connector()
        let error = await connectorError { () async throws(ConnectorError) in try await connector.book(PostBench.request(), idempotencyKey: "k") }
        #expect(error?.failureClass == .transient)
        #expect(try await connector.findBooking(externalRef: "CD-1")?.externalID == Self.number)
        #expect(try await connector.findBooking(externalRef: "CD-2") == nil)
    }

    @Test func `after a lost answer what there is can be found, and what is not there is not`() async throws {
        for (stored, isThere) in [(PostBench.stored(Self.number), true), (.code("002", "no such item"), false), (.json("[]"), false), (PostBench.stored(Self.number, invoice: "CD-9-1"), false)] {
            let post = FakePost { (request) throws(ConnectorError) in
                if request.method == .post { throw .unreachable(reason: "it did not answer in time") }
                return stored
            }
            let connector = try post.connector()
            let error = await connectorError { () async throws(ConnectorError) in try await connector.book(PostBench.request(), idempotencyKey: "k") }
            #expect(error?.failureClass == .transient)
            #expect((try await connector.findBooking(externalRef: "CD-1") != nil) == isThere)
        }
    }

    @Test func `a booking of several parcels is found only when all of them are there`() async throws {
        let post = FakePost { (request) throws(ConnectorError) in
            if request.method == .post { throw .unreachable(reason: "no answer") }
            let index = PostBench.numbers.firstIndex { request.url.hasSuffix($0) } ?? 0
            return index == 2 ? .code("002") : PostBench.stored(PostBench.numbers[index], invoice: "CD-1-\(index + 1)")
        }
        let connector = try post.connector()
        _ = await connectorError { () async throws(ConnectorError) in try await connector.book(PostBench.request(numbers: PostBench.numbers), idempotencyKey: "k") }
        #expect(try await connector.findBooking(externalRef: "CD-1") == nil)
    }

    // MARK: several parcels, one answer

    @Test(arguments: [
        ##"[{"errorCode":"000"},{"errorCode":"017","errorDetail":"check zipcode"},{"errorCode":"000"}]"##,
        ##"[{"messagesError":[{"errorCode":"000"},{"errorCode":"017","errorDetail":"check zipcode"},{"errorCode":"000"}]}]"##,
        ##"[{"errorCode":"000","barcode":"EF123456803TH"},{"errorCode":"017","errorDetail":"check zipcode","barcode":"ef123456794th"},{"errorCode":"000","barcode":"EF123456785TH"}]"##,
    ]) func `one refused parcel of three is named, and the others with it`(body: String) async throws {
        let named = body.replacing("EF123456803TH", with: PostBench.numbers[2]).replacing("ef123456794th", with: PostBench.numbers[1].lowercased())
        let post = FakePost { _ in .json(named) }
        let error = await connectorError { () async throws(ConnectorError) in try await post.connector().book(PostBench.request(numbers: PostBench.numbers), idempotencyKey: "k") }
        guard case .refused("017", let words)? = error else { Issue.record("\(String(describing: error))"); return }
        #expect(words.contains("parcel 2 (\(PostBench.numbers[1]))") && words.contains("check zipcode"))
        #expect(words.contains("kept: \(PostBench.numbers[0]), \(PostBench.numbers[2])"))
        #expect(post.requests.count == 1)
    }

    @Test func `one line for several parcels is looked into parcel by parcel`() async throws {
        for (line, complete) in [(##"[{"errorCode":"000","status":true}]"##, true), (##"[{"messagesError":[{"errorCode":"016","errorDetail":"weight over"}]}]"##, false)] {
            let post = FakePost { request in
                if request.method == .post { return .json(line) }
                let index = PostBench.numbers.firstIndex { request.url.hasSuffix($0) } ?? 0
                return index == 1 && !complete ? .code("002") : PostBench.stored(PostBench.numbers[index], invoice: "CD-1-\(index + 1)")
            }
            if complete {
                #expect(try await post.connector(Self.silent).book(PostBench.request(numbers: PostBench.numbers), idempotencyKey: "k").parcelTrackingNumbers.count == 3)
            } else {
                let error = await connectorError { () async throws(ConnectorError) in try await post.connector().book(PostBench.request(numbers: PostBench.numbers), idempotencyKey: "k") }
                guard case .refused("016", let words)? = error else { Issue.record("\(String(describing: error))"); return }
                #expect(words.contains("parcel 2") && !words.contains("parcel 1 ("))
            }
        }
    }

    @Test func `success for all that is stored for none is asked for again`() async throws {
        let post = FakePost { request in request.method == .post ? .json(##"[{"errorCode":"000"}]"##) : .code("002") }
        let error = await connectorError { () async throws(ConnectorError) in try await post.connector().book(PostBench.request(numbers: PostBench.numbers), idempotencyKey: "k") }
        #expect(error?.failureClass == .transient)
    }

    // MARK: cancelling

    @Test func `a consignment is cancelled by its number, and a second time without a call`() async throws {
        let post = FakePost { _ in .done }
        let connector = try post.connector(Self.silent)
        let booking = try await connector.book(PostBench.request(), idempotencyKey: "k")
        for _ in 0..<2 { #expect(try await connector.cancelBooking(externalRef: "CD-1", externalID: booking.externalID, reason: "r", idempotencyKey: "c") == .cancelled) }
        #expect(post.requests(to: "cancelOrder").map(\.json) == [["barcode": Self.number]])
        #expect(try await connector.findBooking(externalRef: "CD-1")?.isCancelled == true)
    }

    @Test func `after acceptance it is too late`() async throws {
        let post = FakePost { request in request.url.hasSuffix("cancelOrder") ? .code("071", "already accepted") : .done }
        let connector = try post.connector(Self.silent)
        _ = try await connector.book(PostBench.request(), idempotencyKey: "k")
        #expect(try await connector.cancelBooking(externalRef: "CD-1", externalID: nil, reason: "r", idempotencyKey: "c") == .tooLate(platformMessage: "\(Self.number): already accepted"))
    }

    @Test func `one accepted parcel of three makes the whole too late, and says which are cancelled`() async throws {
        let post = FakePost { request in request.json["barcode"] == PostBench.numbers[1] ? .code("071") : .done }
        let answer = try await post.connector().cancelBooking(externalRef: "CD-1", externalID: PostBench.numbers.joined(separator: ","), reason: "r", idempotencyKey: "c")
        guard case .tooLate(let words) = answer else { Issue.record("\(answer)"); return }
        #expect(words.hasPrefix(PostBench.numbers[1]) && words.contains("cancelled: \(PostBench.numbers[0]), \(PostBench.numbers[2])"))
    }

    @Test func `a number that neither account knows is unknown, and so is a reference without numbers`() async throws {
        let post = FakePost { _ in .code("002", "not found") }
        let connector = try post.connector()
        #expect(try await connector.cancelBooking(externalRef: "CD-1", externalID: Self.number, reason: "r", idempotencyKey: "c") == .unknown)
        #expect(post.requests(to: "cancelOrder").map { $0.headers[.authorization] ?? "" } == ["Basic ZGVtb191c2VyOmRlbW9fcGFzcw==", PostAccount(user: "cod_user", password: "cod_pass").authorization])
        #expect(try await connector.cancelBooking(externalRef: "CD-1", externalID: nil, reason: "r", idempotencyKey: "c") == .unknown)
    }

    @Test func `a number of the COD range is cancelled under the COD account`() async throws {
        let post = FakePost { _ in .done }
        #expect(try await post.connector().cancelBooking(externalRef: "x", externalID: PostBench.codNumber, reason: "r", idempotencyKey: "c") == .cancelled)
        #expect(post.requests.map { $0.headers[.authorization] } == [PostAccount(user: "cod_user", password: "cod_pass").authorization])
    }

    @Test(arguments: ["", ",", "nonsense", "EF123456785TH,../x", "EF123456785TH&x=1"]) func `an id that is none of ours goes nowhere`(id: String) async {
        let post = FakePost { _ in .done }
        let error = await connectorError { () async throws(ConnectorError) in try await post.connector().cancelBooking(externalRef: "x", externalID: id, reason: "r", idempotencyKey: "c") }
        #expect(error?.code == "not_understood")
        #expect(post.requests.isEmpty)
    }

    // MARK: labels

    @Test func `a label is the PDF as it comes`() async throws {
        let post = FakePost { _ in PlatformAnswer(status: 200, headers: [.contentType: "application/octet-stream"], body: Array("%PDF-1.4 EF123456785TH".utf8)) }
        let label = try await post.connector(["logoURL": "https://shop.example/logo 1.png?a=b&c"]).fetchLabel(externalID: Self.number, format: "pdf", size: "100x150")
        #expect(label.contentType == "application/pdf" && label.bytes.starts(with: Array("%PDF".utf8)))
        #expect(post.requests[0].url == "https://r_dservice.thailandpost.com/webservice/LabelPDF?barcode=EF123456785TH&urlLogo=https%3A%2F%2Fshop.example%2Flogo%201.png%3Fa%3Db%26c")
    }

    @Test func `a label is looked for under the other account too`() async throws {
        let post = FakePost { request in request.headers[.authorization]?.hasPrefix("Basic ZGVtb19") == true ? .code("002", "not found") : PlatformAnswer(status: 200, body: Array("%PDF".utf8)) }
        #expect(try await post.connector().fetchLabel(externalID: Self.number, format: "PDF", size: "a6").bytes.count == 4)
    }

    @Test func `what is no label is told apart`() async throws {
        for (id, format, answer, code) in [
            (PostBench.numbers.joined(separator: ","), "pdf", PlatformAnswer.done, "one_label_each"), (Self.number, "zpl", .done, "label_format"), (Self.number, "pdf", .html(200), "unreachable"),
            (Self.number, "pdf", .code("002", "not found"), "002"), (Self.number, "pdf", .code("001"), "unauthorised"), (Self.number, "pdf", .json("{}"), "unreachable"), ("x", "pdf", .done, "not_understood"),
        ] {
            let error = await connectorError { () async throws(ConnectorError) in try await FakePost { _ in answer }.connector().fetchLabel(externalID: id, format: format, size: "100x150") }
            #expect(error?.code == code, "\(id) \(format)")
        }
    }
}
