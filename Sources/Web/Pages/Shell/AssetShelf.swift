import Crypto
import Domain
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Scripts, styles and libraries of the console, named by their content so that they can be cached for ever.
struct AssetShelf: Sendable {
    struct Asset: Sendable { var path: String, contentType: String, bytes: ByteBuffer }

    private let assets: [String: Asset]

    /// - Parameters:
    ///   - own: our files by name (`console.js`).
    ///   - libraries: the folder into which set-up puts other people's (`htmx.js`, `tabulator.mjs`, `uplot.js` and styles); nil: none, the pages work plainer.
    init(own: [String: [UInt8]], libraries: String?, words: [Language: Words]) {
        var shelf = Builder(files: own)
        shelf.files["icon.svg"] = Array(Self.icon.utf8)
        for (name, file) in Self.libraryFiles {
            guard let folder = libraries, let data = FileManager.default.contents(atPath: "\(folder)/\(file)") else { continue }
            // uPlot's file makes a global: as a module it must hand it on.
            shelf.files[name] = Array(data) + (name == "uplot.js" ? Array("\nexport default uPlot;\n".utf8) : [])
        }
        for (language, table) in words { shelf.files["words-\(language.rawValue).js"] = Self.script(table) }
        for name in shelf.files.keys.sorted() { shelf.add(name) }
        assets = shelf.made
    }

    /// The address of an asset; one that is not there answers 404 and the page goes on without.
    func path(_ name: String) -> String { assets[name]?.path ?? "/assets/missing/\(name)" }
    func has(_ name: String) -> Bool { assets[name] != nil }
    func asset(_ name: String) -> Asset? { assets[name] }

    func add(to router: RouterGroup<AppContext>) {
        for asset in assets.values {
            router.get(RouterPath(asset.path)) { _, _ in
                Response(status: .ok, headers: [.contentType: asset.contentType, .cacheControl: "public, max-age=31536000, immutable"], body: .init(byteBuffer: asset.bytes))
            }
        }
    }

    /// The folder of the libraries: named by the environment, beside the program, or above it where `make setup` puts it.
    static func librariesFolder(environment: [String: String] = ProcessInfo.processInfo.environment, program: String = CommandLine.arguments.first ?? "") -> String? {
        if let named = environment["CROSSDOCK_WEB_LIBRARIES"], !named.isEmpty { return named }
        var place = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        if place.path(percentEncoded: false) == "/proc/self/exe" { place = URL(filePath: program).resolvingSymlinksInPath() }
        for _ in 0..<6 {
            place = place.deletingLastPathComponent()
            for folder in ["web", ".tools/web"] {
                let path = place.appending(path: folder).path(percentEncoded: false)
                if FileManager.default.fileExists(atPath: "\(path)/htmx.js") { return path }
            }
        }
        return nil
    }

    private static let libraryFiles = ["htmx.js": "htmx.js", "tabulator.mjs": "tabulator.mjs", "tabulator.css": "tabulator.css", "uplot.js": "uplot.js", "uplot.css": "uplot.css"]

    private static func script(_ words: Words) -> [UInt8] {
        let table = (try? JSONEncoder.crossdock.encode(words.forScripts)) ?? Data("{}".utf8)      // texts always encode
        return Array("globalThis.crossdockWords = ".utf8) + Array(table) + Array(";\n".utf8)
    }

    /// A box passing from one side of a dock to the other.
    private static let icon = """
        <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#0b5cad" d="M1 1h3v14H1zM12 1h3v14h-3z"/><path fill="#e0902c" d="M5 5h6v6H5z"/></svg>
        """

    private struct Builder {
        var files: [String: [UInt8]], made: [String: Asset] = [:], underWay: Set<String> = []

        init(files: [String: [UInt8]]) { self.files = files }

        /// Names the file by its content, after the files it imports: their names are part of its content.
        @discardableResult
        mutating func add(_ name: String) -> String? {
            if let asset = made[name] { return asset.path }
            guard var bytes = files[name], underWay.insert(name).inserted else { return nil }
            if name.hasSuffix(".js") {
                var text = String(decoding: bytes, as: UTF8.self)
                for other in files.keys.sorted() where other != name && text.contains("\"/assets/\(other)\"") {
                    if let path = add(other) { text = text.replacingOccurrences(of: "\"/assets/\(other)\"", with: "\"\(path)\"") }
                }
                bytes = Array(text.utf8)
            }
            let digest = SHA256.hash(data: bytes).prefix(6).map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
            let dot = name.lastIndex(of: ".") ?? name.endIndex
            let asset = Asset(path: "/assets/\(name[..<dot]).\(digest)\(name[dot...])", contentType: Self.contentType(name), bytes: ByteBuffer(bytes: bytes))
            made[name] = asset
            return asset.path
        }

        private static func contentType(_ name: String) -> String {
            switch name.split(separator: ".").last {
            case "css": "text/css; charset=utf-8"
            case "svg": "image/svg+xml"
            default: "text/javascript; charset=utf-8"
            }
        }
    }
}
