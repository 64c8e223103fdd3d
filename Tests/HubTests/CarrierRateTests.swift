import Domain
@testable import Hub
import Testing

@Suite struct CarrierRateTests {
    static let text = """
        # what the contract says
        zone near 10,11,12,TH-11
        cod flat 10 percent 3% minimum 15
        fuel 5.5%
        maximum grams 20000; maximum cod 50000
        maximum side 1000
        maximum sides 2000
        countries TH
        near 250 36
        near 1000 51
        TH-83 1000 90
        50220 1000 40
        * 1000 71
        * 20000 235
        8432 none
        """
    static func table(_ text: String = text) throws -> RateTable { try RateTable(text, currency: .thb) }
    private static func request(_ grams: [Int] = [200], _ postcode: String? = "10240", province: String? = nil, country: String? = "TH", cod: Int64? = nil, sides: [Int]? = nil, service: String? = nil) -> RateRequest {
        RateRequest(boxes: grams.map { .init(grams: $0, sides: sides) }, postcode: postcode, provinceCode: province, countryCode: country, codMinor: cod, service: service)
    }

    @Test(arguments: [
        (request(), 3600, 198, 0), (request([250]), 3600, 198, 0), (request([251]), 5100, 281, 0), (request([200, 900]), 8700, 479, 0), (request([200], "50000"), 7100, 391, 0), (request([1001], "50000"), 23_500, 1293, 0),
        (request([200], "50220"), 4000, 220, 0), (request([200], "10540", province: "TH-11"), 3600, 198, 0), (request([200], "27000", province: "TH-11"), 3600, 198, 0), (request([200], nil, province: "TH-83"), 9000, 495, 0),
        (request([200], "83000", province: "TH-83"), 9000, 495, 0), (request(country: nil), 3600, 198, 0), (request(cod: 10_000), 3600, 198, 1500), (request(cod: 125_000), 3600, 198, 4750), (request(cod: 5_000_000), 3600, 198, 151_000),
        (request(cod: 0), 3600, 198, 0), (request(sides: [1000, 500, 500]), 3600, 198, 0), (request(service: "EMS"), 3600, 198, 0),
    ] as [(RateRequest, Int64, Int64, Int64)])
    func `freight, fuel and the fee for collecting`(request: RateRequest, freight: Int64, fuel: Int64, cod: Int64) throws {
        let quote = try Self.table().quote(request)
        #expect((quote.freightMinor, quote.fuelMinor, quote.codFeeMinor, quote.totalMinor) == (freight, fuel, cod, freight + fuel + cod))
    }

    @Test(arguments: [
        (request([20_001]), RateRefusal.tooHeavy(grams: 20_001, maximum: 20_000)), (request([1001]), .tooHeavy(grams: 1001, maximum: 1000)), (request([200], "84320"), .notServed(postcode: "84320")), (request(country: "MY"), .country("MY")),
        (request(cod: 5_000_001), .codOver(maximum: 5_000_000)), (request(sides: [1001, 1, 1]), .tooLong(maximum: 1000)), (request(sides: [900, 900, 900]), .tooLarge(maximum: 2000)), (request([]), .nothingShips),
    ]) func `what the carrier does not take, it says why`(request: RateRequest, refusal: RateRefusal) throws {
        #expect(throws: refusal) { try Self.table().quote(request) }
        #expect(!refusal.words(.thb).isEmpty)
    }

    @Test func `a carrier without cash on delivery refuses it, and one that goes nowhere else refuses the rest`() throws {
        #expect(throws: RateRefusal.takesNoCOD) { try Self.table("cod none\n* 1000 30").quote(Self.request(cod: 1)) }
        #expect(try Self.table("cod none\n* 1000 30").quote(Self.request()).totalMinor == 3000)
        #expect(throws: RateRefusal.notServed(postcode: "50000")) { try Self.table("10 1000 30").quote(Self.request([1], "50000")) }
        #expect(throws: RateRefusal.notServed(postcode: nil)) { try Self.table("10 1000 30").quote(Self.request([1], nil)) }
    }

