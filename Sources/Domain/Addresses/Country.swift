/// Countries as platforms write them. Only Chile and Thailand are known by name; any other country needs its two letters.
enum Country {
    /// ISO 3166-1 alpha-2 in capitals, or nil for a text that is neither two letters nor a name of Chile or Thailand.
    static func code(of text: String) -> String? {
        if text.utf8.count == 2, text.utf8.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) { return text.uppercased() }
        return byName[ChileanFolding.quick(text) ?? ThaiFolding.fold(text)]
    }

    private static let byName: [String: String] = [
        "chl": "CL", "chile": "CL", "republica de chile": "CL", "republic of chile": "CL",
        "tha": "TH", "thailand": "TH", "kingdom of thailand": "TH", "tailandia": "TH",
        "ประเทศไทย": "TH", "ไทย": "TH", "ราชอาณาจักรไทย": "TH",
    ]
}
