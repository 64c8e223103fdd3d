import Domain

/// Reads a price list statement by statement.
struct RateTableParser {
    struct Mistake: Error { var words: String; init(_ words: String) { self.words = words } }
    struct Key: Hashable {
        var service: String?
        var prefix: String
        var grams: Int
    }

    let currency: Currency
    var bands: [Key: RateTable.Band] = [:]
    var services: [String] = []
    var unserved: Set<String> = [], countries: Set<String> = []
    var codFee: RateTable.CODFee?, takesCOD = true, fuel: Int64?, limits = RateTable.Limits()
    private var zones: [String: [String]] = [:], service: String?

    static let maximumGrams = 10_000_000, maximumSide = 100_000, maximumBasisPoints: Int64 = 10_000, maximumMinor: Int64 = 100_000_000_000
    static let maximumService = 64

    init(currency: Currency) { self.currency = currency }

    mutating func read(_ line: Substring) throws(Mistake) {
        let parts = line.split(whereSeparator: \.isWhitespace).map(String.init)
        guard let first = parts.first, !first.hasPrefix("#") else { return }
        switch first {
        case "zone": try readZone(parts)
        case "service": try readService(parts)
        case "cod": try readCOD(parts)
        case "fuel": try readFuel(parts)
        case "maximum": try readMaximum(parts)
        case "countries": try readCountries(parts)
        default: try readBand(parts)
        }
    }

    private mutating func readBand(_ parts: [String]) throws(Mistake) {
        let places = try places(parts[0])
        if parts.count == 2, parts[1] == "none" {
            unserved.formUnion(places)
            return
        }
        guard parts.count == 3 else { throw Mistake("a price is three words, postcodes, grams and the price; write 10,11 1000 35") }
        guard let grams = Int(parts[1]), (1...Self.maximumGrams).contains(grams) else { throw Mistake("\(Self.shown(parts[1])) is no weight; write whole grams from 1, like 1000") }
        let price = try amount(parts[2])
        for place in places {
            let key = Key(service: service, prefix: place, grams: grams)
            if let old = bands[key], old.priceMinor != price { throw Mistake("\(place.isEmpty ? "*" : place) has two prices up to \(grams) g; take one of them out") }
            bands[key] = RateTable.Band(prefix: place, maximumGrams: grams, priceMinor: price, service: service)
        }
    }