    @Test(arguments: [
        (nil, [500], "eCo-Post", 4000), ("EMS", [500], "EMS", 7100), ("ems", [500], "EMS", 7100), (nil, [3000], "EMS", 9500), ("eCo-Post", [500], "eCo-Post", 4000),
    ] as [(String?, [Int], String, Int64)]) func `each service has its prices; of none wished the cheapest that can is taken`(wished: String?, grams: [Int], service: String, total: Int64) throws {
        let quote = try Self.table("service EMS\n* 1000 71\n* 5000 95\nservice eCo-Post\n* 2000 40").quote(Self.request(grams, service: wished))
        #expect(quote.service == service && quote.totalMinor == total)
    }

    @Test func `a service that the list does not know is refused`() throws {
        #expect(throws: RateRefusal.noService("Pigeon")) { try Self.table("service EMS\n* 1000 71").quote(Self.request(service: "Pigeon")) }
        #expect(throws: RateRefusal.tooHeavy(grams: 9000, maximum: 1000)) { try Self.table("service EMS\n* 1000 71").quote(Self.request([9000])) }
        #expect(try Self.table("* 1000 50\nservice EMS\n* 1000 71").quote(Self.request(service: "Pigeon")).totalMinor == 5000)
    }

    @Test(arguments: [
        ("* 1000", 1, "write 10,11 1000 35"), ("* 1000 30\nx y z", 2, "there is no zone “x” above this line"), ("* 0 30", 1, "is no weight"), ("* 1000 -3", 1, "is no amount"), ("1*0 1000 3", 1, "is no beginning of a postcode"),
        ("zone near", 1, "write zone near 10,11,12"), ("zone Near 10", 1, "begin it with a small letter"), ("zone cod 10", 1, "cannot be a zone's name"), ("zone a 10\nzone a 11", 2, "two zones a"), ("zone a *", 1, "* is for the line"),
        ("near 1000 30\nzone near 10", 1, "no zone “near”"), ("cod", 1, "or cod none"), ("cod flat", 1, "or cod none"), ("cod flat 1 flat 2", 1, "stands twice"), ("cod free 1", 1, "use flat, percent and minimum"), ("cod flat 1\ncod none", 2, "cod stands twice"),
        ("cod percent 101", 1, "is no percentage"), ("cod percent 1.555", 1, "is no percentage"), ("fuel", 1, "write fuel 5%"), ("fuel x%", 1, "is no percentage"), ("fuel 1\nfuel 2", 2, "fuel stands twice"), ("maximum", 1, "write maximum grams 20000"),
        ("maximum width 3", 1, "use grams, cod"), ("maximum grams 2.5", 1, "no whole number"), ("countries Thailand", 1, "two capital letters"), ("service", 1, "write service EMS"), ("service A\nservice a", 2, "stands twice"),
        ("service A\ncod none", 2, "write it above service “A”"), ("10 1000 30; 10 1000 31", 2, "two prices"), ("10,,11 1000 30", 1, "is no beginning"), ("10 1000 30.555", 1, "is no amount"), ("10 99999999999 3", 1, "is no weight"),
    ]) func `a price list that cannot be read names its line and what to write`(text: String, line: Int, words: String) {
        let fault = #expect(throws: RateTable.Fault.self) { _ = try RateTable(text, currency: .thb) }
        guard case .line(let found, let said)? = fault else { Issue.record("\(String(describing: fault))"); return }
        #expect(found == line && said.contains(words), "\(said)")
        #expect(fault?.sentence.hasPrefix("Line \(line) of the price list: ") == true)
    }

    @Test func `lines end as browsers send them, and a list that says nothing is one`() throws {
        #expect(try Self.table("10 1000 30\r\n\r\n# x\r\n* 1000 40").bands.count == 2)
        #expect(try Self.table("").bands.isEmpty)
        #expect(try Self.table("10 1000 30\n10 1000 30").bands.count == 1)
        try RateTable.check("* 1000 30.5555")
        #expect(throws: RateTable.Fault.self) { try RateTable.check("* 1000 x") }
        #expect(throws: RateTable.Fault.tooManyLines) { try Self.table(String(repeating: "\n", count: 2000)) }
    }

    @Test(arguments: [(550, 3600, 198), (1, 4999, 0), (1, 5000, 1), (10_000, 7, 7), (300, 5_000_000, 150_000), (10_000, Int64.max / 20_000, Int64.max / 20_000)] as [(Int64, Int64, Int64)])
    func `a share is rounded half up`(basisPoints: Int64, amount: Int64, share: Int64) { #expect(RateTable.share(basisPoints, of: amount) == share) }
}
