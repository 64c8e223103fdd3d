/// SplitMix64: one case of one seed is the same on every machine.
struct FuzzRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// The generator of one case: no case depends on those before it, so any one can be repeated alone.
    init(seed: UInt64, target: String, number: Int) {
        let name = target.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
        self.init(seed: seed &* 0x9E37_79B9_7F4A_7C15 ^ name ^ UInt64(bitPattern: Int64(number)) &* 0xD134_2543_DE82_EF95)
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func below(_ bound: Int) -> Int { bound <= 1 ? 0 : Int(truncatingIfNeeded: next() % UInt64(bound)) }
    /// True once in `chances`.
    mutating func once(in chances: Int) -> Bool { below(chances) == 0 }
    /// One element; nil only of an empty list.
    mutating func pick<Choices: Collection>(_ choices: Choices) -> Choices.Element? {
        choices.isEmpty ? nil : choices[choices.index(choices.startIndex, offsetBy: below(choices.count))]
    }
}
