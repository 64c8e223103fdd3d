/// Prices in whole baht. The tables are a reseller's example of about 2021, no tariff (thailandpost.md §6.4).
enum Rates {
    private static let limits = [250, 500, 1_000, 2_000, 3_500, 5_000, 7_500, 10_000, 15_000, 20_000]
    private static let sameZone = [36, 40, 51, 62, 72, 85, 104, 115, 165, 210]
    private static let otherZone = [42, 50, 61, 71, 82, 95, 110, 210, 225, 235]
    private static let counter = [42, 52, 67, 97, 142, 172, 272, 372, 537, 612]
    /// The first two digits of the provinces around the capital.
    private static let greaterBangkok: Set = ["10", "11", "12", "73", "74"]

    /// Nil over 20 kg.
    static func counter(grams: Int) -> Int? { row(grams).map { counter[$0] } }

    static func zone(grams: Int, from source: String, to destination: String) -> Int? {
        let provinces = [String(source.prefix(2)), String(destination.prefix(2))]
        let isSame = provinces[0] == provinces[1] || provinces.allSatisfy(greaterBangkok.contains)
        return row(grams).map { isSame ? sameZone[$0] : otherZone[$0] }
    }

    private static func row(_ grams: Int) -> Int? { grams > 0 ? limits.firstIndex { grams <= $0 } : nil }
}
