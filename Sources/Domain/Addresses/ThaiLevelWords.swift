/// The words in front of (in English also behind) the name of a Thai district or subdistrict (platforms/addresses-cl-th.md §2.1):
/// read to find out what a text names, cut off in the normalised address, put back by whoever prints a Thai label.
enum ThaiLevelWords {
    enum Level: Sendable, Equatable { case district, subdistrict }

    /// What a text with level words says.
    struct Reading: Equatable {
        var district: String?, subdistrict: String?
        /// What is neither a name with a level word, nor the province, nor a postcode.
        var leftover: String?
        /// True when a word was used that only Bangkok has (khet, khwaeng).
        var usesBangkokWords = false
    }

    private struct Word { let text: String, level: Level, isBangkok: Bool, needsBoundary: Bool }

    private static let thai: [Word] = [
        Word(text: "อำเภอ", level: .district, isBangkok: false, needsBoundary: false),
        Word(text: "เขต", level: .district, isBangkok: true, needsBoundary: false),
        Word(text: "ตำบล", level: .subdistrict, isBangkok: false, needsBoundary: false),
        Word(text: "แขวง", level: .subdistrict, isBangkok: true, needsBoundary: false),
        // The abbreviations need their dot or a space: ต is also just the first letter of ตลิ่งชัน.
        Word(text: "อ", level: .district, isBangkok: false, needsBoundary: true),
        Word(text: "ต", level: .subdistrict, isBangkok: false, needsBoundary: true),
    ]
    private static let latin: [Word] = [
        Word(text: "amphoe", level: .district, isBangkok: false, needsBoundary: true),
        Word(text: "amphur", level: .district, isBangkok: false, needsBoundary: true),
        Word(text: "district", level: .district, isBangkok: false, needsBoundary: true),
        Word(text: "khet", level: .district, isBangkok: true, needsBoundary: true),
        Word(text: "tambon", level: .subdistrict, isBangkok: false, needsBoundary: true),
        Word(text: "tambol", level: .subdistrict, isBangkok: false, needsBoundary: true),
        Word(text: "subdistrict", level: .subdistrict, isBangkok: false, needsBoundary: true),
        Word(text: "sub-district", level: .subdistrict, isBangkok: false, needsBoundary: true),
        Word(text: "khwaeng", level: .subdistrict, isBangkok: true, needsBoundary: true),
    ]

    /// Reads a text that *starts* with a level word, such as `แขวงคลองเตย เขตคลองเตย กทม. 10110`; nil for every other text.
    static func read(_ text: String) -> Reading? {
        var rest = trimmed(text[...])
        guard leadingWord(of: rest) != nil else { return nil }
        var reading = Reading(), leftover: [String] = []
        while !rest.isEmpty {
            if let (word, afterWord) = leadingWord(of: rest) {
                var (name, afterName) = splitName(afterWord, after: word)
                if word.isBangkok { name = withoutTrailingBangkok(name) }
                reading.usesBangkokWords = reading.usesBangkokWords || word.isBangkok
                switch word.level {
                case .district where reading.district == nil && !name.isEmpty: reading.district = name
                case .subdistrict where reading.subdistrict == nil && !name.isEmpty: reading.subdistrict = name
                default: leftover.append(name)
                }
                rest = trimmed(afterName)
            } else {
                let part = rest.prefix { $0 != "," && $0 != ";" }
                let word = isKnownPlace(part) ? part : rest.prefix { !isSeparator($0) }
                rest = trimmed(rest[word.endIndex...])
                if !isKnownPlace(word) { leftover.append(String(word)) }
            }
        }
        let remaining = leftover.filter { !$0.isEmpty }.joined(separator: " ")
        reading.leftover = remaining.isEmpty ? nil : remaining
        return reading
    }

    /// The name in an English text that *ends* with its level word (`Watthana District`); nil for every other text.
    static func readTrailing(_ text: String) -> (level: Level, name: String)? {
        let lowered = text.lowercased()
        let suffixes = [(" sub-district", Level.subdistrict), (" subdistrict", .subdistrict), (" district", .district)]
        for (suffix, level) in suffixes where lowered.hasSuffix(suffix) {
            let name = String(trimmed(text.dropLast(suffix.count)))
            return name.isEmpty || name.contains(",") ? nil : (level, name)
        }
        return nil
    }

    private static func leadingWord(of text: Substring) -> (Word, rest: Substring)? {
        guard let first = text.utf8.first else { return nil }
        for word in first < 0x80 ? latin : thai {
            let length = word.text.utf8.count
            guard text.utf8.count > length, zip(text.utf8, word.text.utf8).allSatisfy({ lowered($0) == $1 }) else { continue }
            let rest = Substring(text.utf8.dropFirst(length))
            guard let next = rest.unicodeScalars.first else { continue }
            if next.properties.generalCategory == .nonspacingMark { continue }
            if word.needsBoundary, next != ".", next != ":", !next.properties.isWhitespace { continue }
            return (word, trimmed(rest))
        }
        return nil
    }

    /// A Thai name has no space inside and ends at one; a name in Latin letters ends at a comma, at the next level word or at Thai letters.
    private static func splitName(_ text: Substring, after word: Word) -> (name: String, rest: Substring) {
        guard let first = text.utf8.first else { return ("", text) }
        if first >= 0x80 {
            let token = text.prefix { !isSeparator($0) }
            // Written without a space: แขวงคลองเตยเขตคลองเตย, ตำบลสุเทพอำเภอเมือง.
            let districtWord = word.isBangkok ? "เขต" : "อำเภอ"
            if word.level == .subdistrict, let next = token.firstRange(of: districtWord), next.lowerBound > token.startIndex {
                return (String(token[..<next.lowerBound]), text[next.lowerBound...])
            }
            return (String(token), text[token.endIndex...])
        }
        var end = text.startIndex
        while end < text.endIndex {
            let here = text[end...]
            if here.first == "," || here.first == ";" || here.first?.isNewline == true { break }
            if (here.utf8.first ?? 0) >= 0xE0 { break }
            if end > text.startIndex, here.first?.isWhitespace == true {
                let ahead = trimmed(here)
                if ahead.first?.isNumber == true || leadingWord(of: ahead) != nil { break }
            }
            end = text.index(after: end)
        }
        return (String(trimmed(text[..<end])), text[end...])
    }

    /// `Khet Watthana Bangkok` names Watthana; `Khet Bangkok Noi` stays whole.
    private static func withoutTrailingBangkok(_ name: String) -> String {
        guard name.lowercased().hasSuffix(" bangkok") else { return name }
        return String(trimmed(name.dropLast(8)))
    }

    /// A province, the country, a postcode, or one of the first two with a postcode behind it.
    private static func isKnownPlace(_ part: Substring) -> Bool {
        var name = part
        let digits = Digits.ascii(String(part.suffix(5)))
        if digits.utf8.count == 5, digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) { name = trimmed(part.dropLast(5)) }
        return name.isEmpty || ThaiProvinces.table.lookUp(String(name)) != nil || Country.code(of: String(name)) == "TH"
    }

    private static func trimmed(_ text: Substring) -> Substring {
        let start = text.drop { isSeparator($0) || $0 == "." || $0 == ":" }
        guard let last = start.lastIndex(where: { !isSeparator($0) && $0 != "." && $0 != ":" }) else { return start[start.endIndex...] }
        return start[...last]
    }

    private static func isSeparator(_ character: Character) -> Bool {
        character.isWhitespace || character == "," || character == ";" || character == "/"
    }

    private static func lowered(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
