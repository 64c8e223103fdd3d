import Foundation
import Testing
import ThailandPostSimulator

/// thailandpost.md §6.2 and §4.1, row by row.
@Suite struct NumberTests {
    @Test(arguments: [
        ("EF", 12_345_678, 5, "EF123456785TH"), ("RR", 47_312_482, 9, "RR473124829TH"), ("EB", 1, 4, "EB000000014TH"), ("RR", 10_000_002, 5, "RR100000025TH"),
        ("RR", 10_000_014, 0, "RR100000140TH"), ("EA", 0, 5, "EA000000005TH"), ("EE", 99_999_999, 5, "EE999999995TH"),
    ])
    func `each serial of the table has its check digit`(prefix: String, serial: Int, check: Int, full: String) throws {
        #expect(S10.checkDigit(ofSerial: serial) == check)
        #expect(S10.number(prefix: prefix, serial: serial) == full)
        #expect(S10.isValid(full))
        let parts = try #require(S10.parts(of: full))
        #expect((parts.prefix, parts.serial, parts.check, parts.country) == (prefix, serial, check, "TH"))
        for wrong in 0...9 where wrong != check {
            #expect(!S10.isValid(prefix + full.dropFirst(2).prefix(8) + "\(wrong)TH"))
        }
    }

    @Test(arguments: ["EY145587896TH", "EF123456784TH", "ef123456785TH", "EF12345678TH", "EF1234567855TH", "EF12345678ATH", "E1123456785TH", "EF123456785T1", ""])
    func `a number with a wrong digit or form is refused`(number: String) { #expect(!S10.isValid(number)) }

    @Test func `the documentation's own sample would end in 8`() {
        #expect(S10.checkDigit(ofSerial: 14_558_789) == 8)
        #expect(S10.parts(of: "EY145587896TH")?.check == 6)
    }

    @Test func `a serial of nine digits or below zero has no check digit`() {
        #expect(S10.checkDigit(ofSerial: 100_000_000) == nil)
        #expect(S10.number(prefix: "EF", serial: -1) == nil)
    }

    @Test func `a moment is written in either era at seven hours east`() {
        let moment = Date(timeIntervalSince1970: 1_717_380_920)
        #expect(ThaiTime.event(moment, buddhist: true) == "03/06/2567 09:15:20+07:00")
        #expect(ThaiTime.event(moment, buddhist: false) == "03/06/2024 09:15:20+07:00")
        #expect(ThaiTime.minute(moment, buddhist: true) == "03/06/2567 09:15+07:00")
        #expect(ThaiTime.expiry(moment) == "2024-06-03 09:15:20+07:00")
    }

    @Test func `the leap day of 2024 is the leap day of 2567`() {
        #expect(ThaiTime.event(Date(timeIntervalSince1970: 1_709_139_600), buddhist: true) == "29/02/2567 00:00:00+07:00")
    }

    @Test(arguments: [("03/06/2024", "2024-06-03"), ("29/02/2024", "2024-02-29"), ("29/02/2023", nil), ("03/06/2567", nil), ("3-6-2024", nil), ("", nil)])
    func `a report's day is Gregorian and exists`(text: String, iso: String?) { #expect(ThaiDay(slashed: text)?.iso == iso) }
}
