package import Domain

/// Everything that one label shows (labels.md §1). Texts are printed as they come, with what no font shows taken out.
package struct ParcelLabel: Sendable, Equatable {
    package enum NumberKind: Sendable, Hashable {
        /// UPU S10: its check digit is verified before anything is drawn.
        case s10
        /// A courier's own number: printable ASCII without blanks, printed as it is.
        case plain
    }

    /// "EMS", "ลงทะเบียน", "eCo-Post", or the courier's product.
    package var service: String
    package var carrierTitle: String?
    package var trackingNumber: String
    package var numberKind: NumberKind
    package var sortCode: String?
    package var sender: PaperAddress?
    package var recipient: PaperAddress
    /// Nothing is printed for nil or zero.
    package var codAmount: Money?
    /// Several when orders travel together.
    package var orderNumbers: [String]
    /// This is parcel `parcel` of `parcelCount`; each has its own number.
    package var parcel: Int
    package var parcelCount: Int
    package var weightGrams: Int?
    package var note: String?
    package var isFragile: Bool
    /// As it shall be read, in the shop's zone and calendar.
    package var date: String?
    package var manifestNumber: String?
    /// ASCII (labels.md §2.3); nil prints no QR code.
    package var qrText: String?

    package init(service: String, carrierTitle: String? = nil, trackingNumber: String, numberKind: NumberKind, sortCode: String? = nil,
                 sender: PaperAddress? = nil, recipient: PaperAddress, codAmount: Money? = nil, orderNumbers: [String] = [], parcel: Int = 1,
                 parcelCount: Int = 1, weightGrams: Int? = nil, note: String? = nil, isFragile: Bool = false, date: String? = nil,
                 manifestNumber: String? = nil, qrText: String? = nil) {
        self.service = service; self.carrierTitle = carrierTitle; self.trackingNumber = trackingNumber; self.numberKind = numberKind
        self.sortCode = sortCode; self.sender = sender; self.recipient = recipient; self.codAmount = codAmount; self.orderNumbers = orderNumbers
        self.parcel = parcel; self.parcelCount = parcelCount; self.weightGrams = weightGrams; self.note = note; self.isFragile = isFragile
        self.date = date; self.manifestNumber = manifestNumber; self.qrText = qrText
    }

    /// The number as people read it, in groups: `EF 1234 5678 5 TH` (labels.md §1). The bars never have these blanks.
    package var readableNumber: String {
        if numberKind == .s10, trackingNumber.utf8.count == 13 {
            let c = Array(trackingNumber)
            return [c[0..<2], c[2..<6], c[6..<10], c[10..<11], c[11..<13]].map { String($0) }.joined(separator: " ")
        }
        return Self.grouped(trackingNumber)
    }

    /// Letters and digits apart, digits in fours, a last single digit with the group before it.
    private static func grouped(_ number: String) -> String {
        var groups: [String] = []
        var rest = Substring(number)
        while let first = rest.first {
            let run = rest.prefix { $0.isNumber == first.isNumber }
            rest = rest.dropFirst(run.count)
            guard first.isNumber else { groups.append(String(run)); continue }
            var digits = run
            while digits.count > 5 { groups.append(String(digits.prefix(4))); digits = digits.dropFirst(4) }
            groups.append(String(digits))
        }
        return groups.joined(separator: " ")
    }

    /// What must be right before ink is used.
    package func check() throws(PaperError) {
        let shown = String(trackingNumber.prefix(Code128.maximumCharacters).unicodeScalars.map { (0x21...0x7E).contains($0.value) ? Character($0) : "?" })
        switch numberKind {
        case .s10:
            do { _ = try S10Number(trackingNumber) } catch { throw .number(shown, reason: error.reason) }
        case .plain:
            guard !trackingNumber.isEmpty, trackingNumber.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw .number(shown, reason: "bars hold letters, digits and signs of ASCII without blanks")
            }
            guard trackingNumber.utf8.count <= Code128.maximumCharacters else { throw .numberTooWide(shown) }
        }
        if let codAmount, codAmount.minor < 0 { throw .codAmount(trackingNumber: trackingNumber) }
        guard parcel >= 1, parcel <= parcelCount else { throw .pieces(trackingNumber: trackingNumber) }
    }
}
