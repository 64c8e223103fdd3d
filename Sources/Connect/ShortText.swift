extension StringProtocol {
    /// At most `count` Unicode scalars: a bound in bytes too, which a count of characters is not (one character may carry a megabyte of accents).
    package func cut(_ count: Int) -> String { String(String.UnicodeScalarView(unicodeScalars.prefix(count))) }
}
