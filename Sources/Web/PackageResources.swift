import Foundation

/// The files that come with the program, in the folder `crossdock_Web.resources` beside it: templates, texts, scripts, styles, the API's description.
///
/// `PackageResources.orders_page_mustache` is the file `orders-page.mustache`. They are not compiled in: the compiler takes minutes for half a megabyte of literals.
@dynamicMemberLookup
enum PackageResources {
    static let folders = ["Templates", "Strings", "Phrases", "Assets", "OpenAPI"]

    /// The file's bytes; empty when it is missing, which `Console` tells at the start.
    static subscript(dynamicMember name: String) -> [UInt8] { files[name] ?? [] }

    private static let files: [String: [UInt8]] = {
        var files: [String: [UInt8]] = [:]
        for folder in folders {
            let path = Bundle.module.bundleURL.appending(path: folder).path(percentEncoded: false)
            for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {      // a folder that is missing leaves its files empty
                guard let data = FileManager.default.contents(atPath: "\(path)/\(name)") else { continue }
                files[String(name.map { $0.isLetter || $0.isNumber ? $0 : "_" })] = Array(data)
            }
        }
        return files
    }()
}
