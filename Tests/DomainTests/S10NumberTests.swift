import Domain
import Testing

/// Parcel numbers after UPU S10 (platforms/thailandpost.md §6.2).
@Suite struct S10NumberTests {
    private static let vectors = [
        ("EF", 12_345_678, 5, "EF123456785TH"), ("RR", 47_312_482, 9, "RR473124829TH"), ("EB", 1, 4, "EB000000014TH"), ("RR", 10_000_002, 5, "RR100000025TH"),
        ("RR", 10_000_014, 0, "RR100000140TH"), ("EA", 0, 5, "EA000000005TH"), ("EE", 99_999_999, 5, "EE999999995TH"),
    ]

    @Test(arguments: vectors) func `each vector is made and read back`(service: String, serial: Int, check: Int, full: String) throws {
        #expect(S10Number.checkDigit(of: serial) == check)
        #expect(S10Number(service: service, serial: serial)?.description == full)
        let read = try S10Number(full)
        #expect(read.service == service && read.serial == serial && read.country == "TH")
        #expect(S10Number(reading: full) == read)
    }

    @Test(arguments: vectors) func `every other check digit is refused, and the right one is told`(service: String, serial: Int, check: Int, full: String) {
        for digit in 0...9 where digit != check {
            let wrong = "\(full.prefix(10))\(digit)TH"
            #expect(S10Number(reading: wrong) == nil)
            #expect(throws: S10Number.Fault.wrongCheckDigit(expected: check)) { try S10Number(wrong) }
        }
    }

    @Test func `the documentation's own sample fails its check, and has the shape all the same`() {
        #expect(throws: S10Number.Fault.wrongCheckDigit(expected: 8)) { try S10Number("EY145587896TH") }
        #expect(S10Number(reading: "EY145587896TH") == nil)
        #expect(S10Number.hasShape("EY145587896TH"))
    }

    @Test(arguments: ["", "EF", "EF12345678TH", "EF1234567855TH", "E1123456785TH", "EF12345678XTH", "EF123456785T1", "EF๑๒๓๔๕๖๗๘5TH", "ＥＦ123456785TH", "EF-123456785-TH", "EF123456785TH\n"])
    func `what is no such number is refused`(text: String) {
        #expect(S10Number(reading: text) == nil)
        #expect(!S10Number.hasShape(text))
        #expect(throws: S10Number.Fault.wrongForm) { try S10Number(text) }
    }

    @Test(arguments: ["ef123456785th", "EF 1234 5678 5 TH", " EF123456785TH "]) func `small letters and blanks are read, but not printed`(text: String) {
        #expect(S10Number(reading: text)?.description == "EF123456785TH")
        #expect(throws: S10Number.Fault.self) { try S10Number(text) }
    }

    @Test(arguments: [("ef123456785TH", S10Number.Fault.lowerCase), ("EF123456785th", .lowerCase), ("1F123456785TH", .wrongForm), ("EF 123456785TH", .wrongForm)])
    func `what may not go under the bars says why`(text: String, fault: S10Number.Fault) {
        #expect(throws: fault) { try S10Number(text) }
        #expect(!fault.reason.isEmpty)
    }

    @Test func `it is printed in groups`() { #expect(S10Number(reading: "EF123456785TH")?.spaced == "EF 1234 5678 5 TH") }

    @Test func `serials and letters out of bounds make no number`() {
        #expect(S10Number(service: "EF", serial: -1) == nil)
        #expect(S10Number(service: "EF", serial: 100_000_000) == nil)
        #expect(S10Number(service: "Ef", serial: 1) == nil)
        #expect(S10Number(service: "EFG", serial: 1) == nil)
        #expect(S10Number(service: "EF", serial: 1, country: "th") == nil)
    }

    @Test(arguments: 0..<200) func `made numbers are read back, and one wrong digit is found`(seed: Int) throws {
        let serial = (seed &* 7_919 &+ 13) &* 104_729 % 100_000_000
        let text = try #require(S10Number(service: "RR", serial: serial)?.description)
        #expect(S10Number(reading: text)?.serial == serial)
        let place = 2 + seed % 8
        var bytes = Array(text.utf8)
        bytes[place] = 48 + (bytes[place] - 48 + 1) % 10
        // Two remainders of eleven share the digit 5: there the standard itself is blind.
        #expect(S10Number(reading: String(decoding: bytes, as: UTF8.self)) == nil || S10Number.checkDigit(of: serial) == 5)
    }
}
