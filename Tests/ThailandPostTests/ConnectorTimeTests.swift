import Domain
import Testing
@testable import ThailandPostConnector

/// Buddhist and Gregorian years (platforms/thailandpost.md §4.1).
@Suite struct ConnectorTimeTests {
    @Test(arguments: [
        ("03/06/2567 09:15:20+07:00", "2024-06-03T02:15:20Z"), ("03/06/2024 09:15:20+07:00", "2024-06-03T02:15:20Z"), ("04/06/2567 08:52+07:00", "2024-06-04T01:52:00Z"),
        ("04/06/2567", "2024-06-03T17:00:00Z"), ("29/02/2567 23:59:59+07:00", "2024-02-29T16:59:59Z"), ("29/02/2567", "2024-02-28T17:00:00Z"),
        ("2024-07-03 09:15:20+07:00", "2024-07-03T02:15:20Z"), ("2567-07-03 09:15:20+07:00", "2024-07-03T02:15:20Z"), ("2024-07-03T09:15:20+07:00", "2024-07-03T02:15:20Z"),
        ("3/6/2567 09:15:20+07:00", "2024-06-03T02:15:20Z"), ("03/06/2567 09:15:20", "2024-06-03T02:15:20Z"), ("31/12/2400 00:00:00+07:00", "2400-12-30T17:00:00Z"),
        ("01/01/2401 00:00:00+07:00", "1857-12-31T17:00:00Z"),
    ]) func `a time is read by the value of its year`(text: String, expected: String) {
        #expect(ThaiTime.read(text)?.description == expected)
    }

    @Test func `the vector of the dossier`() {
        let time = ThaiTime.read("03/06/2567 09:15:20+07:00")
        #expect(time == Timestamp(seconds: 1_717_380_920))
        #expect(time?.inBangkok == "2024-06-03T09:15:20+07:00")
    }

    @Test(arguments: ["", " ", "29/02/2566 10:00:00+07:00", "30/02/2567", "31/04/2567", "00/06/2567", "03/13/2567", "03/06/67", "03/06/25670", "2567/06/03", "03-06-2567", "03/06/2567 24:00:00+07:00",
                      "03/06/2567 09:60+07:00", "03/06/2567 9:15+07:00", "03/06/2567 09:15:20+07:00 x", "๐๓/๐๖/๒๕๖๗", "-3/06/2567", "null", "//"])
    func `what is no time is none`(text: String) {
        #expect(ThaiTime.read(text) == nil)
    }

    @Test(arguments: [("2024-06-04T05:00:00Z", "2024-06-04T17:00:00Z"), ("2024-06-04T16:59:59Z", "2024-06-04T17:00:00Z"), ("2024-06-04T17:00:00Z", "2024-06-05T17:00:00Z")])
    func `the day ends at midnight in Bangkok`(now: String, midnight: String) throws {
        #expect(try #require(Timestamp(rfc3339: now)).nextBangkokMidnight.description == midnight)
    }
}
