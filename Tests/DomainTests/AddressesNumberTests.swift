@testable import Domain
import Testing

@Suite struct `Phone numbers, tax numbers and digits` {
    @Test(arguments: [
        ("9 1234 5678", "+56912345678"), ("+56912345678", "+56912345678"), ("56912345678", "+56912345678"), ("(9)12345678", "+56912345678"),
        ("12345678", "+56912345678"), ("+56 9 1234 5678", "+56912345678"), ("0056 9 1234-5678", "+56912345678"),
        ("09 1234 5678", "+56912345678"),
        ("+56 2 2345 6789", "+56223456789"), ("32 234 5678", "+56322345678"), ("\u{202A}+56 9 1234 5678\u{202C}", "+56912345678"),
        ("+54 9 11 1234 5678", "+5491112345678"),
        ("1234567", nil), ("912345678 / 987654321", nil), ("no tengo", nil), ("", nil), ("+", nil), ("+56 1234", nil), ("012345678", nil),
        ("+56+912345678", nil),
    ])
    func `a Chilean phone number becomes E.164`(text: String, expected: String?) {
        #expect(AddressNormaliser.phoneE164(text, country: "CL") == expected)
    }

    @Test(arguments: [
        ("081-234-5678", "+66812345678"), ("0812345678", "+66812345678"), ("๐๘๑ ๒๓๔ ๕๖๗๘", "+66812345678"),
        ("+66 81 234 5678", "+66812345678"),
        ("66812345678", "+66812345678"), ("+66 (0)81 234 5678", "+66812345678"), ("02-123-4567", "+6621234567"),
        ("053 123 456", "+6653123456"),
        ("0612345678", "+66612345678"), ("0912345678", "+66912345678"), ("0066812345678", "+66812345678"), ("+85620123456", "+85620123456"),
        ("0712345678", nil), ("081234567", nil), ("08123456789", nil), ("812345678", nil), ("081-234-5678 ต่อ 12", nil), ("", nil),
    ])
    func `a Thai phone number becomes E.164`(text: String, expected: String?) {
        #expect(AddressNormaliser.phoneE164(text, country: "TH") == expected)
    }

    @Test(arguments: ["11111111-1", "12345678-5", "76192083-9", "24965885-5", "30686957-4", "12345605-K", "12345613-0", "15-9", "6-K"])
    func `a valid RUT is kept without dots`(rut: String) {
        #expect(AddressNormaliser.rut(rut) == rut)
        #expect(AddressNormaliser.rut(rut.replacing("-", with: "").lowercased()) == rut)
        #expect(AddressNormaliser.rut(" 0" + rut.replacing("-", with: " - ")) == rut)
    }

    @Test func `a RUT may be written with dots`() {
        #expect(AddressNormaliser.rut("12.345.678-5") == "12345678-5")
        #expect(AddressNormaliser.rut("12.345.605-k") == "12345605-K")
    }

    @Test(arguments: ["12345678-4", "12345678-K", "12345605-0", "1234K678-5", "5", "K", "", "0-0", "12345678-5x", "abc"])
    func `a RUT whose check character does not fit is refused`(rut: String) {
        #expect(AddressNormaliser.rut(rut) == nil)
    }

    @Test func `changing any one digit of a RUT is noticed`() {
        let rut = Array("12345678-5")
        for position in 0..<8 {
            for digit in "0123456789" where digit != rut[position] {
                var changed = rut
                changed[position] = digit
                #expect(AddressNormaliser.rut(String(changed)) == nil, "\(String(changed))")
            }
        }
    }

    @Test(arguments: [("๑๐๑๑๐", "10110"), ("บ้านเลขที่ ๙๙/๑", "บ้านเลขที่ 99/1"), ("１０１１０", "10110"), ("abc 1", "abc 1"), ("½", "½"),
                      ("", "")])
    func `digits of every script become 0 to 9 and nothing else changes`(text: String, expected: String) {
        #expect(AddressNormaliser.asciiDigits(text) == expected)
    }
}