    /// `10,11,TH-50,near` as postcode beginnings and provinces; `*` is empty.
    private func places(_ word: String) throws(Mistake) -> [String] {
        var found: [String] = []
        for part in word.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
            if part == "*" { found.append(""); continue }
            if let zone = zones[part] { found += zone; continue }
            if part.first?.isLowercase == true { throw Mistake("there is no zone \(Self.shown(part)) above this line; write zone \(Self.shown(part)) 10,11,12 first") }
            let isPostcode = (1...10).contains(part.count) && part.allSatisfy { $0.isASCII && ($0.isNumber || $0.isUppercase) }
            guard isPostcode || isProvince(part) else { throw Mistake("\(Self.shown(part)) is no beginning of a postcode, no province and no zone; write 10, TH-50, a zone's name or *") }
            found.append(part)
        }
        return found
    }

    private func isProvince(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2 && parts[0].count == 2 && (1...3).contains(parts[1].count) && text.allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "-") }
    }

    private mutating func readZone(_ parts: [String]) throws(Mistake) {
        guard parts.count == 3 else { throw Mistake("a zone is a name and its places; write zone near 10,11,12") }
        let name = parts[1]
        guard name.first?.isLowercase == true, name.count <= 40, name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }), !Self.words.contains(name) else {
            throw Mistake("\(Self.shown(name)) cannot be a zone's name; begin it with a small letter, like greater-bangkok")
        }
        guard zones[name] == nil else { throw Mistake("there are two zones \(name); give one of them another name") }
        let places = try places(parts[2])
        guard !places.contains("") else { throw Mistake("a zone names its places; * is for the line of what is left") }
        zones[name] = places
    }
    private static let words: Set<String> = ["zone", "service", "cod", "fuel", "maximum", "countries"]

    private mutating func readService(_ parts: [String]) throws(Mistake) {
        let name = parts.dropFirst().joined(separator: " ")
        guard !name.isEmpty, name.count <= Self.maximumService else { throw Mistake("name the service that the prices below are of; write service EMS") }
        guard !services.contains(where: { $0.lowercased() == name.lowercased() }) else { throw Mistake("the service \(Self.shown(name)) stands twice; put its prices under one heading") }
        services.append(name)
        service = name
    }

    /// What holds for the whole list stands above its services, so that nobody reads it as one service's.
    private func wholeList(_ what: String) throws(Mistake) {
        if let service { throw Mistake("\(what) holds for the whole list; write it above service \(Self.shown(services.first ?? service))") }
    }

    private mutating func readCOD(_ parts: [String]) throws(Mistake) {
        try wholeList("cod")
        guard codFee == nil, takesCOD else { throw Mistake("cod stands twice; put all of it into one line") }
        if parts.count == 2, parts[1] == "none" { takesCOD = false; return }
        let words = Array(parts.dropFirst())
        guard !words.isEmpty, words.count.isMultiple(of: 2) else { throw Mistake("cod is pairs of a word and a number; write cod flat 10 percent 2.5 minimum 15, or cod none") }
        var fee = RateTable.CODFee(), seen: Set<String> = []
        for index in stride(from: 0, to: words.count, by: 2) {
            guard seen.insert(words[index]).inserted else { throw Mistake("\(Self.shown(words[index])) stands twice in this line") }
            switch words[index] {
            case "flat": fee.flatMinor = try amount(words[index + 1])
            case "percent": fee.basisPoints = try percent(words[index + 1])
            case "minimum": fee.minimumMinor = try amount(words[index + 1])
            default: throw Mistake("\(Self.shown(words[index])) is nothing that a cod fee has; use flat, percent and minimum")
            }
        }
        codFee = fee
    }

    private mutating func readFuel(_ parts: [String]) throws(Mistake) {
        try wholeList("fuel")
        guard fuel == nil else { throw Mistake("fuel stands twice; take one of them out") }
        guard parts.count == 2 else { throw Mistake("the fuel surcharge is one percentage; write fuel 5%") }
        fuel = try percent(parts[1])
    }

    private mutating func readMaximum(_ parts: [String]) throws(Mistake) {
        try wholeList("maximum")
        guard parts.count == 3 else { throw Mistake("a maximum is its word and a number; write maximum grams 20000, maximum cod 50000, maximum side 1000 or maximum sides 2000") }
        switch parts[1] {
        case "grams": limits.grams = try whole(parts[2], most: Self.maximumGrams)
        case "cod": limits.codMinor = try amount(parts[2])
        case "side": limits.longestSide = try whole(parts[2], most: Self.maximumSide)
        case "sides": limits.threeSides = try whole(parts[2], most: Self.maximumSide)
        default: throw Mistake("\(Self.shown(parts[1])) has no maximum; use grams, cod, side (the longest, in mm) or sides (all three together, in mm)")
        }
    }

    private mutating func readCountries(_ parts: [String]) throws(Mistake) {
        try wholeList("countries")
        let codes = parts.dropFirst().joined(separator: ",").split(separator: ",").map(String.init)
        guard !codes.isEmpty, codes.allSatisfy({ $0.count == 2 && $0.allSatisfy { $0.isASCII && $0.isUppercase } }) else { throw Mistake("countries are codes of two capital letters; write countries TH,MY") }
        countries.formUnion(codes)
    }

    // MARK: words

    private func amount(_ word: String) throws(Mistake) -> Int64 {
        guard let money = try? Money(parsing: word, currency), (0...Self.maximumMinor).contains(money.minor) else {      // nil tells it
            throw Mistake("\(Self.shown(word)) is no amount; write a number like \(Money(minor: 3550, .thb).plain), without a sign or a currency")
        }
        return money.minor
    }

    /// Hundredths of a percent.
    private func percent(_ word: String) throws(Mistake) -> Int64 {
        let number = word.hasSuffix("%") ? String(word.dropLast()) : word
        guard let points = try? Money(parsing: number, .thb), (0...Self.maximumBasisPoints).contains(points.minor) else {      // nil tells it
            throw Mistake("\(Self.shown(word)) is no percentage; write a number from 0 to 100 with two decimals at most, like 2.5%")
        }
        return points.minor
    }

    private func whole(_ word: String, most: Int) throws(Mistake) -> Int {
        guard let number = Int(word), (1...most).contains(number) else { throw Mistake("\(Self.shown(word)) is no whole number from 1 to \(most)") }
        return number
    }

    static func shown(_ word: String) -> String { "“\(String(word.prefix(40)))”" }
}
