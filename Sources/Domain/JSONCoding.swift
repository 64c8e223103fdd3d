package import Foundation

extension JSONEncoder {
    /// The one encoder: sorted keys, plain slashes.
    package static var crossdock: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
