import Connect
import Domain
import Testing
@testable import ThailandPostConnector

/// What an address must have before a parcel is announced (platforms/thailandpost.md §4.2, §5.1, addresses-cl-th.md §2).
@Suite struct ConnectorAddressTests {
    private static func fields(_ change: (inout Address) -> Void) async throws -> [String: String] {
        var address = PostBench.address()
        change(&address)
        let post = FakePost { _ in .done }
        _ = try await post.connector(["webhookBearer": ""]).book(PostBench.request(recipient: address), idempotencyKey: "k")
        return post.requests[0].json
    }
    private static func refusal(_ change: (inout BookingRequest) -> Void) async -> (code: String, words: String)? {
        var request = PostBench.request()
        change(&request)
        let wanted = request, post = FakePost { _ in .done }
        guard case .refused(let code, let words)? = await connectorError({ () async throws(ConnectorError) in try await post.connector().book(wanted, idempotencyKey: "k") }) else { return nil }
        #expect(post.requests.isEmpty)
        return (code, words)
    }

    /// A booking with one mistake.
    struct Wrong: Sendable, CustomTestStringConvertible {
        let field: String, code: String
        let change: @Sendable (inout BookingRequest) -> Void
        init(_ field: String, _ code: String, change: @escaping @Sendable (inout BookingRequest) -> Void) { self.field = field; self.code = code; self.change = change }
        var testDescription: String { "\(code) \(field)" }
    }

    @Test(arguments: [
        Wrong("shipTo.name", "missing_field") { $0.recipient.name = nil }, Wrong("shipTo.name", "missing_field") { $0.recipient.name = " - " }, Wrong("shipTo.line1", "missing_field") { $0.recipient.line1 = "" },
        Wrong("shipTo.phone", "missing_field") { $0.recipient.phone = nil }, Wrong("shipTo.phone", "bad_field") { $0.recipient.phone = "12345" }, Wrong("shipTo.phone", "bad_field") { $0.recipient.phone = "+65 6123 4567" },
        Wrong("shipTo.phone", "bad_field") { $0.recipient.phone = "0812345678 / 021234567" }, Wrong("shipTo.phone", "bad_field") { $0.recipient.phone = "0712345678" },
        Wrong("shipTo.postcode", "missing_field") { $0.recipient.postcode = nil }, Wrong("shipTo.postcode", "bad_field") { $0.recipient.postcode = "5022" }, Wrong("shipTo.postcode", "bad_field") { $0.recipient.postcode = "99999" },
        Wrong("shipTo.postcode", "bad_field") { $0.recipient.postcode = "502200" }, Wrong("shipTo.province", "bad_field") { $0.recipient.province = "Nowhere" },
        Wrong("shipTo.district", "missing_field") { $0.recipient.district = nil }, Wrong("shipTo.countryCode", "bad_field") { $0.recipient.countryCode = "SG" },
        Wrong("parcels[1].trackingNumber", "missing_field") { $0.parcels[0].trackingNumber = nil }, Wrong("parcels[1].trackingNumber", "bad_field") { $0.parcels[0].trackingNumber = "EY145587896TH" },
        Wrong("parcels[1].trackingNumber", "bad_field") { $0.parcels[0].trackingNumber = "EF123456785SG" }, Wrong("parcels", "bad_field") { $0.parcels = [] },
        Wrong("parcels[1].trackingNumber", "bad_field") { $0.parcels.append($0.parcels[0]) }, Wrong("codAmount", "bad_field") { $0.codAmount = Money(minor: 0, .thb) }, Wrong("codAmount", "bad_field") { $0.codAmount = Money(minor: -5, .thb) },
        Wrong("codAmount", "bad_field") { $0.codAmount = Money(minor: 500, .usd) },
    ])
    func `what is missing or wrong is refused by the name of its field, before a call`(wrong: Wrong) async throws {
        let refusal = try #require(await Self.refusal(wrong.change))
        #expect(refusal.code == wrong.code && refusal.words.hasSuffix("(\(wrong.field))"), "\(refusal)")
    }

