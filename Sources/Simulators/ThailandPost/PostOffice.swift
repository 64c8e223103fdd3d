/// Where something happened. The postcode may be an internal office code (thailandpost.md §4.1).
package struct PostOffice: Sendable, Equatable {
    package var name: String
    package var postcode: String

    package init(name: String, postcode: String) {
        self.name = name
        self.postcode = postcode
    }

    /// The office of a district: named after it, as in the documentation's example (ดอยสะเก็ด, 50220).
    static func local(district: String, postcode: String, or fallback: PostOffice) -> PostOffice {
        var name = district
        for word in ["อำเภอ", "เขต", "อ."] where name.unicodeScalars.starts(with: word.unicodeScalars) {
            name = String(String.UnicodeScalarView(name.unicodeScalars.dropFirst(word.unicodeScalars.count)))
        }
        guard !name.isEmpty, name != "-", !postcode.isEmpty, postcode != "-" else { return fallback }
        return PostOffice(name: name, postcode: postcode)
    }

    /// The sorting centre of a postcode's region; the codes are internal ones, paired with the names by us.
    static func sortingCentre(of postcode: String) -> PostOffice {
        let centre = switch postcode.first {
        case "2": ("ศูนย์ไปรษณีย์ชลบุรี", "00201")
        case "3": ("ศูนย์ไปรษณีย์นครราชสีมา", "00301")
        case "4": ("ศูนย์ไปรษณีย์ขอนแก่น", "00401")
        case "5": ("ศูนย์ไปรษณีย์เด่นชัย", "00541")
        case "6": ("ศูนย์ไปรษณีย์พิษณุโลก", "00651")
        case "7": ("ศูนย์ไปรษณีย์ราชบุรี", "00701")
        case "8": ("ศูนย์ไปรษณีย์ทุ่งสง", "00801")
        case "9": ("ศูนย์ไปรษณีย์หาดใหญ่", "00901")
        default: ("ศูนย์ไปรษณีย์หลักสี่", "00131")
        }
        return PostOffice(name: centre.0, postcode: centre.1)
    }
}
