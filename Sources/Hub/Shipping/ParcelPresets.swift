package import Domain

/// How large a box is outside, in millimetres.
package struct ParcelMeasure: Sendable, Equatable {
    package var length: Int, width: Int, height: Int
    /// One side of a box; what is longer is freight.
    package static let sides = 1...3000

    package init(length: Int, width: Int, height: Int) { self.length = length; self.width = width; self.height = height }

    /// `200x150x100`, `200 x 150 x 100 mm`, `20 × 15 × 10 cm`; nil: no such size, or a side beyond `sides`.
    package init?(_ text: String) {
        let plain = text.lowercased().filter { !$0.isWhitespace }.map { "×*".contains($0) ? "x" : $0 }
        let isCentimetres = plain.suffix(2) == ["c", "m"], isMillimetres = plain.suffix(2) == ["m", "m"]
        let parts = plain.dropLast(isCentimetres || isMillimetres ? 2 : 0).split(separator: "x", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { part in part.allSatisfy(\.isASCII) && part.allSatisfy(\.isNumber) && part.count <= 4 ? Int(String(part)) : nil }.map { isCentimetres ? $0 * 10 : $0 }
        guard parts.count == 3, numbers.count == 3, numbers.allSatisfy(Self.sides.contains) else { return nil }
        (length, width, height) = (numbers[0], numbers[1], numbers[2])
    }

    package var isAllowed: Bool { [length, width, height].allSatisfy(Self.sides.contains) }
    package var text: String { "\(length)x\(width)x\(height)" }
}

/// The boxes that are used at a packing table, as a channel's setting says them: one a line or after a semicolon, `NAME LENGTHxWIDTHxHEIGHT TARE`, in millimetres and grams.
package struct ParcelPresets: Sendable, Equatable {
    package struct Preset: Sendable, Equatable {
        package var name: String, measure: ParcelMeasure
        /// What the empty box weighs.
        package var tareGrams: Int
    }
    package let presets: [Preset]
    static let maximumPresets = 50, longestName = 40

    package enum Fault: HubError, Equatable {
        case line(Int, String), tooMany
        package var code: String { "bad_presets" }
        package var sentence: String {
            switch self {
            case .line(let number, let text): "Box \(number) is not understood: \(text). Write its name, its length, width and height in millimetres, and what it weighs empty in grams: Small 200x150x100 80."
            case .tooMany: "At most \(ParcelPresets.maximumPresets) boxes can be named."
            }
        }
        package var failureClass: FailureClass { .rejected }
    }

    /// - Throws: the first box that cannot be read, counted from 1, or one whose name is taken.
    package init(_ text: String) throws(Fault) {
        var found: [Preset] = []
        let lines = text.split { $0 == "\n" || $0 == ";" || $0 == "\r\n" }.map(\.trimmingWhitespace).filter { !$0.isEmpty }
        guard lines.count <= Self.maximumPresets else { throw .tooMany }
        for (index, line) in lines.enumerated() {
            let words = line.split(whereSeparator: \.isWhitespace), name = words.dropLast(2).joined(separator: " ")
            guard words.count >= 3, let tare = Int(String(words[words.count - 1])), (0...PackDesk.weights.upperBound).contains(tare), let measure = ParcelMeasure(String(words[words.count - 2])),
                  name.count <= Self.longestName, !found.contains(where: { $0.name == name }) else { throw .line(index + 1, String(line.prefix(60))) }
            found.append(Preset(name: name, measure: measure, tareGrams: tare))
        }
        presets = found
    }

    package subscript(_ name: String) -> Preset? { presets.first { $0.name == name } }

    /// The boxes for a parcel: its carrier's, else those of the channel that sold it, else those of whichever channel names some.
    package static func of(_ carrier: ChannelID, order: ChannelID, in surroundings: Surroundings) -> ParcelPresets {
        first(HubSetting.parcelPresets, [carrier, order], in: surroundings).flatMap { text in try? ParcelPresets(text) } ?? ParcelPresets()      // checked when it was set
    }

    private init() { presets = [] }

    /// A setting that is written once for all, wherever: the nearest channel's counts.
    static func first(_ setting: String, _ nearest: [ChannelID], in surroundings: Surroundings) -> String? {
        let others = surroundings.channels.values.filter { $0.state != .removed }.sorted { $0.id < $1.id }
        return (nearest.compactMap { surroundings.channels[$0] } + others).lazy.compactMap { $0.settings[setting] }.first { !$0.isEmpty }
    }
}

/// Where goods lie, as a channel's setting says it: one SKU a line or after a semicolon, `SKU SHELF`.
package struct Shelves: Sendable, Equatable {
    private var shelves: [String: String] = [:]
    static let maximumLines = 20_000

    /// What is no SKU with a shelf is passed over: a pick list without a shelf is still one.
    package init(_ text: String) {
        for line in text.split(maxSplits: Self.maximumLines, whereSeparator: { $0 == "\n" || $0 == ";" || $0 == "\r\n" }) {
            let words = line.split(whereSeparator: \.isWhitespace)
            guard words.count >= 2 else { continue }
            shelves[String(words[0])] = words.dropFirst().joined(separator: " ")
        }
    }

    package subscript(_ sku: String?) -> String? { sku.flatMap { shelves[$0] } }

    package static func of(_ order: ChannelID, in surroundings: Surroundings) -> Shelves { Shelves(ParcelPresets.first(HubSetting.shelves, [order], in: surroundings) ?? "") }
}