    @Test func `a refusal never quotes the phone number`() async throws {
        let refusal = try #require(await Self.refusal { $0.recipient.phone = "55512" })
        #expect(!refusal.words.contains("55512"))
    }

    @Test(arguments: [("+66 81-234-5678", "0812345678"), ("0812345678", "0812345678"), ("66812345678", "0812345678"), ("02-123-4567", "021234567"), ("๐๘๑๒๓๔๕๖๗๘", "0812345678"), ("0066812345678", "0812345678")])
    func `a phone is written as it is dialled in Thailand`(written: String, phone: String) async throws {
        #expect(try await Self.fields { $0.phone = written }["cusTel"] == phone)
    }

    @Test func `Thai digits of a postcode are read, and a province in any spelling is written in Thai`() async throws {
        let fields = try await Self.fields { $0.postcode = "๑๐๑๑๐"; $0.province = "Bangkok"; $0.district = "เขตคลองเตย"; $0.subdistrict = "แขวงคลองตัน" }
        #expect(fields["cusZipcode"] == "10110" && fields["cusProv"] == "กรุงเทพมหานคร" && fields["cusAmp"] == "คลองเตย")
        #expect(fields["cusAdd"] == "123/45 หมู่ 6 แขวงคลองตัน")
    }

    @Test func `a name in Latin letters keeps its script, a district may stand in the city, and lines stay lines`() async throws {
        let fields = try await Self.fields { $0.line2 = "Soi 5\n Floor 2"; $0.subdistrict = "Pa Miang"; $0.district = nil; $0.city = "Doi Saket"; $0.province = "Chiang Mai"; $0.countryCode = nil }
        #expect(fields["cusAdd"] == "123/45 หมู่ 6 Soi 5 Floor 2 Pa Miang" && fields["cusAmp"] == "Doi Saket" && fields["cusProv"] == "เชียงใหม่")
    }

    @Test func `a province that a person let stand against its postcode is sent as it stands`() async throws {
        let fields = try await Self.fields { $0.province = "ชลบุรี" }
        #expect(fields["cusProv"] == "ชลบุรี" && fields["cusZipcode"] == "50220")
    }

    @Test func `the sender is the booking's own, or the settings'; what is not known is a dash`() async throws {
        let post = FakePost { _ in .done }
        var request = PostBench.request()
        request.sender = Address(name: "คลัง 2", phone: "0898765432", line1: "1", subdistrict: "ในเมือง", district: "เมือง", province: "ขอนแก่น", postcode: "40000")
        _ = try await post.connector(["webhookBearer": ""]).book(request, idempotencyKey: "k")
        let fields = post.requests[0].json
        #expect(fields["shipperName"] == "คลัง 2" && fields["shipperAddress"] == "1 ต.ในเมือง" && fields["shipperDistrict"] == "เมืองขอนแก่น" && fields["shipperZipcode"] == "40000" && fields["shipperMobile"] == "0898765432")

        let bare = FakePost { _ in .done }
        _ = try await bare.connector(["webhookBearer": "", "senderName": "", "senderPhone": "", "senderAddress": "", "senderDistrict": "", "senderProvince": "", "senderPostcode": ""]).book(PostBench.request(), idempotencyKey: "k")
        #expect(["shipperName", "shipperAddress", "shipperDistrict", "shipperProvince", "shipperZipcode", "shipperMobile"].allSatisfy { bare.requests[0].json[$0] == "-" })
    }

    @Test func `a weight is grams and at least one`() async throws {
        let post = FakePost { _ in .done }
        var request = PostBench.request()
        request.parcels[0].weightGrams = 0
        _ = try await post.connector(["webhookBearer": ""]).book(request, idempotencyKey: "k")
        #expect(post.requests[0].json["productWeight"] == "1")
    }
}
